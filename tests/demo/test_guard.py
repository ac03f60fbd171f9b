from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest

from demo.gradio_internals import guard


async def _made() -> gr.Blocks:
    # Inside a loop: elsewhere Gradio makes loops of its own, which nobody closes.
    with gr.Blocks(analytics_enabled=False) as made:
        gr.Button()
    return made.queue()


@pytest.fixture
def page() -> gr.Blocks:
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(_made())).result()


def test_the_installed_gradio_has_what_is_used_of_it(page):
    guard.check(page)


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in guard.USED for name in names])
def test_a_method_that_is_gone_is_found_at_the_start(page, monkeypatch, owner, name):
    made = {one: (lambda *_: None) for one in guard.USED[0][1]} if owner is gr.Blocks else {}
    stripped = type(owner.__name__, (), {one: value for one, value in made.items() if one != name})
    monkeypatch.setattr(guard, "USED", ((stripped, (name,)),))
    with pytest.raises(RuntimeError, match=f"{owner.__name__}.{name}; install"):
        guard.check(page)


@pytest.mark.parametrize("name", guard.OF_QUEUE)
def test_a_part_of_the_queue_that_is_gone_is_found_at_the_start(page, name):
    delattr(page._queue, name)
    with pytest.raises(RuntimeError, match=f"queue.{name}"):
        guard.check(page)
