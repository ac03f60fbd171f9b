"""Photos -> rows, as a stream: detection in worker processes, the network on batches of their faces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from glamor.config import ModelConfig
from glamor.many.detect import Found
from glamor.many.items import Item
from glamor.many.rows import Row, answer_of
from glamor.many.workers import detect_all
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction
from glamor.prepare import Prepared

BATCH = 16  # faces in one pass of the network; on a CPU 32 take a fifth longer a face, their maps outgrow its cache
Network = Callable[[Sequence[Prepared], Sequence[BoxXyxy], Sequence[float | None]], tuple[Prediction, ...]]


@dataclass
class Clock:
    """Where a run's time went, in seconds; it is read while the run goes on.

    Attributes:
        detection: spent waiting for photos to be read and their faces to be found.
        network: spent in the network.
    """

    detection: float = 0.0
    network: float = 0.0

    def bottleneck(self, workers: int) -> str:
        """Return in one line what held the run up, and what would help."""
        times = f"waited {self.detection:.1f} s for detection, {self.network:.1f} s in the network"
        if self.detection >= self.network:
            where = f"in {workers} worker processes" if workers else "in this process"
            return f"bottleneck: reading and detection {where} ({times}); more cores would help"
        return f"bottleneck: the network ({times}); a GPU or more cores for it would help"


def analyse(
    items: Iterable[Item],
    network: Network,
    config: ModelConfig,
    sha256: str,
    *,
    workers: int,
    batch: int = BATCH,
    clock: Clock | None = None,
    small_faces: bool = False,
) -> Iterator[tuple[Row, ...]]:
    """Analyse photos, one after another.

    Args:
        items: the photos, taken lazily.
        network: :meth:`glamor.predictor.Predictor.predict_prepared`, or what stands for it.
        config: the checkpoint's configuration.
        sha256: of its weights.
        workers: processes that read and detect; 0: this process does that too.
        batch: faces that are collected for one pass of the network.
        clock: is told where the time goes.
        small_faces: whether large photos are searched in tiles as well.

    Yields:
        The rows of one photo, in the order of ``items``; never empty.
    """
    clock = clock or Clock()
    found, full = _timed(detect_all(items, config, workers, small_faces), clock), _full(network)
    for group in _groups(found, batch):
        yield from answered(group, full, sha256, clock)


def answered(group: Sequence[Found], network: Network, sha256: str, clock: Clock) -> list[tuple[Row, ...]]:
    """Run the network once on the faces of several photos; return the rows of each photo."""
    start = time.perf_counter()
    faces = [(prepared.tensors(), box, score) for found in group for prepared, box, score in _faces(found)]
    predictions = iter(network(*zip(*faces, strict=True)) if faces else ())
    spent = time.perf_counter() - start
    clock.network += spent
    return [_rows(found, predictions, spent / max(1, len(faces)), sha256) for found in group]


def _full(network: Network) -> Network:
    """Fill passes of fewer faces than one before: what torch sets aside for one size fits no other."""
    largest = 0

    def run(*faces: Sequence[Any]) -> tuple[Prediction, ...]:
        nonlocal largest
        count = len(faces[0])
        largest = max(largest, count)
        return network(*((*column, *[column[0]] * (largest - count)) for column in faces))[:count]

    return run


def _faces(found: Found) -> Iterator[tuple]:  # type: ignore[type-arg]
    return zip(found.prepared, found.boxes_xyxy, found.scores, strict=True)


def _rows(found: Found, predictions: Iterator[Prediction], seconds_a_face: float, sha256: str) -> tuple[Row, ...]:
    seconds = found.seconds + seconds_a_face * len(found.prepared)
    if not found.prepared:
        nothing = Row(found.name, 0, found.label, found.photo_hw, None, None, None, seconds, sha256, found.error)
        return (replace(nothing, version=found.version),)
    return tuple(
        Row(
            file=found.name,
            face=number,
            label=found.label,
            photo_hw=found.photo_hw,
            face_box_xyxy=box,
            face_score=score,
            answer=answer_of(next(predictions)),
            seconds=seconds,
            checkpoint=sha256,
            error=None,
            version=found.version,
            box_xyxy=prepared.geometry.face_box_xyxy,
        )
        for number, (prepared, box, score) in enumerate(_faces(found), start=1)
    )


def _timed(results: Iterator[Found], clock: Clock) -> Iterator[Found]:
    while True:
        start = time.perf_counter()
        found = next(results, None)
        clock.detection += time.perf_counter() - start
        if found is None:
            return
        yield found


def _groups(results: Iterable[Found], batch: int) -> Iterator[list[Found]]:
    """Collect photos until they have ``batch`` faces, or are as many themselves without having them."""
    group: list[Found] = []
    faces = 0
    for found in results:
        group.append(found)
        faces += len(found.prepared)
        if faces >= batch or len(group) >= batch:
            yield group
            group, faces = [], 0
    if group:
        yield group
