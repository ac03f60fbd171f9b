"""A browser tab that is reloaded, comes back, or lost its connection goes on with its visit.

The tab keeps a token that nobody else has; the server, which remembers a visit for an hour, gives it to whoever shows
the token. The photo never leaves the server for that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import gradio as gr

from demo import events
from demo.gradio_internals.sessions import Page
from demo.visits import Session

TOKEN = "glamor-visit"  # in the storage of the tab, which ends with it
_SHOW_JS = f"""(session, token) => {{
    try {{ return [session, sessionStorage.getItem("{TOKEN}") ?? ""]; }} catch {{ return [session, ""]; }}
}}"""
_KEEP_JS = f"""(token) => {{
    try {{ sessionStorage.setItem("{TOKEN}", token); }} catch {{ /* this browser keeps nothing for pages */ }}
}}"""


def connect(
    page: Page, session: gr.State, render: list[gr.State], apply: Callable[[Session, gr.Request], object]
) -> None:
    """Have the page ask for its visit when it is opened.

    Args:
        page: laid out.
        session: of the visitor.
        render: the signals that have tabs show what the session holds.
        apply: sets a visit that goes on as the address asks.
    """
    token = gr.Textbox(visible=False)

    def on_open(session: Session, token: Any, request: gr.Request) -> tuple[Any, ...]:
        former = page.take_over(token, request.session_hash) if isinstance(token, str) and token else None
        resumed = former is not None and session.adopt(former)
        if resumed:
            apply(session, request)
        session.token = session.token or secrets.token_urlsafe(32)
        return session.token, *(events.fired() if resumed else events.SAME for _ in render)

    page.load(on_open, [session, token], [token, *render], js=_SHOW_JS, **events.FAST).then(
        None, token, None, js=_KEEP_JS, api_visibility="private"
    )
