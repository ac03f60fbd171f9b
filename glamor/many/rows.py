"""One row a face; a photo without a face, or one that failed, has one row too."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glamor.many.versions import UNKNOWN, Version
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction

SIDES = ("x1", "y1", "x2", "y2")
BOX = tuple(f"box_{side}" for side in SIDES)
# Columns that rows of earlier versions lack, and such as they had.
ADDED = ("prediction_set", "stamp", "content", *BOX)
FORMER = ("uncertain",)


@dataclass(frozen=True)
class Answer:
    """What the network said about one face.

    Attributes:
        emotion: the most probable class.
        prediction_set: the labels among which the right one is as often as promised; None if nothing is promised.
        probabilities: one a class, in the order of the checkpoint's classes; sum to 1.
        w_face, w_context: fusion weights, sum to 1.
        attention: rows of cells, sum to 1.
        attention_entropy: over that of uniform attention, in [0, 1].
        region_xyxy: the part of the photo that the attention covers, pixels.
    """

    emotion: str
    prediction_set: tuple[str, ...] | None
    probabilities: tuple[float, ...]
    w_face: float
    w_context: float
    attention: tuple[tuple[float, ...], ...]
    attention_entropy: float
    region_xyxy: BoxXyxy


@dataclass(frozen=True)
class Row:
    """One face.

    Attributes:
        file: name of the photo.
        face: counted from 1, left to right; 0: the photo has no face, or failed.
        label: the true class, None if unknown.
        photo_hw: rows and columns of the photo, None if it failed.
        face_box_xyxy: the square that was wanted, photo pixels; it may reach over the photo's edge.
        face_score: the detector's confidence in [0, 1]; None if the box came with the photo.
        answer: None for a photo without a face or that failed.
        seconds: that the photo took: reading, detection and its faces' share of the network's batch.
        checkpoint: sha256 of the weights.
        error: why the photo failed, None if it did not.
        version: of the photo, as it was when it was read.
        box_xyxy: the whole photo pixels of that square that were cut out and masked; None where it is not known.
    """

    file: str
    face: int
    label: str | None
    photo_hw: tuple[int, int] | None
    face_box_xyxy: BoxXyxy | None
    face_score: float | None
    answer: Answer | None
    seconds: float
    checkpoint: str
    error: str | None
    version: Version = UNKNOWN
    box_xyxy: BoxXyxy | None = None


def answer_of(prediction: Prediction) -> Answer:
    """Return what a row keeps of a prediction."""
    from scipy.special import entr  # takes a third of a second to import

    flat = prediction.attention.ravel()
    return Answer(
        emotion=prediction.emotion,
        prediction_set=None if prediction.prediction_set is None else prediction.prediction_set.labels,
        probabilities=tuple(prediction.probabilities.tolist()),
        w_face=prediction.fusion_weights[0],
        w_context=prediction.fusion_weights[1],
        attention=tuple(map(tuple, prediction.attention.tolist())),
        attention_entropy=float(entr(flat).sum()) / math.log(max(flat.size, 2)),
        region_xyxy=prediction.attention_region_xyxy,
    )


def schema(class_names: Sequence[str]) -> pa.Schema:
    """Return the columns of ``faces.parquet``: those of :class:`Row` and :class:`Answer`, laid flat."""
    number, word = pa.float64(), pa.string()
    return pa.schema(
        [
            ("file", word),
            ("face", pa.int32()),
            ("label", word),
            ("photo_height", pa.int32()),
            ("photo_width", pa.int32()),
            *((f"face_{side}", number) for side in SIDES),
            ("face_score", number),
            ("emotion", word),
            ("prediction_set", pa.list_(word)),
            *((f"p_{name}", number) for name in class_names),
            ("w_face", number),
            ("w_context", number),
            ("attention", pa.list_(pa.list_(number))),
            ("attention_entropy", number),
            *((f"region_{side}", number) for side in SIDES),
            ("seconds", number),
            ("checkpoint", word),
            ("error", word),
            ("stamp", word),
            ("content", word),
            *((name, number) for name in BOX),
        ]
    )


def to_table(rows: Iterable[Row], class_names: Sequence[str]) -> pa.Table:
    """Return rows as a table of :func:`schema`."""
    return pa.Table.from_pylist([flat(row, class_names) for row in rows], schema=schema(class_names))


def flat(row: Row, class_names: Sequence[str]) -> dict[str, Any]:
    """Return a row as values by column; what is not known is left out."""
    values: dict[str, Any] = {
        "file": row.file,
        "face": row.face,
        "label": row.label,
        "face_score": row.face_score,
        "seconds": row.seconds,
        "checkpoint": row.checkpoint,
        "error": row.error,
        "stamp": row.version.stamp,
        "content": row.version.content,
    }
    if row.photo_hw is not None:
        values |= {"photo_height": row.photo_hw[0], "photo_width": row.photo_hw[1]}
    values |= _sides("face", row.face_box_xyxy) | _sides("box", row.box_xyxy)
    if row.answer is not None:
        answer = row.answer
        values |= {f"p_{name}": value for name, value in zip(class_names, answer.probabilities, strict=True)}
        values |= _sides("region", answer.region_xyxy)
        values |= {name: getattr(answer, name) for name in ("emotion", "prediction_set", "w_face", "w_context")}
        values |= {"attention": answer.attention, "attention_entropy": answer.attention_entropy}
    return values


def as_words(column: pa.ChunkedArray) -> pa.Array:
    """Return a column of nested lists as JSON text, for CSV, which knows no lists."""
    values = column.to_pylist()
    return pa.array([None if value is None else json.dumps(value) for value in values], pa.string())


def _sides(name: str, box: BoxXyxy | None) -> dict[str, float]:
    return {} if box is None else {f"{name}_{side}": value for side, value in zip(SIDES, box, strict=True)}
