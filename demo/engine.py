"""The one door to the network: what the page and the API ask goes through it, counted and on copies."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from demo import gpu, words
from demo.work import Work
from glamor.decoding import decoder
from glamor.errors import CheckpointError, ExplainError
from glamor.explain import (
    DegradedFace,
    Explanation,
    HeadWeights,
    People,
    SwapMatrix,
    Walk,
    compare_people,
    degraded_face,
    explain,
    find_method,
    head_weights,
    swap_matrix,
    walk,
)
from glamor.explain.flips import Flips, find_flips
from glamor.explain.parts import BLURRED, NoParts, Parts, explain_parts
from glamor.explain.trust import Trust, examine, passes_of
from glamor.explain.what_if import InterventionState, Outcome, Setting, encode_seen, what_if
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.photo import BoxXyxy, Photo, PhotoSource
from glamor.predictor import Prediction, Predictor
from glamor.prepare import Prepared
from glamor.turned import turn_that_shows_faces

P = ParamSpec("P")
R = TypeVar("R")
Progress = Callable[[float], None]


class Engine:
    """One predictor for all visitors.

    Args:
        predictor: network and face detector; shared, never changed here.
        notice: what the page must say about the start (plain text), empty for nothing.
        allowed: sources of other checkpoints that visitors may ask for.
    """

    def __init__(self, predictor: Predictor, notice: str = "", allowed: Sequence[str] = ()) -> None:
        self.predictor = predictor
        self.notice = notice
        self.allowed = tuple(allowed)
        self._work = Work()
        self._decode = self._work.counted(decoder().decode)
        self._predict = self._work.counted(predictor.predict)
        self._turn = self._work.counted(lambda photo: turn_that_shows_faces(photo, predictor.detector()))
        self._predict_prepared = self._work.counted(predictor.predict_prepared)
        self._explain = self._work.counted(gpu.on_loan(self._explain_on_copy, _passes_of_map))
        self._examine = self._work.counted(gpu.on_loan(self._examine_on_copy, _passes_of_checks))
        self._encode = self._on_copy(encode_seen)
        self._what_if = self._on_copy(what_if)
        self._swap = self._on_copy(swap_matrix)
        self._compare_people = self._on_copy(compare_people)
        self._parts = self._on_copy(explain_parts)
        self._flips = self._on_copy(find_flips)
        self._walk = self._on_copy(walk)
        self._read_head = self._on_copy(head_weights)
        self._degrade = self._work.counted(self._degraded_on_cpu)
        self._head: HeadWeights | None = None
        self._light: GLAMORNet | None = None

    @property
    def trained(self) -> bool:
        """Whether the weights have learned anything; if not, no prediction may be shown."""
        return bool(self.predictor.config.trained_on)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The labels, in the order of the logits."""
        return self.predictor.config.class_names

    def decode(self, source: PhotoSource) -> Photo:
        """Return the pixels of what somebody sent, decoded within the limits of :mod:`glamor.decoding`.

        Args:
            source: path of a file, its bytes, or what is decoded already.

        Returns:
            (H, W, 3) uint8 RGB.

        Raises:
            PhotoError: if it is no photo that can be used.
        """
        return self._decode(source)

    def predict(
        self, photo: Photo, boxes_xyxy: Sequence[BoxXyxy] | None = None, small_faces: bool = False
    ) -> tuple[Prediction, ...]:
        """Return one prediction per face, from left to right, or in the order of the boxes.

        Args:
            photo: (H, W, 3) uint8 RGB.
            boxes_xyxy: face boxes in photo pixels, used as they are; None: find the faces.
            small_faces: whether to search a large photo in tiles as well.

        Raises:
            CheckpointError: if the weights are untrained.
            FaceError: if a box cannot be used.
        """
        if not self.trained:
            raise CheckpointError(words.UNTRAINED_PLAIN)
        return self._predict(photo, boxes_xyxy, small_faces)

    def turn_that_shows_faces(self, photo: Photo) -> int:
        """Return by how many degrees clockwise a photo without a face has to be turned to show one; 0: by none."""
        return self._turn(photo)

    def predict_prepared(
        self, prepared: Sequence[Prepared], boxes: Sequence[BoxXyxy], scores: Sequence[float | None]
    ) -> tuple[Prediction, ...]:
        """Do what :meth:`glamor.predictor.Predictor.predict_prepared` does."""
        return self._predict_prepared(prepared, boxes, scores)

    def explain(
        self,
        prediction: Prediction,
        method: str,
        target: str,
        progress: Progress | None = None,
        *,
        baseline: str = "black",
        smooth: bool = False,
    ) -> Explanation:
        """Return what moved the logit of class ``target`` for one face.

        Args:
            prediction: of the face.
            method: a key of ``glamor.explain.METHODS``.
            target: a class name.
            progress: is told the share done, in [0, 1]; what it raises ends the work.
            baseline: a key of ``glamor.explain.BASELINES``, for the methods that need one.
            smooth: whether to average over noisy inputs, for the methods that can.

        Raises:
            ExplainError: if there is no such method, class or baseline, or the method cannot be smoothed.
        """
        listener, number = self._work.watched(progress), self._index(target)
        return self._explain(prediction.prepared, method, number, baseline=baseline, smooth=smooth, progress=listener)

    def examine(
        self,
        photo: Photo,
        prediction: Prediction,
        methods: Sequence[str],
        target: str,
        progress: Progress | None = None,
    ) -> Trust:
        """Check how far the explanations of one face can be trusted.

        Args:
            photo: (H, W, 3) uint8 RGB, the one that the prediction was made for.
            prediction: of the face.
            methods: keys or aliases of the maps to check, at least one.
            target: a class name.
            progress: is told the share done, in [0, 1]; what it raises ends the work.

        Raises:
            ExplainError: if there is no such method or class, or no method at all.
        """
        if not methods:
            raise ExplainError(words.NO_METHODS)
        box, listener = prediction.face_box_xyxy, self._work.watched(progress)
        return self._examine(photo, box, tuple(methods), self._index(target), progress=listener)

    def what_if(self, state: InterventionState, setting: Setting) -> Outcome:
        """Return the answer under a setting; what it needs encoded is kept in the state.

        Raises:
            ExplainError: if the setting leaves no attention or its grid cannot be used.
        """
        key = (setting.scene, setting.face)
        if key not in state.encoded:
            state.encoded[key] = self._encode(state.prediction.prepared, *key)
        return self._what_if(state.encoded[key], setting)

    def swap(self, people: Sequence[Prepared]) -> SwapMatrix:
        """Return every face before every scene, from one batched pass."""
        return self._swap(tuple(people))

    def compare_people(self, people: Sequence[Prepared], scene: int) -> People:
        """Return how each of these people would look at the scene of one of them, by its index."""
        return self._compare_people(tuple(people), scene)

    def parts(
        self,
        prediction: Prediction,
        target: str,
        regions: Mapping[str, BoxXyxy] | None = None,
        missing: str = BLURRED,
    ) -> Parts | NoParts:
        """Return what each part of a face and the scene add to the logit of class ``target``.

        Args:
            prediction: of the face.
            target: a class name.
            regions: a person's own parts, boxes by name in photo pixels; None: those of the detector's landmarks.
            missing: what is shown of a missing part, one of ``glamor.explain.parts.REPLACEMENTS``.

        Raises:
            ExplainError: if there is no such class or replacement, or a region cannot be used.
        """
        return self._parts(prediction, self._index(target), replacement=missing, regions=regions)

    def flips(
        self, prediction: Prediction, parts: Parts | NoParts, scenes: Mapping[str, Prepared] | None = None
    ) -> Flips:
        """Return what would turn the label of a face.

        Args:
            prediction: of the face.
            parts: of it, for whichever class.
            scenes: other scenes by name, among which to look for one that turns it.
        """
        asked = parts if isinstance(parts, Parts) else None
        return self._flips(prediction.prepared, asked, scenes or {})

    def walk(self, prediction: Prediction) -> Walk:
        """Return one face's way through the network."""
        return self._walk(prediction.prepared)

    def head_weights(self) -> HeadWeights:
        """Return the network after its encoders in numbers, read when first asked for."""
        if self._head is None:
            self._head = self._read_head()  # by two at once: it is the same
        return self._head

    def degraded_face(self, prediction: Prediction, kind: str, strength: float) -> DegradedFace:
        """Return one face encoded anew after degrading it, see :func:`glamor.degradations.degrade`; milliseconds."""
        return self._degrade(prediction.prepared, kind, strength)

    def drain(self, seconds: float) -> None:
        """Let what is being computed end, give up what takes longer, and begin nothing new."""
        self._work.drain(seconds)

    def _on_copy(self, function: Callable[Concatenate[GLAMORNet, P], R]) -> Callable[P, R]:
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(self._copy(), *args, **kwargs)

        return self._work.counted(asked)

    def _index(self, target: str) -> int:
        if target not in self.class_names:
            given = " ".join(target[:60].split())
            raise ExplainError(words.BAD_CLASS.format(given=given, names=", ".join(self.class_names)))
        return self.class_names.index(target)

    def _explain_on_copy(
        self, prepared: Prepared, method: str, target: int, *, baseline: str, smooth: bool, progress: Progress | None
    ) -> Explanation:
        return explain(self._copy(), prepared, method, target, baseline=baseline, smooth=smooth, progress=progress)

    def _examine_on_copy(
        self, photo: Photo, box_xyxy: BoxXyxy, methods: Sequence[str], target: int, *, progress: Progress | None
    ) -> Trust:
        return examine(self._copy(), photo, box_xyxy, methods, target, progress=progress)

    def _degraded_on_cpu(self, prepared: Prepared, kind: str, strength: float) -> DegradedFace:
        if self._light is None:  # by two at once: it is the same
            with self.predictor.lock:
                self._light = fuse_batchnorm(self.predictor.model).cpu()
        return degraded_face(self._light, prepared, kind, strength)

    def _copy(self) -> GLAMORNet:
        # A copy takes milliseconds; its hooks disturb nobody, so other visitors' predictions need not wait.
        with self.predictor.lock:
            model = copy.deepcopy(self.predictor.model)
        return model.to(gpu.borrowed() or self.predictor.checkpoint.device)


def _passes_of_map(
    prepared: Prepared, method: str, target: int, *, baseline: str, smooth: bool, progress: Progress | None
) -> float:
    return find_method(method).passes(baseline, smooth)


def _passes_of_checks(
    photo: Photo, box_xyxy: BoxXyxy, methods: Sequence[str], target: int, *, progress: Progress | None
) -> float:
    return passes_of([find_method(name) for name in methods])
