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
    saw: Any = SAME
    saw_words: Any = SAME
    looked: Any = SAME
    looked_words: Any = SAME
    weighed: Any = SAME
    moved: Any = SAME
    moved_words: Any = SAME
    box_hint: Any = SAME
    remove: Any = SAME
    stop: Any = SAME
    again: Any = SAME
    turn: Any = SAME
    small: Any = SAME


class MapOutputs(NamedTuple):
    """The attribution panel, and the buttons that end its work and start it again."""

    picture: Any = SAME
    words: Any = SAME
    stop: Any = SAME
    again: Any = SAME
