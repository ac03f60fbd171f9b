"""Answers as the shell prints them: as text for people, one line of JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING
from unicodedata import category

from glamor.errors import CheckpointError
from glamor.remarks import others_named

if TYPE_CHECKING:
    from glamor.predictor import Prediction


def print_anything() -> None:
    """Let stdout and stderr write out in letters what their encoding lacks, such as in names of files, and not fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def as_json(path: str, predictions: Sequence[Prediction]) -> str:
    """Return the answers for one photo as one JSON object, unrounded.

    Raises:
        CheckpointError: if they are not numbers.
    """
    from glamor.serialise import prediction_to_dict  # imports torch

    faces = [prediction_to_dict(prediction) for prediction in predictions]
    name = path.encode(errors="backslashreplace").decode()  # a file's may be no text at all
    try:
        return json.dumps({"photo": name, "faces": faces}, allow_nan=False)
    except ValueError as error:
        raise CheckpointError(
            "the weights answer with numbers that are not finite; give another checkpoint."
        ) from error


def as_text(path: str, predictions: Sequence[Prediction]) -> str:
    """Return the answers for one photo, one line a face."""
    count = "1 face" if len(predictions) == 1 else f"{len(predictions)} faces" if predictions else "no face found"
    return "\n".join(
        (f"{shown(path)}: {count}", *(_line(i, prediction) for i, prediction in enumerate(predictions, start=1)))
    )


def shown(path: str) -> str:
    """Return a file's name in one line: what is no text, or moves the terminal's cursor, is written out in letters."""
    return "".join(
        letter.encode("unicode_escape").decode() if category(letter) in {"Cc", "Cs"} else letter for letter in path
    )


def _line(number: int, prediction: Prediction) -> str:
    w_face, w_context = prediction.fusion_weights
    others = others_named(prediction.prediction_set.labels) if prediction.prediction_set else ""
    box = ", ".join(f"{side:.0f}" for side in prediction.face_box_xyxy)
    return (
        f"  {number}  {prediction.emotion:<9}{prediction.probabilities.max():6.1%}"
        f"   face {w_face:.0%}, scene {w_context:.0%}   box {box}   {others}".rstrip()
    )
