"""What programs may send: boxes, and every endpoint's arguments, of any type, count and size."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
from PIL import Image

from demo import parse
from demo.api import handlers as api
from demo.engine import Engine
from glamor.faces import Face
from glamor.predictor import Predictor
from glamor.prepare import prepare as prepare_inputs
from tests.fuzz import checkpoints
from tests.fuzz.mutate import NUMBERS, Rng, any_of, any_value, damaged_json

SIZE = (96, 80)  # of the photo, which has one face
FACE = (20.0, 10.0, 60.0, 50.0)


def prepare(seed: int) -> Callable[[], None]:
    """Return what asks something strange and raises what the answering code raises."""
    _import_all()
    return partial(CHECKS[seed % len(CHECKS)], np.random.default_rng(seed))


def _box(rng: Rng) -> None:
    made = _strange_box(rng)
    x1, y1, x2, y2 = parse.box(made)
    assert np.isfinite([x1, y1, x2, y2]).all()
    assert x1 < x2
    assert y1 < y2
    _finite(_engine().predict(_photo(), [(x1, y1, x2, y2)]))


def _library_box(rng: Rng) -> None:
    prepare_inputs(_photo(), _strange_box(rng), _engine().predictor.config)


def _boxes(rng: Rng) -> None:
    made = [_strange_box(rng) if rng.random() < 0.3 else list(FACE) for _ in range(int(rng.integers(5)))]
    _finite(_engine().predict(_photo(), parse.boxes(any_of(rng, (made, made * 100, made * 10_000, any_value(rng))))))


def _predict(rng: Rng) -> None:
    asked = _partly_damaged({"photo": _payload(), "boxes": [list(FACE)]}, rng)
    _plain(api.predict(_engine(), **asked)[0])


def _explain(rng: Rng) -> None:
    names = {"method": "grad_cam", "target": "Happy", "face": 1, "box": list(FACE), "opacity": 0.5, "maps": True}
    parts = {"parts": True, "regions": {"mouth": list(FACE)}, "missing": "mean", "flips": True}
    asked = api.Parts(**_partly_damaged(parts, rng))
    _plain(api.explain(_engine(), _payload(), **_partly_damaged(names, rng), asked=asked)[0])


def _intervene(rng: Rng) -> None:
    attention = [[1.0] * 3 for _ in range(3)]
    names = {"face": 1, "box": None, "w_face": 0.3, "attention": attention, "scene": "black", "face_input": "as is"}
    _plain(api.intervene(_engine(), _payload(), **_partly_damaged(names, rng)))


def _cell(rng: Rng) -> None:
    row, column = parse.cell(any_value(rng), (7, 7))
    assert 0 <= row < 7
    assert 0 <= column < 7


def _methods(rng: Rng) -> None:
    names = parse.methods(any_value(rng), ("occlusion",))
    assert all(isinstance(name, str) for name in names)


CHECKS = (_box, _library_box, _boxes, _predict, _explain, _intervene, _cell, _methods)


def _strange_box(rng: Rng) -> Any:
    if rng.random() < 0.2:
        return any_value(rng)
    numbers = [any_of(rng, NUMBERS) if rng.random() < 0.3 else float(rng.normal(40, 60)) for _ in range(4)]
    return any_of(rng, (numbers, ", ".join(map(repr, numbers)), [*numbers, 1], numbers[:3]))


def _partly_damaged(arguments: dict[str, Any], rng: Rng) -> dict[str, Any]:
    made = dict(arguments)
    for name in arguments:
        if rng.random() < 0.4:
            made[name] = damaged_json(arguments[name], rng) if rng.random() < 0.5 else any_value(rng)
    return made


def _plain(values: Any) -> None:
    """Check that an answer is JSON with finite numbers, as the API promises."""
    json.dumps(values, allow_nan=False)


def _finite(predictions: Any) -> None:
    for one in predictions:
        assert np.isfinite(one.probabilities).all()
        assert abs(one.probabilities.sum() - 1) < 1e-6


@cache
def _import_all() -> None:
    """Do once what takes seconds the first time, so that it is no input's time."""
    _engine().explain(_engine().predict(_photo())[0], "grad_cam", "Happy")


@cache
def _photo() -> np.ndarray:
    image = Image.fromarray(skimage.data.astronaut()[:250, 100:400])  # type: ignore[no-untyped-call]
    return np.array(image.resize(SIZE))


@cache
def _payload() -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.fromarray(_photo()).save(buffer, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    return {"path": None, "url": url, "orig_name": "photo.png", "meta": {"_type": "gradio.FileData"}}


@cache
def _engine() -> Engine:
    with tempfile.TemporaryDirectory() as folder:
        checkpoints.write(Path(folder))
        return Engine(Predictor(folder, device="cpu", detector=lambda photo: (Face(FACE, 0.9),)))
