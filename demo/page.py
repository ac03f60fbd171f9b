"""The page: its frame, its tabs, and the API beside them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import gradio as gr

from demo import api, markup, text
from demo.engine import Engine
from demo.tabs import about, analyse, compare, interventions, many, photos, trust
from demo.theme import css, theme
from demo.visit import Visit

# Seconds: uploads and pictures are looked through every CACHE_EVERY and deleted at CACHE_AGE;
# a visit's memory goes with the tab, or VISIT_AGE after the last action.
CACHE_EVERY, CACHE_AGE, VISIT_AGE = 300, 1800, 3600
MAX_VISITS = 64
MAX_UPLOAD = "64mb"

# Address of the tab, its name, and what lays it out.
TABS: tuple[tuple[str, str, Callable[[Engine, gr.State], None]], ...] = (
    ("analyse", text.TAB_ANALYSE, analyse.build),
    ("compare", text.TAB_COMPARE, compare.build),
    ("interventions", text.TAB_INTERVENTIONS, interventions.build),
    ("trust", text.TAB_TRUST, trust.build),
    ("photos", text.TAB_PHOTOS, photos.build),
    ("many", text.TAB_MANY, many.build),
    ("about", text.TAB_ABOUT, about.build),
)


def build(engine: Engine) -> gr.Blocks:
    """Return the page and its API, ready to be launched with :func:`launch_options`."""
    with gr.Blocks(
        title=text.TITLE, analytics_enabled=False, delete_cache=(CACHE_EVERY, CACHE_AGE), fill_width=True
    ) as page:
        gr.HTML(markup.header(), elem_id="header")
        _start_notice(engine)
        visit = gr.State(Visit(), time_to_live=VISIT_AGE)
        with gr.Tabs(elem_id="tabs"):
            for key, name, build_tab in TABS:
                with gr.Tab(name, id=key, elem_id=f"tab-{key}"):
                    build_tab(engine, visit)
        config = engine.predictor.config
        gr.HTML(markup.footer(engine.predictor.checkpoint.source, config.trained_on), elem_id="footer")
        api.add_endpoints(engine, analyse.SHOWN_METHODS[0], analyse.DEFAULT_OPACITY)
        api.add_intervene(engine)
    return page


def launch_options() -> dict[str, Any]:
    """Return what ``Blocks.launch`` needs for looks and privacy; host and port are the caller's."""
    return {
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


def _start_notice(engine: Engine) -> None:
    if engine.notice:
        gr.HTML(markup.note(escape(engine.notice), "warn"), elem_id="start-notice")
    if not engine.trained:
        gr.HTML(markup.note(text.UNTRAINED, "warn"), elem_id="untrained")
