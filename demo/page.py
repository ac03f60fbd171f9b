"""The page: its frame, its tabs, and the API beside them."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr
from markupsafe import Markup
from starlette.middleware import Middleware

from demo import (
    about,
    analyse,
    cache,
    compare,
    events,
    html,
    jobs,
    lessons,
    links,
    living,
    many,
    methods,
    people,
    privacy,
    resume,
    swap,
    trust,
    words,
)
from demo import (
    parts as face_parts,
)
from demo.api import add_endpoints
from demo.api.texts import texts
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.events import Parts
from demo.gradio_internals import admission
from demo.gradio_internals.answers import OnlyExpected
from demo.gradio_internals.lifespan import lifespan_of
from demo.gradio_internals.refusals import refusals
from demo.gradio_internals.sessions import Page
from demo.gradio_internals.stream import ONE_STREAM
from demo.gradio_internals.uploads import UploadLimit, limit_forms
from demo.limits import MIB, Limits
from demo.server.arriving import Arriving
from demo.server.bodies import BodyLimit
from demo.server.hosts import Hosts
from demo.server.senders import NoteSenders
from demo.server.tool_limit import ToolLimit
from demo.theme import FILTERS, css, theme
from demo.visits import ATTENTION, BASELINE, Session

VISIT_AGE = 3600  # seconds after the last action, or after the tab was closed, that a session is remembered

MAX_VISITS = Limits.visits

# Address of each tab, and its name.
TABS = {
    "analyse": words.TAB_ANALYSE,
    "compare": words.TAB_COMPARE,
    "trust": words.TAB_TRUST,
    "many": words.TAB_MANY,
    "about": words.TAB_ABOUT,
}


def build(engine: Engine, first: Session, limits: Limits) -> Page:
    """Return the page and its API, ready to be launched with :func:`launch_options`.

    Args:
        engine: loaded weights.
        first: what every visitor begins with a copy of, see :mod:`demo.first`.
        limits: what the host allows.
    """
    checkpoints = Checkpoints(engine)
    with Page(
        title=words.TITLE,
        analytics_enabled=False,
        delete_cache=(cache.CACHE_EVERY, cache.CACHE_AGE),
        fill_width=True,
        limits=limits,
    ) as page:
        page.begin_with(first)
        session = gr.State(first, time_to_live=VISIT_AGE, delete_callback=page.forget_visit)
        with gr.Row(elem_id="top-bar"):
            gr.HTML(_header(), elem_id="header")
            copy = gr.Button(words.COPY_LINK, size="sm", min_width=80, elem_id="copy-link")
            delete = gr.Button(words.DELETE, size="sm", min_width=80, elem_id="delete-now")
        status, deleted = gr.HTML("", elem_id="said"), gr.HTML("", elem_id="deleted")
        _start_notice(engine)
        resumed = events.signal()
        with gr.Tabs(elem_id="tabs") as tabs:
            parts = _build_tabs(checkpoints, session, tabs, resumed, limits)
        footer = gr.HTML(_footer(engine), elem_id="footer")
        add_endpoints(engine)
        page.texts = texts(engine)
        _connect_link(page, checkpoints, session, tabs, status, parts)
        _connect_copy(checkpoints, copy, tabs, status, parts)
        if len(checkpoints.names) > 1:
            _connect_weights(checkpoints, session, footer, parts)
        privacy.connect(page, session, delete, deleted)
        _connect_resume(page, checkpoints, session, resumed, parts)
    page.queue(max_size=limits.waiting, api_open=False)  # (not open: nobody goes round the queue)
    admission.bound(page, limits)
    return page


def launch_options(page: Page, names: Hosts) -> dict[str, Any]:
    """Return what ``page.launch`` needs for looks, limits and privacy; host and port are the caller's.

    Args:
        page: the page.
        names: what the app answers to.
    """
    limits = page.limits
    arriving = Arriving(limits.arriving, limits.arriving_per_address)
    limit_forms(limits)
    return {
        "app_kwargs": {
            "lifespan": lifespan_of(page, names),
            "exception_handlers": refusals(),
            "middleware": [
                Middleware(BodyLimit, limits, arriving),
                Middleware(UploadLimit, limits, arriving, page.room),
                Middleware(ToolLimit, limits, page.room),
                Middleware(NoteSenders, page.senders),
                Middleware(OnlyExpected, page.answers),
            ],
        },
        "mcp_server": True,
        "theme": theme(),
        "css": css() + living.css(),
        "head": ONE_STREAM,
        "run_history": False,
        "show_error": False,
        "footer_links": ["api"],
        "max_file_size": limits.upload_mib * MIB,
        "state_session_capacity": limits.visits,
        "ssr_mode": False,
        "quiet": True,
    }


class Tabs(NamedTuple):
    """The components of the tabs that others have to do with."""

    analyse: Parts
    compare: Parts
    swap: Parts
    trust: Parts
    many: Parts
    about: Parts


def _build_tabs(checkpoints: Checkpoints, session: gr.State, tabs: gr.Tabs, resumed: gr.State, limits: Limits) -> Tabs:
    """Lay out every tab inside the open ``gr.Tabs``."""
    tab = {key: gr.Tab(name, id=key, elem_id=f"tab-{key}") for key, name in TABS.items()}
    shown: dict[str, events.Triggers] = {key: [each.select, resumed.change] for key, each in tab.items()}
    with tab["analyse"]:
        picture = living.build(checkpoints, session)
        parted = face_parts.build(checkpoints, session)
        analysed = analyse.build(checkpoints, session, picture, parted)
        living.follow(checkpoints, session, picture, analysed["answers"])
        face_parts.follow(checkpoints, session, parted, analysed["answers"])
        people.build(checkpoints, session, analysed["answers"])
        swapped = swap.build(checkpoints, session, analysed["answers"])
        living.follow_guests(session, swapped["swapped"])
        analyse.add_live(checkpoints, session, analysed["opacity"])
    with tab["compare"]:
        compared = compare.build(checkpoints, session, shown["compare"])
    with tab["trust"]:
        trusted = trust.build(checkpoints, session, shown["trust"])
    with tab["many"]:
        many_parts = many.build(checkpoints, session, shown["many"], tabs, analysed["render"], limits.upload_files)
    with tab["about"]:
        about_parts = about.build(checkpoints, session, analysed["render"])
    return Tabs(analysed, compared, swapped, trusted, many_parts, about_parts)


def _connect_link(
    page: Page, checkpoints: Checkpoints, session: gr.State, tabs: gr.Tabs, status: gr.HTML, parts: Tabs
) -> None:
    """Begin each session as the page's address asks, and say what in it cannot be had."""
    about_parts, render = parts.about, parts.analyse["render"]

    def on_load(session: Session, request: gr.Request) -> tuple[Any, ...]:
        link = _link(checkpoints, request)
        settings = analyse.begin_linked(session, link)
        said = html.note(Markup("<br>").join(link.refused), "warn") + html.note(link.moved)
        tab = gr.Tabs(selected=link.tab) if link.tab else events.SAME
        unfolded = (gr.Accordion(open=True), str(events.fired())) if link.unfolded == "photos" else (events.SAME,) * 2
        return tab, said, *settings, *unfolded, link.baseline or events.SAME, link.one_scale or events.SAME

    def on_begun(request: gr.Request) -> Any:
        return analyse.render_linked(_link(checkpoints, request))

    def on_load_weights(session: Session, request: gr.Request) -> tuple[Any, ...]:
        return about.begin_linked(checkpoints, session, _link(checkpoints, request).weights)

    begun = [
        *(tabs, status, parts.analyse["method"], parts.analyse["opacity"], parts.swap["card"], parts.swap["due"]),
        *(parts.compare["baseline"], parts.compare["one_scale"]),
    ]
    # Not queued: a session has begun before its visitor can ask for anything, however many wait. Only what is queued
    # sets off a signal.
    loaded = page.load(on_load, [session], begun, queue=False, **events.FAST)
    loaded.then(on_begun, None, render, **events.FAST)
    loaded.then(None, None, None, js=living.BEGUN_JS, api_visibility="private")
    if len(checkpoints.names) > 1:  # loading weights takes seconds
        chosen = [*events.outputs(about_parts, about.Outputs), render]
        page.load(on_load_weights, [session], chosen, **events.PRIVATE, **events.EXPLAIN_QUEUE)


def _link(checkpoints: Checkpoints, request: gr.Request) -> links.Link:
    own = checkpoints.engine(checkpoints.own)
    labels = own.class_names
    keys = tuple(TABS), (ATTENTION, *methods.shown(own)), labels, checkpoints.names, compare.BASELINES
    return links.read(request.query_params, *keys)


def _connect_weights(checkpoints: Checkpoints, session: gr.State, footer: gr.HTML, parts: Tabs) -> None:
    """Have what is told of the weights in use on every tab be true of those that were chosen."""

    def on_other_weights(session: Session) -> tuple[Any, ...]:
        engine = checkpoints.of(session)
        several = gr.update(choices=jobs.choices(engine))
        lenses = gr.update(choices=analyse.choices(engine))
        return _footer(engine), *lessons.captions(engine), lenses, several, several

    methods_of = [parts.analyse["method"], parts.compare["methods"], parts.trust["methods"]]
    told = [footer, *parts.analyse["examples"], *methods_of]
    parts.about["facts"].change(on_other_weights, [session], told, **events.FAST)


def _connect_resume(page: Page, checkpoints: Checkpoints, session: gr.State, resumed: gr.State, parts: Tabs) -> None:
    """Have a browser tab that comes back go on with its visit, as its address says."""

    def apply(session: Session, request: gr.Request) -> None:
        analyse.begin_linked(session, _link(checkpoints, request), resumed=True)

    resume.connect(page, session, [parts.analyse["render"], parts.many["render"], resumed], apply)


def _connect_copy(checkpoints: Checkpoints, copy: gr.Button, tabs: gr.Tabs, status: gr.HTML, parts: Tabs) -> None:
    """Have the address follow the settings, and copy it on request."""
    own = checkpoints.engine(checkpoints.own)
    usual = links.Usual("analyse", methods.default(own), analyse.DEFAULT_OPACITY, BASELINE)
    settings = [
        *(parts.analyse[name] for name in ("method", "target", "opacity", "faces", "usual")),
        *(parts.about["which"], parts.compare["baseline"], parts.compare["one_scale"]),
    ]
    notes = {"COPIED": html.note(words.COPIED), "IN_ADDRESS_BAR": html.note(words.IN_ADDRESS_BAR)}
    copy.click(None, settings, status, js=links.copy_js(notes, checkpoints.own, usual), api_visibility="private")
    script = links.write_js(checkpoints.own, usual)
    gr.on(
        [tabs.change, *(setting.change for setting in settings)],
        None,
        settings,
        None,
        js=script,
        trigger_mode="always_last",
        api_visibility="private",
    )


def _footer(engine: Engine) -> str:
    checkpoint = engine.predictor.checkpoint
    weights = words.MADE_WITH.format(source=checkpoint.source, trained_on=checkpoint.config.trained_on)
    return Markup("<p>{}</p><p>{}</p><p>{}</p>").format(words.LIMITS, words.PRIVACY, weights)


def _header() -> Markup:
    return Markup("<h1>{}</h1><p>{}</p>").format(words.TITLE, words.LEAD) + FILTERS


def _start_notice(engine: Engine) -> None:
    if engine.notice:
        gr.HTML(html.note(engine.notice, "warn"), elem_id="start-notice")
    if not engine.trained:
        gr.HTML(html.note(words.UNTRAINED, "warn"), elem_id="untrained")
