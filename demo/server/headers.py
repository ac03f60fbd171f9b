"""What the page tells browsers beside its content: what nobody may do with it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's page needs scripts and styles inside itself, so a policy on those would protect nothing. It may be shown
# inside Hugging Face's page, where a Space lives, and inside nobody else's.
HEADERS = {
    "content-security-policy": (
        "frame-ancestors 'self' https://huggingface.co; object-src 'none'; base-uri 'self'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-resource-policy": "same-origin",
}
# What visitors send and are told goes by these addresses: no browser and no proxy may keep it.
NO_STORE = (b"cache-control", b"no-store")
ADDED = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_VISITORS = "/gradio_api/"


class SecurityHeaders:
    """ASGI middleware that adds :data:`HEADERS` to every answer, streams included, and says what nobody may keep."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*_kept(scope, message), *ADDED]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _kept(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """Return an answer's own headers, and that it is not to be stored if it is a visitor's."""
    headers = list(message.get("headers", ()))
    if _VISITORS not in scope["path"]:
        return headers
    return [(name, value) for name, value in headers if name.lower() != b"cache-control"] + [NO_STORE]
