"""How much the app takes at once: every limit that a host can set, read from the environment once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from demo import words
from glamor.errors import GlamorError

HIGHEST = 10**6
MIB, MB = 2**20, 10**6


@dataclass(frozen=True)
class Limits:
    """What the host allows; each number is set by the variable of its name, ``body_mib`` by ``GLAMOR_MAX_BODY_MIB``.

    Attributes:
        body_mib: of a request that is no upload.
        body_parts: values in such a request; reading a million of them would hold up everybody.
        bodies_mib: of all such requests together, while they arrive and again while they wait.
        upload_mib: of one uploaded file.
        upload_files: files in one upload.
        fetch_seconds: for a photo that a request names by its address on the web.
        cache_mib: of all that lies in the cache; nothing is added to a full one.
        arriving: uploads and other long requests that are half way.
        arriving_per_address: of these, from one address.
        stall_seconds: without progress, until a connection is closed.
        connections: open ones.
        connections_per_address: of these, from one address.
        waiting: requests in all events.
        waiting_programs: of these, calls of the API.
        tool_calls: calls of the Model Context Protocol that are being answered.
        visits: that are remembered.
        visits_per_address: of these, from one address.
        visits_mb: that all visits together may remember.
        answers_mb: that all answers together may take which nobody has fetched yet.
        answer_seconds: until an answer that nobody fetches is thrown away.
        unused_seconds: until an upload that no event has used is deleted.
    """

    body_mib: int = 24
    body_parts: int = 10_000
    bodies_mib: int = 256
    upload_mib: int = 64
    upload_files: int = 20
    fetch_seconds: int = 10
    cache_mib: int = 2048
    arriving: int = 64
    arriving_per_address: int = 16
    stall_seconds: int = 20
    connections: int = 512
    connections_per_address: int = 256
    waiting: int = 128
    waiting_programs: int = 64
    tool_calls: int = 16
    visits: int = 64
    visits_per_address: int = 16
    visits_mb: int = 512
    answers_mb: int = 128
    answer_seconds: int = 300
    unused_seconds: int = 120


def variable(name: str) -> str:
    """Return the environment variable that sets a limit."""
    return f"GLAMOR_MAX_{name.upper()}"


def read_limits(environment: Mapping[str, str] | None = None) -> Limits:
    """Return the limits; what the environment does not set is as safe in public as it stands.

    Raises:
        GlamorError: if a value is no whole number from 1 to 1,000,000, or programs alone could fill the queue.
    """
    settings = os.environ if environment is None else environment
    limits = Limits(**{field.name: _read(settings, field.name, int(str(field.default))) for field in fields(Limits)})
    if limits.waiting_programs >= limits.waiting:
        raise GlamorError(
            words.NO_ROOM_FOR_VISITORS.format(
                programs=variable("waiting_programs"), given=limits.waiting_programs,
                all=variable("waiting"), waiting=limits.waiting,
            )
        )  # fmt: skip
    return limits


def _read(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(variable(name), "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(HIGHEST)) and 1 <= int(value) <= HIGHEST):
        raise GlamorError(words.BAD_LIMIT.format(name=variable(name), given=value[:60], highest=HIGHEST))
    return int(value)
