"""From a photo to predictions and maps: what the page and the API both call."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from demo import gpu, text
from demo.lab import Lab
from demo.work import Work
from glamor.decoding import decoder
from glamor.errors import CheckpointError, ExplainError
from glamor.explain import Explanation, explain
from glamor.explain.trust import Trust, examine
from glamor.model import GLAMORNet
from glamor.photo import BoxXyxy, Photo, PhotoSource
from glamor.predictor import Prediction, Predictor
from glamor.prepare import Prepared

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
        self.lab = Lab(predictor)
        self._work = Work()
        self._decode = self._work.counted(decoder().decode)
        self._predict = self._work.counted(gpu.on_gpu(predictor.predict, gpu.PREDICT_SECONDS))
        self._predict_prepared = self._work.counted(gpu.on_gpu(predictor.predict_prepared, gpu.PREDICT_SECONDS))
        self._explain = self._work.counted(gpu.on_gpu(self._explain_on_copy))
        self._examine = self._work.counted(gpu.on_gpu(self._examine_on_copy, gpu.STUDY_SECONDS))

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

    def predict(self, photo: Photo, boxes_xyxy: Sequence[BoxXyxy] | None = None) -> tuple[Prediction, ...]:
        """Return one prediction per face, from left to right, or in the order of the boxes.

        Args:
            photo: (H, W, 3) uint8 RGB.
            boxes_xyxy: face boxes in photo pixels, used as they are; None: find the faces.

        Raises:
            CheckpointError: if the weights are untrained.
            FaceError: if a box cannot be used.
        """
        if not self.trained:
            raise CheckpointError(text.UNTRAINED_PLAIN)
        return self._predict(photo, boxes_xyxy)

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
        listener = self._listener(progress)
        return self._explain(prediction.prepared, method, self._index(target), listener, baseline, smooth)

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
            raise ExplainError(text.NO_METHODS)
        box, listener = prediction.face_box_xyxy, self._listener(progress)
        return self._examine(photo, box, tuple(methods), self._index(target), listener)

    def drain(self, seconds: float) -> None:
        """Let what is being computed end, give up what takes longer, and begin nothing new."""
        self._work.drain(seconds)

    def _listener(self, progress: Progress | None) -> Progress | None:
        # A callback cannot be pickled, and a lent GPU is done before a bar would be read.
        return None if gpu.LENT else self._work.watched(progress)

    def _index(self, target: str) -> int:
        if target not in self.class_names:
            raise ExplainError(
                text.BAD_CLASS.format(given=" ".join(target[:60].split()), names=", ".join(self.class_names))
            )
        return self.class_names.index(target)

    def _explain_on_copy(
        self,
        prepared: Prepared,
        method: str,
        target: int,
        progress: Progress | None,
        baseline: str,
        smooth: bool,
    ) -> Explanation:
        return explain(self._copy(), prepared, method, target, baseline=baseline, smooth=smooth, progress=progress)

    def _examine_on_copy(
        self, photo: Photo, box_xyxy: BoxXyxy, methods: Sequence[str], target: int, progress: Progress | None
    ) -> Trust:
        return examine(self._copy(), photo, box_xyxy, methods, target, progress=progress)

    def _copy(self) -> GLAMORNet:
        # A copy takes milliseconds; its hooks disturb nobody, so other visitors' predictions need not wait.
        with self.predictor.lock:
            return copy.deepcopy(self.predictor.model)
