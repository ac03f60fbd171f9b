"""``faces.parquet`` -> what is in it, in one pass that holds a few thousand rows at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from glamor.errors import DataError
from glamor.many.quality import Quality, measure_quality
from glamor.many.rows import SIDES
from glamor.many.store import FACES
from glamor.photo import BoxXyxy

PICKS = 8  # faces shown of each kind
BARS = 20  # of a histogram of the face's weight, from 0 to 1
REASONS = 10
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Emotion:
    """All faces that got one label.

    Attributes:
        name: the label.
        count: how many faces.
        attention: (h, w) mean over them, sums to 1; None without a face.
        w_face: (BARS,) how many have their face's weight in each of equal steps from 0 to 1.
        w_face_mean: nan without a face.
    """

    name: str
    count: int
    attention: Floats | None
    w_face: NDArray[np.int64]
    w_face_mean: float


@dataclass(frozen=True)
class Pick:
    """One face to be shown: ``value`` is what it was picked for."""

    file: str
    face: int
    box_xyxy: BoxXyxy
    emotion: str
    probability: float
    value: float


@dataclass(frozen=True)
class Summary:
    """What a folder of results holds.

    Attributes:
        checkpoint: sha256 of the weights, empty if there is no row.
        photos, without_face, failed, faces: counts.
        emotions: one a class, in class order.
        region_share_xyxy: the part of a photo that the attention covers, in shares of its sides.
        most_scene, least_scene: faces with the largest and the smallest weight of the scene.
        uncertain: faces whose two best classes are closest.
        reasons: why photos failed, with counts, the most frequent first.
        quality: None if no photo has a label.
    """

    checkpoint: str
    photos: int
    without_face: int
    failed: int
    faces: int
    emotions: tuple[Emotion, ...]
    region_share_xyxy: BoxXyxy
    most_scene: tuple[Pick, ...]
    least_scene: tuple[Pick, ...]
    uncertain: tuple[Pick, ...]
    reasons: tuple[tuple[str, int], ...]
    quality: Quality | None


def summarise(folder: Path) -> Summary:
    """Summarise a folder that ``analyse`` wrote.

    Raises:
        DataError: if it holds no results that can be read.
    """
    path = folder / FACES
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is not there or cannot be read; run: glamor analyse ... --out {folder}.") from error
    with file:
        class_names = [name[2:] for name in file.schema_arrow.names if name.startswith("p_")]
        gathered = _Gathered(class_names)
        for batch in file.iter_batches(4096):
            gathered.add(batch)
    return gathered.summary()


@dataclass
class _Gathered:
    class_names: Sequence[str]
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    checkpoint: str = ""
    region: BoxXyxy = (0.0, 0.0, 1.0, 1.0)
    most: list[Pick] = field(default_factory=list)
    least: list[Pick] = field(default_factory=list)
    closest: list[Pick] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    answers: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        classes = len(self.class_names)
        self.faces = np.zeros(classes, np.int64)
        self.w_face = np.zeros((classes, BARS), np.int64)
        self.w_face_sum = np.zeros(classes)
        self.attention: list[Floats | None] = [None] * classes
        self.labelled: _Labelled | None = None  # the photo whose faces may go on in the next batch

    def add(self, batch: pa.RecordBatch) -> None:
        face = batch.column("face").to_numpy()
        errors = [error for error in batch.column("error").to_pylist() if error]
        self.counts["photos"] += int((face <= 1).sum())
        self.counts["failed"] += len(errors)
        self.counts["without"] += int((face == 0).sum()) - len(errors)
        self.reasons.update(errors)
        if batch.num_rows:
            self.checkpoint = batch.column("checkpoint")[0].as_py()
        answered = batch.filter(pc.is_valid(batch.column("emotion")))
        if answered.num_rows:
            self._add_faces(answered)

    def summary(self) -> Summary:
        self._close_photo()
        emotions = tuple(self._emotion(i, name) for i, name in enumerate(self.class_names))
        quality = None
        if self.labels:
            quality = measure_quality(np.array(self.labels, np.int64), np.stack(self.answers), self.class_names)
        return Summary(
            checkpoint=self.checkpoint,
            photos=self.counts["photos"],
            without_face=self.counts["without"],
            failed=self.counts["failed"],
            faces=int(self.faces.sum()),
            emotions=emotions,
            region_share_xyxy=self.region,
            most_scene=tuple(self.most),
            least_scene=tuple(self.least),
            uncertain=tuple(self.closest),
            reasons=tuple(self.reasons.most_common(REASONS)),
            quality=quality,
        )

    def _emotion(self, i: int, name: str) -> Emotion:
        count, total = int(self.faces[i]), self.attention[i]
        mean = float(self.w_face_sum[i]) / count if count else float("nan")
        return Emotion(name, count, None if total is None else total / count, self.w_face[i], mean)

    def _add_faces(self, batch: pa.RecordBatch) -> None:
        probabilities = np.stack([batch.column(f"p_{name}").to_numpy() for name in self.class_names], axis=1)
        best, w_face = probabilities.argmax(axis=1), batch.column("w_face").to_numpy()
        attention = _attention(batch)
        for i in np.unique(best):
            chosen = best == i
            total = attention[chosen].sum(axis=0)
            known = self.attention[i]
            self.attention[i] = total if known is None else known + total
            self.faces[i] += chosen.sum()
            self.w_face[i] += np.histogram(w_face[chosen], BARS, (0.0, 1.0))[0]
            self.w_face_sum[i] += w_face[chosen].sum()
        self.region = _region_share(batch)
        second, first = np.sort(probabilities, axis=1)[:, -2:].T
        w_scene = batch.column("w_context").to_numpy()
        self.most = _best(self.most, batch, w_scene, first, sign=-1)
        self.least = _best(self.least, batch, w_scene, first, sign=1)
        self.closest = _best(self.closest, batch, first - second, first, sign=1)
        self._add_labelled(batch, probabilities)

    def _add_labelled(self, batch: pa.RecordBatch, probabilities: Floats) -> None:
        x1, y1, x2, y2 = (batch.column(f"face_{side}").to_numpy() for side in SIDES)
        columns = batch.column("file").to_pylist(), batch.column("label").to_pylist(), (x2 - x1) * (y2 - y1)
        for file, label, area, answer in zip(*columns, probabilities, strict=True):
            if label not in self.class_names:
                continue
            new = _Labelled(file, self.class_names.index(label), float(area), answer)
            if self.labelled is None or self.labelled.file != file:
                self._close_photo()
                self.labelled = new
            elif new.area > self.labelled.area:
                self.labelled = new

    def _close_photo(self) -> None:
        if self.labelled is not None:
            self.labels.append(self.labelled.label)
            self.answers.append(self.labelled.answer)
            self.labelled = None


@dataclass(frozen=True)
class _Labelled:
    """The largest face so far of a photo with a label: whose expression the label most probably means."""

    file: str
    label: int
    area: float
    answer: Floats


def _attention(batch: pa.RecordBatch) -> Floats:
    """Return (N, h, w)."""
    column = batch.column("attention")
    rows = len(column[0])
    return column.flatten().flatten().to_numpy().reshape(batch.num_rows, rows, -1)


def _region_share(batch: pa.RecordBatch) -> BoxXyxy:
    """Return the region of the first face in shares of its photo's sides; it is the same in all of them."""
    height, width = batch.column("photo_height")[0].as_py(), batch.column("photo_width")[0].as_py()
    x1, y1, x2, y2 = (batch.column(f"region_{side}")[0].as_py() for side in SIDES)
    return x1 / width, y1 / height, x2 / width, y2 / height


def _best(known: list[Pick], batch: pa.RecordBatch, values: Floats, first: Floats, sign: int) -> list[Pick]:
    """Return the PICKS faces with the lowest (``sign`` 1) or highest (-1) value, of those known and a batch's."""
    places = np.argsort(sign * values, kind="stable")[:PICKS].tolist()
    new = [_pick(batch.slice(i, 1), float(values[i]), float(first[i])) for i in places]
    return sorted([*known, *new], key=lambda pick: sign * pick.value)[:PICKS]


def _pick(row: pa.RecordBatch, value: float, probability: float) -> Pick:
    (cells,) = row.to_pylist()
    x1, y1, x2, y2 = (cells[f"face_{side}"] for side in SIDES)
    return Pick(cells["file"], cells["face"], (x1, y1, x2, y2), cells["emotion"], probability, value)
