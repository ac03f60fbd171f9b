"""What the page remembers of one visitor, in memory only and never longer than the session."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

from demo.kept import KeptPhoto
from glamor.explain import Explanation, Walk
from glamor.explain.flips import Flips
from glamor.explain.parts import BLURRED, NoParts, Parts
from glamor.explain.trust import Trust
from glamor.many.items import Item
from glamor.many.rows import Row
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction

Point = tuple[float, float]
BASELINE = "black"  # of a method that has no use for one
ATTENTION = "attention"  # in the place of a method: where the network looked, which nothing has to work out


class SupersededError(Exception):
    """The visitor has asked something else meanwhile; nobody waits for this answer."""


class MapRequest(NamedTuple):
    """What a map answers; ``face`` is an index, ``method`` a key of METHODS or ATTENTION, ``target`` a class name.

    ``baseline`` and ``smooth`` are as in ``glamor.explain.explain``; a method that has no use for
    them is asked with these defaults, so that one map answers all its requests.
    """

    face: int
    method: str
    target: str
    baseline: str = BASELINE
    smooth: bool = False


class Selection(NamedTuple):
    """The chosen face, and what is asked about it."""

    request: MapRequest
    prediction: Prediction


@dataclass(frozen=True)
class Analysis:
    """One analysed photo and what the visitor has chosen on it.

    Attributes:
        photo: what is remembered of it.
        predictions: one per face, left to right; empty: no face.
        request: what the attributions should answer; None without a face.
        marking: whether clicks on the photo mark a face instead of choosing one.
        corner: the first of the two clicks, photo pixels.
        example: whether the page chose it, for a visitor who has not added a photo yet: it is explained, but the
            photo's place stays free.
        turn: by how many degrees clockwise a photo without a face has to be turned to show one; 0: by none.
    """

    photo: KeptPhoto
    predictions: tuple[Prediction, ...] = ()
    request: MapRequest | None = None
    marking: bool = False
    corner: Point | None = None
    example: bool = False
    turn: int = 0

    @property
    def upright_turn(self) -> int:
        """By how many degrees clockwise the photo has to be turned for the chosen face to be upright, 0 for by none."""
        if self.selection is None:
            return self.turn
        pose = self.selection.prediction.pose
        return pose.turn if pose is not None and pose.turned else 0

    @property
    def selection(self) -> Selection | None:
        """The chosen face; None if there is none."""
        return Selection(self.request, self.predictions[self.request.face]) if self.request else None

    def is_about_the_same(self, other: Analysis) -> bool:
        """Whether both are about one face and one label of one photo, by whatever method."""
        if self.request is None or other.request is None or self.predictions is not other.predictions:
            return False
        return (self.request.face, self.request.target) == (other.request.face, other.request.target)


@dataclass(frozen=True, eq=False)
class Job:
    """Slow work of a tab; two jobs are never equal.

    Attributes:
        analysis: what the visitor saw when asking.
        selection: its face.
        requests: the maps that are wanted, in order.
    """

    analysis: Analysis
    selection: Selection
    requests: tuple[MapRequest, ...]


@dataclass
class Batch:
    """What one visitor has handed in: where the photos are, and what was found so far.

    Attributes:
        items: the photos by name; they lie in the visitor's uploads and go with these.
        source: of the weights that answer.
        stopped: whether the visitor wants no more.
        too_long: whether the work was ended for the sake of those who wait.
        rows: one a face, as in ``faces.parquet``.
        thumbnails: JPEG of each face, in the order of the rows that have one.
    """

    items: dict[str, Item]
    source: str
    stopped: bool = False
    too_long: bool = False
    rows: list[Row] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)
    photos: int = 0


@dataclass
class Session:
    """The one thing of the page that changes: the current analysis and what was computed for it.

    ``analysis`` is replaced as a whole, so a slow handler that reads it sees either the old or the new one.

    Attributes:
        analysis: the analysed photo and what is chosen on it; None before there is one.
        maps: every map that was made for this view's faces.
        begun: maps that nobody has asked for yet.
        walks: the ways of this view's faces through the network, by the faces' numbers in memory, beside the faces.
        parts, flips: what this view's faces are made of and what would turn them, by face and by what is shown of a
            missing part.
        checks: the trust in maps of this view's faces, by the requests that these answer.
        mapped: whether the map that was asked for last is there, or was given up.
        jobs: by tab, the work that the visitor waits for.
        compared: the requests whose maps stand side by side.
        one_scale: whether these share one colour scale.
        waiting: the request that the visitor waits for an answer to; None: nobody waits.
        wished_face: the face that the visitor's link asked for, from 1; None: the largest.
        wish: the label that the visitor's link asked for; None: the predicted one is explained.
        batch: the photos of the tab *Many photos* and what was found in them.
        pending_photo: an encoded photo that another tab hands to *Analyse*.
        pending_box_xyxy: the face in it that was chosen there, photo pixels.
        checkpoint: name of the weights that answer; None: the page's own.
        token: by which a browser tab that comes back shows that the visit is its own; empty: not given out yet.
        newest: when the newest photo was sent, in nanoseconds; an older one is not answered any more.
        small_faces: whether photos are searched in tiles as well.
        guests: the faces of the photos added under *Two photos*, by "photo.NUMBER.FACE", both from 1.
        missing: what is shown of a missing part of a face, one of ``glamor.explain.parts.REPLACEMENTS``.
        clearness_turn: which request for a degraded face was the last.
    """

    analysis: Analysis | None = None
    maps: dict[MapRequest, Explanation] = field(default_factory=dict)
    waiting: MapRequest | None = None
    mapped: bool = False
    wished_face: int | None = None
    wish: str | None = None
    begun: dict[MapRequest, Future[Explanation | None]] = field(default_factory=dict)
    walks: dict[int, tuple[Prediction, Walk]] = field(default_factory=dict)
    parts: dict[tuple[int, str], tuple[Prediction, Parts | NoParts]] = field(default_factory=dict)
    flips: dict[tuple[int, str], tuple[Prediction, Flips]] = field(default_factory=dict)
    checks: dict[tuple[MapRequest, ...], Trust] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    compared: tuple[MapRequest, ...] = ()
    one_scale: bool = False
    batch: Batch | None = None
    pending_photo: bytes | None = None
    pending_box_xyxy: BoxXyxy | None = None
    checkpoint: str | None = None
    token: str = ""
    newest: int = 0
    small_faces: bool = False
    guests: dict[str, Prediction] = field(default_factory=dict)
    missing: str = BLURRED
    clearness_turn: int = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Session:
        """Return a copy, with which Gradio begins each session; what was computed never changes and is shared."""
        own = replace(self, maps=dict(self.maps), walks=dict(self.walks))
        own.parts, own.flips, own.begun = dict(self.parts), dict(self.flips), {}
        own.checks, own.jobs, own.guests = dict(self.checks), dict(self.jobs), dict(self.guests)
        return own

    def adopt(self, former: Session) -> bool:
        """Go on where a former visit stopped, unless a photo was added to this one already; returns whether it does."""
        if self.newest:
            return False
        for each in fields(self):
            setattr(self, each.name, getattr(former, each.name))
        return True

    def show(self, analysis: Analysis | None) -> None:
        """Put up a new analysis; what was computed for other photos or other faces is forgotten."""
        if analysis is None or self.analysis is None or analysis.predictions is not self.analysis.predictions:
            self.maps, self.walks, self.checks, self.compared = {}, {}, {}, ()
            self.parts, self.flips, self.begun = {}, {}, {}
        self.analysis, self.waiting = analysis, analysis.request if analysis else None
        self.mapped = self.waiting is None

    def cancel(self) -> None:
        """Wait no longer: work on the current request ends at its next report of progress."""
        self.waiting = None
        self.mapped = True

    def raise_if_superseded(self, tab: str, job: Job) -> None:
        """Raise SupersededError unless the visitor still waits for this job, about the face on the screen."""
        if self.jobs.get(tab) is not job or self.analysis is None or not self.analysis.is_about_the_same(job.analysis):
            raise SupersededError

    def expect(self, request: MapRequest, analysis: Analysis) -> None:
        """Raise SupersededError unless the visitor still waits for this answer about this photo."""
        now = self.analysis
        if now is None or self.waiting != request or now.predictions is not analysis.predictions:
            raise SupersededError


def key_of(prediction: Prediction) -> str:
    """Return what tells a face and its answer from others, and is the same when the visit goes on."""
    told = (prediction.attention, prediction.logits, np.asarray(prediction.face_box_xyxy))
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in told)).hexdigest()[:16]
