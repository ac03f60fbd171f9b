"""What a handler may change on the page, in the order of the page's outputs."""

from __future__ import annotations

from typing import Any, NamedTuple

from demo.events import SAME


class Outputs(NamedTuple):
    """All that a fast handler may change, in the order of the page's outputs; SAME leaves a part as it is."""

    notice: Any = SAME
    answered: Any = SAME
    usual: Any = SAME
    photo: Any = SAME
    faces: Any = SAME
    target: Any = SAME
    answer: Any = SAME
    moved: Any = SAME
    moved_words: Any = SAME
    box_hint: Any = SAME
    remove: Any = SAME
    stop: Any = SAME
    again: Any = SAME
    turn: Any = SAME
    small: Any = SAME
    stamp: Any = SAME


class MapOutputs(NamedTuple):
    """The lens: its picture and words, and the buttons that end the work on it and start it again."""

    picture: Any = SAME
    words: Any = SAME
    stop: Any = SAME
    again: Any = SAME
    stamp: Any = SAME


def start(part: Any) -> dict[str, Any]:
    """Return a part of a screen as what a component is made with."""
    if part is SAME:
        return {}
    return (
        {name: value for name, value in part.items() if name != "__type__"}
        if isinstance(part, dict)
        else {"value": part}
    )
