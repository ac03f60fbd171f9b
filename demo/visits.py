"""What the page remembers of one visitor, in memory only and never longer than the visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from demo.kept import KeptPhoto
from glamor.explain import Explanation
from glamor.explain.trust import Trust
from glamor.explain.what_if import InterventionState
from glamor.many.items import Item
from glamor.many.rows import Row
from glamor.predictor import Prediction

Point = tuple[float, float]
BASELINE = "black"  # of a method that has no use for one


class SupersededError(Exception):
    """The visitor has asked something else meanwhile; nobody waits for this answer."""


class Question(NamedTuple):
    """What an attribution map answers; ``face`` is an index, ``target`` a class name.

    ``baseline`` and ``smooth`` are as in ``glamor.explain.explain``; a method that has no use for
    them is asked with these defaults, so that one map answers all its questions.
    """

    face: int
    method: str
    target: str
    baseline: str = BASELINE
    smooth: bool = False


class Focus(NamedTuple):
    """The chosen face, and what is asked about it."""

    question: Question
    prediction: Prediction


@dataclass(frozen=True)
class View:
    """One analysed photo and what the visitor has chosen on it.

    Attributes:
        photo: what is remembered of it.
        predictions: one per face, left to right; empty: no face.
        question: what the attributions should answer; None without a face.
        marking: whether clicks on the photo mark a face instead of choosing one.
        corner: the first of the two clicks, photo pixels.
        example: whether the page chose it, for a visitor who has not added a photo yet: it is explained, but the
            photo's place stays free.
    """

    photo: KeptPhoto
    predictions: tuple[Prediction, ...] = ()
    question: Question | None = None
    marking: bool = False
    corner: Point | None = None
    example: bool = False

    @property
    def focus(self) -> Focus | None:
        """The chosen face; None if there is none."""
        return Focus(self.question, self.predictions[self.question.face]) if self.question else None

    def is_about_the_same(self, other: View) -> bool:
        """Whether both are about one face and one label of one photo, by whatever method."""
        if self.question is None or other.question is None or self.predictions is not other.predictions:
            return False
        return (self.question.face, self.question.target) == (other.question.face, other.question.target)


@dataclass(frozen=True, eq=False)
class Job:
    """Slow work of a tab; two jobs are never equal.

    Attributes:
        view: what the visitor saw when asking.
        focus: its face.
        questions: the maps that are wanted, in order.
    """

    view: View
    focus: Focus
    questions: tuple[Question, ...]


@dataclass
class Album:
    """What one visitor has handed in: where the photos are, and what was found so far.

    Attributes:
        items: the photos by name; they lie in the visitor's uploads and go with these.
        source: of the weights that answer.
        stopped: whether the visitor wants no more.
        rows: one a face, as in ``faces.parquet``.
        thumbnails: JPEG of each face, in the order of the rows that have one.
    """

    items: dict[str, Item]
    source: str
    stopped: bool = False
    rows: list[Row] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)
    photos: int = 0


@dataclass
class Visit:
    """The one thing of the page that changes: the current view and what was computed for it.

    ``view`` is replaced as a whole, so a slow handler that reads it sees either the old or the new one.

    Attributes:
        view: the analysed photo and what is chosen on it; None before there is one.
        maps: every map that was made for this view's faces.
        checks: the trust in maps of this view's faces, by the questions that these answer.
        jobs: by tab, the work that the visitor waits for.
        compared: the questions whose maps stand side by side.
        one_scale: whether these share one colour scale.
        waiting: the question that the visitor waits for an answer to; None: nobody waits.
        wish: the label that the visitor's link asked for; None: the predicted one is explained.
        album: the photos of the tab *Many photos* and what was found in them.
        given: an encoded photo that another tab hands to *Analyse*.
        checkpoint: name of the weights that answer; None: the page's own.
    """

    view: View | None = None
    maps: dict[Question, Explanation] = field(default_factory=dict)
    waiting: Question | None = None
    wish: str | None = None
    intervention: InterventionState | None = None  # of the tab Interventions; for one face of this view
    checks: dict[tuple[Question, ...], Trust] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    compared: tuple[Question, ...] = ()
    one_scale: bool = False
    album: Album | None = None
    given: bytes | None = None
    checkpoint: str | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Visit:
        """Return a visit of its own: Gradio begins each with a copy. What was computed never changes and is shared."""
        return replace(self, maps=dict(self.maps), checks=dict(self.checks), jobs=dict(self.jobs))

    def show(self, view: View | None) -> None:
        """Put up a new view; what was computed for other photos or other faces is forgotten."""
        if view is None or self.view is None or view.predictions is not self.view.predictions:
            self.maps, self.checks, self.compared = {}, {}, ()
            self.intervention = None
        self.view, self.waiting = view, view.question if view else None

    def give_up(self) -> None:
        """Wait no longer: work on the current question ends at its next report of progress."""
        self.waiting = None

    def expect_job(self, tab: str, job: Job) -> None:
        """Raise SupersededError unless the visitor still waits for this job, about the face on the screen."""
        if self.jobs.get(tab) is not job or self.view is None or not self.view.is_about_the_same(job.view):
            raise SupersededError

    def expect(self, question: Question, view: View) -> None:
        """Raise SupersededError unless the visitor still waits for this answer about this photo."""
        now = self.view
        if now is None or self.waiting != question or now.predictions is not view.predictions:
            raise SupersededError
