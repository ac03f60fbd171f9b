"""What the page's sessions keep, in a small page of its own and in Gradio's own terms."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState, StateHolder
from PIL import Image

from demo import cache
from demo.gradio_internals.sessions import Page
from demo.limits import Limits


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    with ThreadPoolExecutor(1) as apart:  # the browser tests keep a loop running in this thread
        return apart.submit(asyncio.run, work).result()


@pytest.fixture
def page() -> Page:
    async def made() -> Page:
        with Page(limits=Limits()) as page:
            drawn = gr.Image(format="png")
            gr.Button().click(lambda: None, None, drawn)
        return page

    page = _run(made())
    page.state_holder = StateHolder()
    page.state_holder.set_blocks(page)
    return page


def _show(page: Page, state: SessionState, level: int) -> Path:
    """Let the page's one event show a picture, and return the file of it."""
    (event,) = page.fns.values()
    (shown,) = _run(page.postprocess_data(event, Image.new("RGB", (8, 8), (level, 0, 0)), state))
    path = Path(shown["path"])
    assert cache.FOLDER in path.parents
    return path


def test_what_was_shown_is_on_the_disk_until_its_session_is_forgotten(page: Page) -> None:
    path = _show(page, page.state_holder["someone"], 1)
    assert path.exists()
    page.forget("someone")
    assert not path.exists()


def test_what_is_made_after_the_visitor_left_is_gone_at_once(page: Page) -> None:
    state = page.state_holder["someone"]
    page.forget("someone")
    assert not _show(page, state, 2).exists()
    assert _show(page, page.state_holder["another"], 3).exists()
    page.forget("another")


def test_a_session_keeps_no_copy_of_what_it_was_shown(page: Page) -> None:
    state = page.state_holder["someone"]
    _show(page, state, 4)
    assert state.config_values == {}
    page.forget("someone")


def test_a_visitor_who_names_a_file_outside_the_cache_does_not_delete_it(page: Page, tmp_path: Path) -> None:
    victim = tmp_path / "somebody-elses.txt"
    victim.write_bytes(b"kept")
    state = page.state_holder["someone"]
    (event,) = page.fns.values()
    way_round = cache.FOLDER / os.path.relpath(victim, cache.FOLDER)
    cache.FOLDER.mkdir(parents=True, exist_ok=True)
    assert way_round.exists()
    _run(page.postprocess_data(event, gr.update(alt_text=str(way_round)), state))
    page.forget("someone")
    assert victim.exists()


@pytest.mark.parametrize("name", ["nobody", None])
def test_a_session_that_is_not_there_is_forgotten_without_a_word(page: Page, name: str | None) -> None:
    page.forget(name)
