"""Which files and which memory belong to which visitor, so that they can go at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import anyio.to_thread
import gradio as gr
from gradio.state_holder import SessionState

from demo import cache, memory, uploads, words
from demo.gradio_internals import arguments
from demo.gradio_internals.answers import Answers
from demo.gradio_internals.pictures import with_kept_pictures
from demo.gradio_internals.seats import Seats
from demo.gradio_internals.texts import Texts
from demo.html import message_of
from demo.limits import MB, MIB, Limits
from demo.room import Room
from demo.server.senders import Sender, Senders
from demo.visits import Session
from glamor.errors import PhotoError


class Page(gr.Blocks):
    """Blocks that remember which cached files each session sent or was shown.

    Args:
        limits: what the host allows; the others are those of ``gr.Blocks``.
    """

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.room = Room(limits.cache_mib * MIB)
        self.seats = Seats(limits, self.forget)
        self._files: WeakKeyDictionary[SessionState, set[str]] = WeakKeyDictionary()
        self._gone: WeakSet[SessionState] = WeakSet()
        self._weights: WeakKeyDictionary[SessionState, int] = WeakKeyDictionary()
        self.answers = Answers(self, limits)
        self._used: set[str] = set()  # files that an event has read or written
        self.senders = Senders()
        self._first: Any = None
        self.texts = Texts()  # for assistants

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run an event as Gradio does; what goes wrong in it is one sentence, and no trace of the request is logged.

        What its session remembers afterwards decides which others are forgotten.
        """
        session = kwargs.get("session_hash")
        self.seats.came_from(session, kwargs.get("request"))
        try:
            return await super().process_api(*args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            raise gr.Error(message_of(error), print_exception=False) from None
        finally:
            self.seats.used(session)

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """Read an event's inputs as Gradio does, and note the files among them.

        Every event goes through here, whatever its components do with what they are given: the one place to ask
        whether a file may be read, for Gradio asks only about values that say of themselves that they are files.

        Raises:
            gr.Error: if the event is about a visit that is not remembered any more: another would answer in its place;
                if there are more inputs than it takes; or if an input is none, or a file that was not uploaded, in a
                sentence of ours, for Gradio would say nothing and log the input.
        """
        if state is not None and _is_over(block_fn, state):
            raise gr.Error(words.VISIT_OVER, visible=block_fn.trigger_after is None, print_exception=False)
        surplus = arguments.surplus(block_fn, inputs)
        if surplus:
            raise gr.Error(surplus, visible=block_fn.trigger_after is None, print_exception=False)
        try:
            inputs = await anyio.to_thread.run_sync(uploads.checked, _with_defaults(block_fn, inputs))
            values = await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error:
            raise
        except PhotoError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            raise gr.Error(words.BAD_INPUTS, print_exception=False) from None
        self._note(state, values)
        return values

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: SessionState | None) -> list[Any]:
        """Write an event's outputs as Gradio does, and note the files among them."""
        try:
            kept = await anyio.to_thread.run_sync(with_kept_pictures, block_fn.outputs, predictions, self.room)
            values = await super().postprocess_data(block_fn, kept, state)
        except OSError:
            raise gr.Error(words.CACHE_UNWRITABLE, print_exception=False) from None
        self._note(state, values)
        if state is not None:
            for key, value in list(state.state_data.items()):
                state[key] = value  # the visit's time to live starts anew
            state.config_values.clear()  # Gradio's copy of all that the session was shown
            self._make_room(state)
        return values

    def begin_with(self, visit: Any) -> None:
        """Take note of what every visit begins with a copy of: what is in it weighs nothing, for all share it."""
        self._first = visit, memory.parts(visit)

    def forget(self, session: str | None, sender: Sender | None = None) -> None:
        """Delete a session's files and memory now.

        A file that another session was also told of stays for that one, and what belongs to the page stays as well.

        Args:
            session: Gradio's name for it; one that is not there is no error.
            sender: what else came from there and was used by nobody is deleted as well; None: nothing else.
        """
        if sender is not None:
            self._delete(self.senders.files_of(sender) - self._in_use())
        if session is not None:
            self.answers.forget(session)
        holder: Any = self.state_holder
        state = holder.session_data.pop(session, None)
        if state is None:
            return
        holder.time_last_used.pop(session, None)
        self._gone.add(state)
        self._delete(self._files.pop(state, set()))

    def take_over(self, token: str, session: str | None) -> Session | None:
        """Return the visit that has a token, and give its files to a session; the session that had it is over."""
        holder: Any = self.state_holder
        successor = holder.session_data.get(session)
        for name, state in list(holder.session_data.items()):
            for visit in state.state_data.values():
                if state is successor or not (isinstance(visit, Session) and _is_token(visit.token, token)):
                    continue
                self._files.setdefault(successor, set()).update(self._files.pop(state, set()))
                self.forget(name)
                return visit
        return None

    def forget_visit(self, visit: Any) -> None:
        """Do the same for the session that remembers ``visit``, when Gradio says that its time is over."""
        for session, state in list(self.state_holder.session_data.items()):
            if any(value is visit for value in state.state_data.values()):
                self.forget(session)

    def own_files(self) -> set[str]:
        """Return the cached files that belong to the page itself."""
        return {path for block in self.blocks.values() for path in block.keep_in_cache}

    def sweep(self) -> None:
        """Delete what is old, and what lies in the cache without any event having asked for it."""
        own, unused = self.own_files(), self.limits.unused_seconds
        cache.sweep(own)
        cache.sweep((), folder=cache.ASIDE)
        cache.sweep(own | self._in_use(), age=unused)
        cache.delete_empty(unused)
        for known in (self._used, *self.temp_file_sets):  # the paths end with the names that visitors' files had
            known -= {path for path in list(known) if not Path(path).exists()}
        self.senders.forget([path for path in self.senders.paths() if path in self._used or not Path(path).exists()])

    def _in_use(self) -> set[str]:
        """Return the files that an event has read or written, or waits to read."""
        asked = [event.data.data for event in list(self._queue.event_ids_to_events.values()) if event.data]
        return self._used | set(_cached_files(asked))

    def _make_room(self, state: SessionState) -> None:
        """Forget the visits that were not used for longest, if all together have become too heavy with this one."""
        shared = self._first[1] if self._first else ()
        self._weights[state] = memory.weight(list(state.state_data.values()), shared)
        holder: Any = self.state_holder
        sessions = [
            memory.Remembered(name, self._weights.get(visit, 0), holder.time_last_used[name].timestamp())
            for name, visit in list(holder.session_data.items())
            if name in holder.time_last_used
        ]
        for name in list(memory.crowded_out(sessions, self.limits.visits_mb * MB)):
            self.forget(name)

    def _note(self, state: SessionState | None, values: Any) -> None:
        found = set(_cached_files(values))
        self._used |= found
        if state in self._gone:
            self._delete(found)  # the visitor left while it was made
        elif state is not None and found:
            self._files.setdefault(state, set()).update(found)

    def _delete(self, paths: set[str]) -> None:
        gone = paths.difference(self.own_files(), *self._files.values())
        cache.delete(gone)
        self._used -= gone
        self.senders.forget(gone)
        for remembered in self.temp_file_sets:
            remembered -= gone  # a path ends with the name that the visitor's file had


def _is_token(own: str, shown: str) -> bool:
    return bool(own) and secrets.compare_digest(own.encode(), shown.encode(errors="replace"))


def _is_over(block_fn: Any, state: SessionState) -> bool:
    """Whether an event needs what its session remembered, and the session remembers nothing: it was forgotten."""
    begins = any(event == "load" for _, event in block_fn.targets)
    return not begins and any(block.stateful and block._id not in state.state_data for block in block_fn.inputs)


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
    """Return an endpoint's inputs as Gradio takes them.

    What a program left out at their end is as its description says; a photo that is sent as nothing but an address
    which holds it is described as a file.
    """
    if block_fn.api_visibility != "public":
        return inputs
    given = [
        {"path": None, "url": value} if isinstance(block, gr.Image) and isinstance(value, str) else value
        for block, value in zip(block_fn.inputs, inputs, strict=False)
    ]
    return given + [block.value for block in block_fn.inputs[len(inputs) :]]
