"""Photo -> one prediction a face, with everything needed to check it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from os import PathLike, fspath

import numpy as np
import torch
from numpy.typing import NDArray

from glamor.checkpoint import Checkpoint, load_checkpoint, resolve_source
from glamor.config import ModelConfig
from glamor.errors import FaceError
from glamor.faces import Face, FaceDetector, default_detector
from glamor.familiar import Familiarity, read_memories
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet, Trace
from glamor.photo import BoxXyxy, Photo, PhotoSource, load_photo
from glamor.prepare import Prepared, prepare, square_box
from glamor.sets import PredictionSet
from glamor.tiles import detect_small_faces
from glamor.turned import Pose, poses

PACKAGES = ("torch", "captum", "timm", "numpy", "pillow", "yuface")
LARGEST_BATCH = 64  # faces in one forward pass: about 0.4 GB of activations


@dataclass(frozen=True)
class Provenance:
    """What made a prediction.

    Attributes:
        checkpoint: folder or Hub repository of the weights.
        revision: Hub commit, None for a folder.
        sha256: of the weights file.
        device: where the network ran, such as ``cpu`` or ``cuda:0``.
        versions: (package, version) of the libraries that took part.
    """

    checkpoint: str
    revision: str | None
    sha256: str
    device: str
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prediction:
    """The answer for one face of a photo.

    Attributes:
        emotion: the most probable class.
        class_names: label of each probability.
        probabilities: (classes,) float64, sum to 1, after the checkpoint's temperature.
        prediction_set: the labels among which the right one is as often as promised; None if the checkpoint promises
            nothing.
        logits: (classes,) float64, raw, before the temperature.
        face_box_xyxy: the square that was wanted, or the box that a person gave, photo pixels; it may reach over the
            photo's edge. What was cut out and masked is ``prepared.geometry.face_box_xyxy``.
        face_score: the detector's confidence in [0, 1]; None if a person gave the box.
        attention: (h, w) float64, sums to 1.
        attention_region_xyxy: the part of the photo that the attention grid covers, pixels.
        fusion_weights: (face, context), sum to 1.
        prepared: the two inputs of the network and their geometry.
        provenance: what made the prediction.
        pose: how the face stands; None if nobody looked.
        familiarity: how like those of the training face and scene are; None if the checkpoint keeps none of them.
        detected: the face as the detector found it; None if a person gave the box or the inputs were prepared already.
    """

    emotion: str
    class_names: tuple[str, ...]
    probabilities: NDArray[np.float64]
    prediction_set: PredictionSet | None
    logits: NDArray[np.float64]
    face_box_xyxy: BoxXyxy
    face_score: float | None
    attention: NDArray[np.float64]
    attention_region_xyxy: BoxXyxy
    fusion_weights: tuple[float, float]
    prepared: Prepared
    provenance: Provenance
    pose: Pose | None = None
    familiarity: Familiarity | None = None
    detected: Face | None = None


class Predictor:
    """A checkpoint, a face detector and a device, ready for photos.

    Args:
        checkpoint: a loaded one, a folder, ``owner/name[@revision]``, or None for
            ``GLAMOR_CHECKPOINT`` if set, else the embedded weights.
        device: ``auto``, or a PyTorch device name.
        detector: finds faces; None for the default one, made when first needed.

    Raises:
        CheckpointError: if the weights cannot be loaded.
        DeviceError: if the device is not there.
    """

    def __init__(
        self,
        checkpoint: Checkpoint | str | PathLike[str] | None = None,
        device: str = "auto",
        detector: FaceDetector | None = None,
    ) -> None:
        if not isinstance(checkpoint, Checkpoint):
            source = None if checkpoint is None else fspath(checkpoint)
            checkpoint = load_checkpoint(resolve_source(source), device=device)
        self.checkpoint = checkpoint
        self.lock = threading.RLock()
        self._detector = detector
        self._blind = False  # whether there is no detector to be had
        self._quick = fuse_batchnorm(checkpoint.model)
        self._provenance = _provenance(checkpoint)
        self._memories = read_memories(checkpoint)

    @property
    def model(self) -> GLAMORNet:
        """The network, in eval mode; hold :attr:`lock` while hooks are attached to it.

        Predictions come from a faster twin, the same up to rounding, see :func:`glamor.fused.fuse_batchnorm`.
        """
        return self.checkpoint.model

    @property
    def config(self) -> ModelConfig:
        """The checkpoint's configuration."""
        return self.checkpoint.config

    def detect(self, photo: Photo, small_faces: bool = False) -> tuple[Face, ...]:
        """Return the faces of a photo from left to right; empty if there is none.

        Args:
            photo: (H, W, 3) uint8 RGB.
            small_faces: whether to search a large photo for small faces too, in tiles; takes one or two seconds.

        Raises:
            FaceError: if no detector can be had on this machine.
        """
        detector = self.detector()
        return detect_small_faces(photo, detector) if small_faces else detector(photo)

    def detector(self) -> FaceDetector:
        """Return what finds the faces, made when it is first needed.

        Raises:
            FaceError: if no detector can be had on this machine.
        """
        with self.lock:
            if self._detector is None:
                self._detector = default_detector()
            return self._detector

    def predict(
        self, photo: PhotoSource, boxes_xyxy: Sequence[BoxXyxy] | None = None, small_faces: bool = False
    ) -> tuple[Prediction, ...]:
        """Predict the expression of every face of a photo, all in one forward pass.

        Args:
            photo: path, encoded bytes, PIL image, or (H, W, 3) uint8 RGB array.
            boxes_xyxy: face crops in photo pixels, used exactly as they are (all zero: no
                face, the whole scene unmasked); None to detect faces and crop by the
                checkpoint's convention.
            small_faces: as for :meth:`detect`, where faces are detected.

        Returns:
            One prediction a face, from left to right or in the order of ``boxes_xyxy``;
            empty if no face was found. Poses are looked at as far as there is a detector.

        Raises:
            PhotoError: if the photo cannot be used.
            FaceError: if a box cannot be used, or no detector can be had.
        """
        pixels = load_photo(photo)
        faces: Sequence[Face | None]
        if boxes_xyxy is None:
            faces = found = self.detect(pixels, small_faces)
            seen = [face.box_xyxy for face in found]
            boxes = [square_box(box, self.config.face_crop_scale) for box in seen]
        else:
            boxes = seen = list(boxes_xyxy)
            faces = [None] * len(boxes)
        scores = [face.score if face else None for face in faces]
        prepared = [prepare(pixels, box, self.config) for box in boxes]
        predictions = self.predict_prepared(prepared, boxes, scores)
        each = zip(predictions, self._poses(pixels, seen, scores), faces, strict=True)
        return tuple(replace(prediction, pose=pose, detected=face) for prediction, pose, face in each)

    def _poses(
        self, photo: Photo, boxes_xyxy: Sequence[BoxXyxy], scores: Sequence[float | None]
    ) -> Sequence[Pose | None]:
        """Return the poses of faces; without a detector, which boxes need not have, nobody looks."""
        if not self._blind:
            try:
                return poses(photo, boxes_xyxy, scores, self.detector())
            except FaceError:
                self._blind = True
        return [None] * len(boxes_xyxy)

    def predict_prepared(
        self, prepared: Sequence[Prepared], boxes: Sequence[BoxXyxy], scores: Sequence[float | None]
    ) -> tuple[Prediction, ...]:
        """Predict for inputs that are prepared already, of one photo or of many.

        Args:
            prepared: the inputs of N people.
            boxes: the face crop of each, photo pixels.
            scores: the detector's confidence in each, None where a person gave the box.

        Returns:
            N predictions in the same order.
        """
        return tuple(
            prediction
            for start in range(0, len(boxes), LARGEST_BATCH)
            for prediction in self._run(
                prepared[start : start + LARGEST_BATCH],
                boxes[start : start + LARGEST_BATCH],
                scores[start : start + LARGEST_BATCH],
            )
        )

    def _run(
        self, prepared: Sequence[Prepared], boxes: Sequence[BoxXyxy], scores: Sequence[float | None]
    ) -> tuple[Prediction, ...]:
        trace = run_batch(self._quick, prepared, summarise=self._memories is not None)
        logits = trace.logits.double().cpu()
        probabilities = (logits / self.config.temperature).softmax(dim=1).numpy()
        attention = trace.attention.double().cpu().numpy()
        fusion = trace.fusion_weights.double().cpu().numpy()
        names, rule = self.config.class_names, self.config.prediction_sets
        familiar = self._familiarity(trace) or (None,) * len(boxes)
        return tuple(
            Prediction(
                emotion=names[int(probabilities[i].argmax())],
                class_names=names,
                probabilities=probabilities[i],
                prediction_set=None if rule is None else rule.of(probabilities[i], names),
                logits=logits[i].numpy(),
                face_box_xyxy=boxes[i],
                face_score=scores[i],
                attention=attention[i],
                attention_region_xyxy=prepared[i].geometry.context_region_xyxy,
                fusion_weights=(float(fusion[i, 0]), float(fusion[i, 1])),
                prepared=prepared[i],
                provenance=self._provenance,
                familiarity=familiar[i],
            )
            for i in range(len(boxes))
        )

    def _familiarity(self, trace: Trace) -> tuple[Familiarity, ...]:
        if self._memories is None or trace.face_summary is None or trace.context_summary is None:
            return ()
        faces, scenes = (part.float().cpu().numpy() for part in (trace.face_summary, trace.context_summary))
        return self._memories.look_up(faces, scenes, self.config.class_names)


def run_batch(model: GLAMORNet, prepared: Sequence[Prepared], summarise: bool = False) -> Trace:
    """Run the network once on several people, without gradients.

    Args:
        model: in eval mode, on any device.
        prepared: N people's inputs.
        summarise: whether the trace tells what the encoders saw on the way.

    Returns:
        The trace of N rows, on the model's device.
    """
    device = next(model.parameters()).device
    face = torch.stack([person.face for person in prepared]).to(device, memory_format=torch.channels_last)
    context = torch.stack([person.context for person in prepared]).to(device, memory_format=torch.channels_last)
    with torch.inference_mode():
        trace: Trace = model(face, context, summarise=summarise)
    return trace


def _provenance(checkpoint: Checkpoint) -> Provenance:
    return Provenance(
        checkpoint=checkpoint.source,
        revision=checkpoint.revision,
        sha256=checkpoint.sha256,
        device=str(checkpoint.device),
        versions=tuple((name, found) for name in PACKAGES if (found := _version(name))),
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
