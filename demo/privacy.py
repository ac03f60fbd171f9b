"""*Delete now*: what a visitor sent and was shown goes at once, from the disk and from memory."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from demo import events, html, words
from demo.gradio_internals.sessions import Page
from demo.server.senders import sender_of
from demo.visits import Session

# The page is opened anew, as a stranger would: whatever a tab still shows goes with the old one.
_AFRESH_JS = """() => {
    sessionStorage.clear();
    sessionStorage.setItem("glamor-deleted", "yes");
    window.location.replace(window.location.pathname);
}"""
_SAY_JS = """() => {
    const deleted = sessionStorage.getItem("glamor-deleted");
    sessionStorage.removeItem("glamor-deleted");
    return deleted ? DELETED : "";
}"""


def connect(page: Page, session: gr.State, delete: gr.Button, deleted: gr.HTML) -> None:
    """Tie the button to the page, which must be laid out by now."""

    def on_delete(session: Session, *files: Any) -> None:
        # Files are taken as inputs only so that the session is known to hold them.
        session.show(None)

    def forget(request: gr.Request) -> None:
        page.forget(request.session_hash, sender_of(request))

    options: dict[str, Any] = {"api_visibility": "private", **events.QUIET, **events.PREDICT_QUEUE}
    (
        delete.click(on_delete, [session, *_file_inputs(page)], None, preprocess=False, **options)
        .then(forget, None, None, **options)
        .then(None, None, None, js=_AFRESH_JS, api_visibility="private")
    )
    page.load(None, None, deleted, js=_SAY_JS.replace("DELETED", json.dumps(html.note(words.DELETED))),
              api_visibility="private")  # fmt: skip


def _file_inputs(page: Page) -> list[Any]:
    """Return the components through which a visitor may have sent a file that no event has read yet."""
    kinds = (gr.File, gr.Image, gr.Gallery, gr.UploadButton)
    return [block for block in page.blocks.values() if isinstance(block, kinds) and _takes_files(block)]


def _takes_files(block: Any) -> bool:
    return block.interactive is not False and not getattr(block, "streaming", False)
