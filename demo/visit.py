"""What the page remembers of one visitor, in memory only and never longer than the visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from glamor.explain import Explanation
from glamor.photo import Photo
from glamor.predictor import Prediction

Point = tuple[float, float]


class SupersededError(Exception):
    """The visitor has asked something else meanwhile; nobody waits for this answer."""


@dataclass(frozen=True)
class Question:
    """What an attribution map answers; ``face`` is an index, ``target`` a class name."""

    face: int
    method: str
    target: str


class Focus(NamedTuple):
    """The chosen face, and what is asked about it."""

    question: Question
    prediction: Prediction


@dataclass(frozen=True)
class View:
    """One analysed photo and what the visitor has chosen on it.

    Attributes:
        photo: (H, W, 3) uint8 RGB, upright, without metadata.
        predictions: one per face, left to right; empty: no face.
        question: what the attributions should answer; None without a face.
        marking: whether clicks on the photo mark a face instead of choosing one.
        corner: the first of the two clicks, photo pixels.
    """

    photo: Photo
    predictions: tuple[Prediction, ...] = ()
    question: Question | None = None
    marking: bool = False
    corner: Point | None = None

    @property
    def focus(self) -> Focus | None:
        """The chosen face; None if there is none."""
        return Focus(self.question, self.predictions[self.question.face]) if self.question else None


@dataclass
class Visit:
    """The one thing of the page that changes: the current view and the maps made for it.

    ``view`` is replaced as a whole, so a slow handler that reads it sees either the old or the new one.

    Attributes:
        view: what is on the screen; None before there is a photo.
        maps: the answers known for this photo and these faces.
        waiting: the question that the visitor waits for an answer to; None: nobody waits.
        wish: the label that the visitor's link asked for; None: the predicted one is explained.
    """

    view: View | None = None
    maps: dict[Question, Explanation] = field(default_factory=dict)
    waiting: Question | None = None
    wish: str | None = None

    def show(self, view: View | None) -> None:
        """Put up a new view; maps of other photos or other faces are forgotten."""
        if view is None or self.view is None or view.predictions is not self.view.predictions:
            self.maps = {}
        self.view, self.waiting = view, view.question if view else None

    def give_up(self) -> None:
        """Wait no longer: work on the current question ends at its next report of progress."""
        self.waiting = None

    def expect(self, question: Question, view: View) -> None:
        """Raise SupersededError unless the visitor still waits for this answer about this photo."""
        now = self.view
        if now is None or self.waiting != question or now.predictions is not view.predictions:
            raise SupersededError
