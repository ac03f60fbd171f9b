"""The page: its frame, its tabs, and the API beside them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from demo import about, analyse, cache, compare, endpoints, interventions, links, many, markup, privacy, text, trust
from demo import events as queues
from demo import swap as photos
from demo.checkpoints import Shelf
from demo.engine import Engine
from demo.headers import SecurityHeaders
from demo.limits import BodyLimit
from demo.refusals import refusals
from demo.senders import NoteSenders
from demo.sessions import Page, lifespan_of
from demo.theme import css, theme
from demo.visits import Visit

VISIT_AGE = 3600  # seconds after the last action, or after the tab was closed, that a visit is remembered
MAX_VISITS = 64
MAX_UPLOAD = "64mb"

# Address of the tab, its name, and what lays it out.
TABS: tuple[tuple[str, str, Callable[[Shelf, gr.State], None]], ...] = (
    ("analyse", text.TAB_ANALYSE, analyse.build),
    ("compare", text.TAB_COMPARE, compare.build),
    ("interventions", text.TAB_INTERVENTIONS, interventions.build),
    ("trust", text.TAB_TRUST, trust.build),
    ("photos", text.TAB_PHOTOS, photos.build),
    ("many", text.TAB_MANY, many.build),
    ("about", text.TAB_ABOUT, about.build),
)


def build(engine: Engine, first: Visit) -> Page:
    """Return the page and its API, ready to be launched with :func:`launch_options`.

    Args:
        engine: loaded weights.
        first: what every visitor begins with a copy of, see :mod:`demo.first`.
    """
    shelf = Shelf(engine)
    with Page(
        title=text.TITLE, analytics_enabled=False, delete_cache=(cache.CACHE_EVERY, cache.CACHE_AGE), fill_width=True
    ) as page:
        page.begin_with(first)
        visit = gr.State(first, time_to_live=VISIT_AGE, delete_callback=page.forget_visit)
        with gr.Row(elem_id="top-bar"):
            gr.HTML(markup.header(), elem_id="header")
            copy = gr.Button(text.COPY_LINK, size="sm", min_width=80, elem_id="copy-link")
            delete = gr.Button(text.DELETE, size="sm", min_width=80, elem_id="delete-now")
        said, deleted = gr.HTML("", elem_id="said"), gr.HTML("", elem_id="deleted")
        _start_notice(engine)
        with gr.Tabs(elem_id="tabs") as tabs:
            for key, name, build_tab in TABS:
                with gr.Tab(name, id=key, elem_id=f"tab-{key}"):
                    build_tab(shelf, visit)
        footer = gr.HTML(_footer(engine), elem_id="footer")
        endpoints.add_endpoints(engine, analyse.SHOWN_METHODS[0], analyse.DEFAULT_OPACITY)
        endpoints.add_intervene(engine)
        _connect_link(page, shelf, tabs, copy, said)
        if len(shelf.names) > 1:
            _connect_footer(page, shelf, visit, footer)
        privacy.connect(page, visit, delete, deleted)
    page.queue(max_size=queues.MOST_WAITING)
    return page


def launch_options(page: Page) -> dict[str, Any]:
    """Return what ``page.launch`` needs for looks and privacy; host and port are the caller's."""
    return {
        "app_kwargs": {
            "lifespan": lifespan_of(page),
            "exception_handlers": refusals(),
            "middleware": [
                Middleware(SecurityHeaders),
                Middleware(BodyLimit),
                Middleware(NoteSenders, page.senders),
            ],
        },
        "mcp_server": True,
        "theme": theme(),
        "css": css(),
        "run_history": False,
        "show_error": False,
        "footer_links": ["api"],
        "max_file_size": MAX_UPLOAD,
        "state_session_capacity": MAX_VISITS,
        "ssr_mode": False,
        "quiet": True,
    }


def _connect_link(page: Page, shelf: Shelf, tabs: gr.Tabs, copy: gr.Button, said: gr.HTML) -> None:
    """Open the tab that the address names, say what in it cannot be had, and write settings into a link on request."""
    keys = tuple(key for key, _, _ in TABS)
    labels = shelf.engine(shelf.own).class_names

    def on_load(request: gr.Request) -> Any:
        link = links.read(request.query_params, keys, analyse.SHOWN_METHODS, labels, shelf.names)
        refused = markup.note("<br>".join(map(escape, link.refused)), "warn")
        return gr.Tabs(selected=link.tab) if link.tab else gr.skip(), refused

    page.load(on_load, None, [tabs, said], api_visibility="private", show_progress="hidden", **queues.PREDICT_QUEUE)
    named = {block.elem_id: block for block in page.blocks.values()}
    settings = [named[name] for name in ("method", "target", "opacity", "which")]
    notes = {"COPIED": markup.note(text.COPIED), "IN_ADDRESS_BAR": markup.note(text.IN_ADDRESS_BAR)}
    copy.click(None, settings, said, js=links.copy_js(notes, shelf.own), api_visibility="private")


def _connect_footer(page: Page, shelf: Shelf, visit: gr.State, footer: gr.HTML) -> None:
    """Let the footer name the weights that the visitor has chosen in *About*."""
    (facts,) = (block for block in page.blocks.values() if block.elem_id == "facts")
    told: Any = facts
    told.change(lambda visit: _footer(shelf.of(visit)), [visit], footer, **queues.FAST)


def _footer(engine: Engine) -> str:
    checkpoint = engine.predictor.checkpoint
    return markup.footer(checkpoint.source, checkpoint.config.trained_on)


def _start_notice(engine: Engine) -> None:
    if engine.notice:
        gr.HTML(markup.note(escape(engine.notice), "warn"), elem_id="start-notice")
    if not engine.trained:
        gr.HTML(markup.note(text.UNTRAINED, "warn"), elem_id="untrained")
