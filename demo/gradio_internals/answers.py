"""Answers that lie in Gradio's queue until somebody fetches them."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from demo import words
from demo.gradio_internals.unfetched import Unfetched
from demo.limits import MB, Limits
from demo.server.paths import path_of
from demo.server.refused import RefusedError

_FETCHED = re.compile(r"/gradio_api/call/(?:v2/)?[^/]+/(?P<event>[^/]+)/?")


class Answers:
    """The answers of a page's queue; all but ``expects`` only on the loop that hands them out.

    Args:
        page: Gradio's Blocks. It makes its queue anew when it is launched.
        limits: how long answers may lie there, and how much all together may weigh.
    """

    def __init__(self, page: Any, limits: Limits) -> None:
        self._page = page
        self.age = limits.answer_seconds
        self._unfetched = Unfetched(limits.answer_seconds, limits.answers_mb * MB)

    def expects(self, event: str) -> bool:
        """Return whether an event's answer is being made, or lies there."""
        queue = self._page._queue
        if event in queue.event_ids_to_events:
            return True
        owners = [session for session, events in queue.pending_event_ids_session.items() if event in events]
        return any(session in queue.pending_messages_per_session for session in owners)

    def drop(self) -> None:
        """Throw away what nobody fetches."""
        queue = self._page._queue
        waiting = {
            name: list(messages._queue)
            for name, messages in queue.pending_messages_per_session.items()
            if messages.qsize()
        }
        overdue = self._unfetched.overdue(waiting, time.monotonic())
        for session in overdue:
            self._throw_away(session)
        self._close([*overdue, *queue.pending_event_ids_session])

    def forget(self, session: str) -> None:
        """Throw away what a session has not fetched, and when it asked for what."""
        self._throw_away(session)
        self._close([session])

    def _throw_away(self, session: str) -> None:
        queue = self._page._queue
        messages = queue.pending_messages_per_session.get(session)
        asked = queue.pending_event_ids_session.get(session, set())
        while messages is not None and not messages.empty():
            message = messages.get_nowait()
            if message.msg == "process_completed":
                asked.discard(message.event_id)
        for name, told in list(queue.event_analytics.items()):
            if told["session_hash"] == session:
                queue.event_analytics.pop(name, None)

    def _close(self, sessions: Sequence[str]) -> None:
        """Take out what Gradio keeps of those to which nothing will come and who do not listen.

        Whoever listens hears for ten seconds only what he listened to first: he would miss what he asks for next.
        """
        queue = self._page._queue
        running = {event.session_hash for event in queue.event_ids_to_events.values()}
        for session in sessions:
            messages = queue.pending_messages_per_session.get(session)
            waits = bool(queue.pending_event_ids_session.get(session)) or (
                messages is not None and (not messages.empty() or bool(messages._getters))
            )
            if session not in running and not waits:
                queue.pending_event_ids_session.pop(session, None)
                queue.pending_messages_per_session.pop(session, None)


class OnlyExpected:
    """ASGI middleware that tells whoever asks for an answer that will not come; Gradio would have it wait for ever."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app, self._answers = app, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            asked = _FETCHED.fullmatch(path_of(scope))
            if asked and not self._answers.expects(asked["event"]):
                sentence = words.NO_ANSWER.format(minutes=max(1, round(self._answers.age / 60)))
                await RefusedError(404, sentence).answer(scope, receive, send)
                return
        await self._app(scope, receive, send)
