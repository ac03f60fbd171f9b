"""The sessions that Gradio holds, and which of them go when there are too many."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from demo import capacity
from demo.limits import Limits
from demo.server.clients import address_of
from demo.visits import Session


class Seats:
    """Decides in Gradio's place which sessions are forgotten: it (6.31) forgets whichever was used longest ago.

    Args:
        limits: what the host allows.
        forget: deletes a session's files and memory.
    """

    def __init__(self, limits: Limits, forget: Callable[[str], None]) -> None:
        self._limits, self._forget = limits, forget
        self._holder: Any = None
        self._addresses: dict[str, str] = {}

    def watch(self, holder: Any) -> None:
        """Take over from Gradio's holder of sessions."""
        self._holder, holder.update = holder, self.used

    def came_from(self, session: str | None, request: Any) -> None:
        """Note where a session is used from.

        Args:
            session: Gradio's name for it.
            request: Gradio's.
        """
        asked = getattr(request, "request", None)
        if session and asked is not None:
            self._addresses[session] = address_of(asked.scope)

    def used(self, session: str | None) -> None:
        """Have those go that must, now that this one is used."""
        holder = self._holder
        if holder is None or session is None or session not in holder.session_data:
            return
        now = time.time()
        seats = [
            capacity.Seat(name, self._addresses.get(name, ""), weight_of(state), self._last_used(name, now))
            for name, state in list(holder.session_data.items())
        ]
        limits = self._limits
        for name in capacity.who_goes(seats, session, limits.visits, limits.visits_per_address):
            self._forget(name)
        self._addresses = {name: address for name, address in self._addresses.items() if name in holder.session_data}

    def _last_used(self, name: str, now: float) -> float:
        used = self._holder.time_last_used.get(name)
        return used.timestamp() if used else now


def weight_of(state: Any) -> int:
    """Return how much a session remembers, as in :mod:`demo.capacity`."""
    if not state.state_data:
        return capacity.NOTHING
    visits = [value for value in state.state_data.values() if isinstance(value, Session)]
    return capacity.PHOTO if any(map(_has_photo, visits)) else capacity.LOADED


def _has_photo(session: Session) -> bool:
    return (
        session.batch is not None
        or session.pending_photo is not None
        or (session.analysis is not None and not session.analysis.example)
    )
