"""What happens beside the answers as long as the app runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from demo import cache
from demo.gradio_internals import fetched, guard, texts, tools
from demo.gradio_internals.sessions import Page
from demo.server import shield
from demo.server.hosts import Hosts


def lifespan_of(page: Page, names: Hosts) -> Callable[[Any], Any]:
    """Return what runs as long as the app: the cache is swept every now and then, and emptied at the end.

    Args:
        page: the page.
        names: what the app answers to; it is shielded before it answers anybody.
    """
    guard.check(page)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        shield.put_up(app, names)
        if page.mcp_server_obj:
            tools.mend(page.mcp_server_obj)
            tools.bound(page.mcp_server_obj, page.limits)
            texts.offer(page.mcp_server_obj, page.texts)
        holder: Any = page.state_holder
        # A new session is made of it, with a description of every part in ``blocks``: 35 ms for all, and no use here.
        holder.blocks = SimpleNamespace(default_config=page.default_config, blocks={})
        page.seats.watch(holder)
        fetched.bound(page.limits, page.room)
        task = asyncio.create_task(_sweep_forever(page))
        try:
            yield
        finally:
            task.cancel()
            cache.sweep((), age=0)

    return lifespan


async def _sweep_forever(page: Page) -> None:
    limits = page.limits
    while True:
        await asyncio.sleep(min(cache.LOOK_EVERY, limits.unused_seconds / 4, limits.answer_seconds / 4))
        page.answers.drop()
        await asyncio.to_thread(page.sweep)
