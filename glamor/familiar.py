"""How like a face and its scene are to what the network has learned from.

Deep nearest neighbours (Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors", ICML): the mean
distance to the nearest summaries of training, as a percentile of the same distance on faces that no training saw. A
summary (:class:`glamor.model.Trace`) tells of the encoder's middle stages too: its last one has learned
to overlook what makes a drawing, a texture or noise unlike a face. Summaries are stored whitened, as 48 bytes each; no
picture is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from glamor.checkpoint import Checkpoint, read_beside
from glamor.errors import DataError

FAMILIAR_FILE = "neighbours.safetensors"
LARGEST_FILE = 2**20  # bytes
UNLIKE = 0.95  # percentile beyond which a face or a scene is called unlike
NEAREST, COUNTED = 10, 50  # neighbours whose distance counts, and whose labels are counted
MOST = 16_384  # vectors of a kind: so many cost a millisecond a face
NUMBERS = 48  # that are kept of a vector

_FLAT = 1e-3  # of the largest deviation; directions that vary less are not blown up to the others' size
_BYTE = 127
_QUANTILES = 201
_HUGE = 1e6  # no number that is read is larger
_WEIGHTS, _KINDS = "weights_sha256", ("faces", "scenes")
_PARTS: Mapping[str, tuple[type[np.generic], int]] = {  # dtype and dimensions
    "mean": (np.float32, 1),
    "projection": (np.float32, 2),
    "vectors": (np.int8, 2),
    "step": (np.float32, 1),
    "labels": (np.uint8, 1),
    "quantiles": (np.float32, 1),
}

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Familiarity:
    """How like one face and its scene are to what the network has learned from.

    Attributes:
        face: share of validation faces that are nearer to the training's, in [0, 1].
        scene: likewise of the scene.
        neighbours: (label, count) of the 50 training faces that are nearest, by falling count.
    """

    face: float
    scene: float
    neighbours: tuple[tuple[str, int], ...]

    @property
    def face_unlike(self) -> bool:
        """Whether hardly any validation face is as far from the training's."""
        return self.face > UNLIKE

    @property
    def scene_unlike(self) -> bool:
        """Whether hardly any validation scene is as far from the training's."""
        return self.scene > UNLIKE


@dataclass(frozen=True)
class Memory:
    """What is kept of the training's vectors of one kind: N of them, K numbers each of the network's C.

    Attributes:
        mean: (C,) float32, of the vectors.
        projection: (C, K) float32, onto their principal components, each of which then varies by 1.
        vectors: (N, K) int8, in units of ``step``.
        step: (1,) float32.
        labels: (N,) uint8, class indices.
        quantiles: (Q,) float32, rising: distances of validation vectors at equal steps from the smallest to the
            largest.
    """

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]
    vectors: NDArray[np.int8]
    step: NDArray[np.float32]
    labels: NDArray[np.uint8]
    quantiles: NDArray[np.float32]

    def look_up(self, vectors: Floats) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Compare vectors of the network, (M, C), with the training's.

        Returns:
            The percentile of each, (M,) in [0, 1], and the labels of its 50 nearest, (M, 50).
        """
        squared = self._squared_distances(vectors)
        nearest = np.argpartition(squared, COUNTED - 1, axis=1)[:, :COUNTED]
        at = np.linspace(0, 1, len(self.quantiles))
        return np.interp(_mean_of_nearest(squared), self.quantiles, at), self.labels[nearest]

    def against(self, unseen: Floats, weights: Floats) -> Memory:
        """Return the same with the quantiles of vectors that no training saw, (M, C), each counting (M,) so much."""
        distances, at = _mean_of_nearest(self._squared_distances(unseen)), np.linspace(0, 1, _QUANTILES)
        quantiles = np.quantile(distances, at, weights=weights, method="inverted_cdf")
        return replace(self, quantiles=quantiles.astype(np.float32))

    def _squared_distances(self, vectors: Floats) -> Floats:
        known = self.vectors * self.step
        own = (vectors - self.mean) @ self.projection
        squared = (own**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * own @ known.T
        return np.maximum(squared, 0)


@dataclass(frozen=True)
class Memories:
    """What is kept of the training's faces and scenes."""

    faces: Memory
    scenes: Memory

    def look_up(self, faces: Floats, scenes: Floats, class_names: Sequence[str]) -> tuple[Familiarity, ...]:
        """Return how familiar M faces and scenes are, from their vectors, (M, C) each."""
        of_face, labels = self.faces.look_up(faces)
        of_scene, _ = self.scenes.look_up(scenes)
        rows = zip(of_face.tolist(), of_scene.tolist(), labels, strict=True)
        return tuple(Familiarity(face, scene, _counts(near, class_names)) for face, scene, near in rows)


def fit(vectors: Floats, labels: NDArray[np.integer[Any]], unseen: Floats, weights: Floats) -> Memory:
    """Keep vectors of the training.

    Args:
        vectors: (N, C), N from 50 to ``MOST``.
        labels: (N,) class indices.
        unseen: (M, C), of validation samples.
        weights: (M,) how much each of these counts.

    Raises:
        DataError: if there are fewer.
    """
    if len(vectors) < COUNTED:
        raise DataError(f"There are {len(vectors)} training samples, but at least {COUNTED} are needed; give more.")
    mean, projection = _whitening(vectors.astype(np.float64))
    known = (vectors - mean) @ projection
    step = np.abs(known).max() / _BYTE
    memory = Memory(
        mean=mean.astype(np.float32),
        projection=projection.astype(np.float32),
        vectors=np.round(known / step).astype(np.int8),
        step=np.array([step], dtype=np.float32),
        labels=labels.astype(np.uint8),
        quantiles=np.zeros(_QUANTILES, dtype=np.float32),
    )
    return memory.against(unseen, weights)


def _whitening(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the mean, and the projection onto the principal components, of which each then varies by 1."""
    mean = vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((vectors - mean).T))
    kept = np.argsort(-variances)[:NUMBERS]
    return mean, directions[:, kept] / np.sqrt(np.maximum(variances[kept], _FLAT**2 * variances.max()))


def read_memories(checkpoint: Checkpoint) -> Memories | None:
    """Return what stands beside a checkpoint's weights and belongs to them; None if nothing does."""
    content = read_beside(checkpoint, FAMILIAR_FILE, LARGEST_FILE)
    if content is None:
        return None
    encoders = checkpoint.model.face_encoder, checkpoint.model.context_encoder
    channels = encoders[0].summary_channels, encoders[1].summary_channels
    return from_bytes(content, checkpoint.sha256, channels, len(checkpoint.config.class_names))


def to_bytes(memories: Memories, sha256: str) -> bytes:
    """Return both memories as one safetensors file that belongs to the weights of this hash, hexadecimal."""
    arrays = {f"{kind}.{part}": getattr(getattr(memories, kind), part) for kind in _KINDS for part in _PARTS}
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}  # it writes memory as it lies
    return safetensors.numpy.save({**tensors, _WEIGHTS: np.frombuffer(bytes.fromhex(sha256), np.uint8)})


def from_bytes(content: bytes, sha256: str, channels: tuple[int, int], classes: int) -> Memories | None:
    """Read what :func:`to_bytes` wrote; None for anything else, and for what belongs to other weights.

    An extra that makes no sense is left out, as that of a model card is: the answer does not depend on it.

    Args:
        content: of the file.
        sha256: of the weights, hexadecimal.
        channels: of the network's face vectors and of its scene vectors.
        classes: that the network knows.
    """
    try:
        tensors = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, LookupError, TypeError, ValueError):  # the last ones for unknown dtypes
        return None
    names = {_WEIGHTS, *(f"{kind}.{part}" for kind in _KINDS for part in _PARTS)}
    if tensors.keys() != names or tensors[_WEIGHTS].tobytes() != bytes.fromhex(sha256):
        return None
    faces, scenes = (Memory(**{part: tensors[f"{kind}.{part}"] for part in _PARTS}) for kind in _KINDS)
    sound = all(_is_sound(memory, width, classes) for memory, width in zip((faces, scenes), channels, strict=True))
    return Memories(faces, scenes) if sound else None


def _is_sound(memory: Memory, channels: int, classes: int) -> bool:
    arrays = [(getattr(memory, part), *kind) for part, kind in _PARTS.items()]
    if not all(array.dtype == dtype and array.ndim == ndim for array, dtype, ndim in arrays):
        return False
    count, kept = memory.vectors.shape
    return (
        COUNTED <= count <= MOST
        and 1 <= kept <= NUMBERS
        and memory.mean.shape == (channels,)
        and memory.projection.shape == (channels, kept)
        and memory.step.shape == (1,)
        and memory.labels.shape == (count,)
        and len(memory.quantiles) >= 2
        and int(memory.labels.max()) < classes
        and all(bool(np.abs(array).max() <= _HUGE) for array, dtype, _ in arrays if dtype is np.float32)
        and bool((np.diff(memory.quantiles) >= 0).all())
    )


def _mean_of_nearest(squared: Floats) -> Floats:
    return np.sqrt(np.partition(squared, NEAREST - 1, axis=1)[:, :NEAREST]).mean(axis=1)


def _counts(labels: NDArray[np.uint8], class_names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(labels, minlength=len(class_names))
    return tuple((class_names[i], int(counts[i])) for i in np.argsort(-counts, kind="stable") if counts[i])
