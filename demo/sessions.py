"""Which files and which memory belong to which visitor, so that they can go at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary, WeakSet

import anyio.to_thread
import gradio as gr
from gradio.state_holder import SessionState
from PIL.Image import Image

from demo import arguments, cache, text, tools
from demo.limits import MIB, Limits
from demo.room import Room
from demo.seats import Seats

DEFAULTS = Limits()
OWN_FILE = "/gradio_api/file="  # the page's own address of a file in the cache begins so


class Page(gr.Blocks):
    """Blocks that remember which cached files each session sent or was shown.

    Args:
        limits: what the host allows; the others are those of ``gr.Blocks``.
    """

    def __init__(self, *args: Any, limits: Limits = DEFAULTS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.room = Room(limits.cache_mib * MIB)
        self.seats = Seats(limits)
        self._files: WeakKeyDictionary[SessionState, set[str]] = WeakKeyDictionary()
        self._gone: WeakSet[SessionState] = WeakSet()

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Answer an event as Gradio does; what its session then remembers decides which others are forgotten."""
        session = kwargs.get("session_hash")
        self.seats.came_from(session, kwargs.get("request"))
        try:
            return await super().process_api(*args, **kwargs)
        finally:
            self.seats.used(session)

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Read an event's inputs as Gradio does, and note the files among them.

        Raises:
            gr.Error: if the event is about a visit that is not remembered any more: another would answer in its place;
                if there are more inputs than it takes; or if an input is none, in a sentence of ours, for Gradio would
                say nothing and log the input.
        """
        if state is not None and _is_over(block_fn, state):
            raise gr.Error(text.VISIT_OVER, visible=block_fn.trigger_after is None, print_exception=False)
        surplus = arguments.surplus(block_fn, inputs)
        if surplus:
            raise gr.Error(surplus, visible=block_fn.trigger_after is None, print_exception=False)
        try:
            inputs = _with_own_files(_with_defaults(block_fn, inputs))
            values = await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error:
            raise
        except Exception:
            raise gr.Error(text.BAD_INPUTS, print_exception=False) from None
        self._note(state, values)
        return values

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: SessionState | None) -> list[Any]:
        """Write an event's outputs as Gradio does, and note the files among them."""
        try:
            kept = await anyio.to_thread.run_sync(_with_kept_pictures, block_fn.outputs, predictions, self.room)
            values = await super().postprocess_data(block_fn, kept, state)
        except OSError:
            raise gr.Error(text.CACHE_UNWRITABLE, print_exception=False) from None
        self._note(state, values)
        if state is not None:
            for key, value in list(state.state_data.items()):
                state[key] = value  # the visit's time to live starts anew
            state.config_values.clear()  # Gradio's copy of all that the session was shown
        return values

    def forget(self, session: str | None) -> None:
        """Delete a session's files and memory now.

        A file that another session also has (the same photo, sent by two people) stays for that one, and
        what belongs to the page stays as well.

        Args:
            session: Gradio's name for it; one that is not there is no error.
        """
        holder: Any = self.state_holder
        state = holder.session_data.pop(session, None)
        if state is None:
            return
        holder.time_last_used.pop(session, None)
        self._gone.add(state)
        self._delete(self._files.pop(state, set()))

    def forget_visit(self, visit: Any) -> None:
        """Do the same for the session that remembers ``visit``, when Gradio says that its time is over."""
        for session, state in list(self.state_holder.session_data.items()):
            if any(value is visit for value in state.state_data.values()):
                self.forget(session)

    def own_files(self) -> set[str]:
        """Return the cached files that belong to the page itself."""
        return {path for block in self.blocks.values() for path in block.keep_in_cache}

    def _note(self, state: SessionState | None, values: Any) -> None:
        found = set(_cached_files(values))
        if state in self._gone:
            self._delete(found)  # the visitor left while it was made
        elif state is not None and found:
            self._files.setdefault(state, set()).update(found)

    def _delete(self, paths: set[str]) -> None:
        gone = paths.difference(self.own_files(), *self._files.values())
        cache.delete(gone)
        for remembered in self.temp_file_sets:
            remembered -= gone  # a path ends with the name that the visitor's file had


def _is_over(block_fn: Any, state: SessionState) -> bool:
    """Whether an event needs what its session remembered, and the session remembers nothing: it was forgotten."""
    begins = any(event == "load" for _, event in block_fn.targets)
    return not begins and any(block.stateful and block._id not in state.state_data for block in block_fn.inputs)


def lifespan_of(page: Page) -> Callable[[Any], Any]:
    """Return what runs as long as the app: the cache is swept every now and then, and emptied at the end."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        if page.mcp_server_obj:
            tools.mend(page.mcp_server_obj)
            tools.bound(page.mcp_server_obj, page.limits)
        holder: Any = page.state_holder
        # A new session is made of it, with a description of every part in ``blocks``: 35 ms for all, and no use here.
        holder.blocks = SimpleNamespace(default_config=page.default_config, blocks={})
        page.seats.watch(holder)
        task = asyncio.create_task(_sweep_forever(page))
        try:
            yield
        finally:
            task.cancel()
            cache.sweep((), age=0)

    return lifespan


async def _sweep_forever(page: Page) -> None:
    while True:
        await asyncio.sleep(cache.CACHE_EVERY)
        await asyncio.to_thread(cache.sweep, page.own_files())


def _cached_files(values: Any) -> Iterator[str]:
    """Yield every path inside the cache that stands anywhere in a value."""
    if isinstance(values, str):
        if values.startswith(str(cache.FOLDER)):
            yield str(values)
    elif isinstance(values, dict):
        for value in values.values():
            yield from _cached_files(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _cached_files(value)


def _with_defaults(block_fn: Any, inputs: list[Any]) -> list[Any]:
    """Return an endpoint's inputs, those that a program left out at their end as its description says."""
    if block_fn.api_visibility != "public":
        return inputs
    return inputs + [block.value for block in block_fn.inputs[len(inputs) :]]


def _with_kept_pictures(blocks: Sequence[Any], values: Any, room: Room) -> Any:
    """Return an event's outputs with the paths of their pictures in the cache."""
    if len(blocks) == 1:
        return _with_kept_picture(blocks[0], values, room)
    if not isinstance(values, list | tuple):
        return values
    # (Gradio tells if they are not as many.)
    return [_with_kept_picture(block, value, room) for block, value in zip(blocks, values, strict=False)]


def _with_kept_picture(block: Any, value: Any, room: Room) -> Any:
    if isinstance(value, dict) and "value" in value:
        return value | {"value": _with_kept_picture(block, value["value"], room)}
    if not isinstance(value, Image):
        return value
    data = BytesIO()
    value.save(data, block.format)
    room.measure()
    if not room.take(len(data.getvalue())):
        raise gr.Error(text.CACHE_FULL, print_exception=False)
    return cache.keep(data.getvalue(), f"image.{block.format}")


def _with_own_files(values: Any) -> Any:
    """Return inputs in which a file at an address of this app is the file itself: it need not be fetched.

    Gradio checks afterwards that it lies in the cache, whoever names it.
    """
    if isinstance(values, list):
        return [_with_own_files(value) for value in values]
    if not isinstance(values, dict):
        return values
    path = values.get("path")
    address = urlsplit(path).path if isinstance(path, str) and path.startswith(("http://", "https://")) else ""
    if not address.startswith(OWN_FILE):
        return {name: _with_own_files(value) for name, value in values.items()}
    return values | {"path": unquote(address.removeprefix(OWN_FILE)), "url": None}
