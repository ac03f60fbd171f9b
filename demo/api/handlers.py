"""What programs can ask: plain functions from what they send to plain JSON and the pictures of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from PIL.Image import Image

from demo import gallery, methods, parse, pictures, words
from demo.engine import Engine
from demo.kept import on_screen
from demo.pictures import encode
from glamor.errors import FaceError, PhotoError
from glamor.explain.parts import BLURRED, REPLACEMENTS
from glamor.explain.what_if import FACES, SCENES, InterventionState, Setting
from glamor.faces import largest
from glamor.figures import on_paper
from glamor.photo import Photo
from glamor.predictor import Prediction
from glamor.serialise import (
    answer_to_dict,
    explanation_to_dict,
    flips_to_dict,
    parts_to_dict,
    prediction_to_dict,
    trust_to_dict,
)

MAPS = ("face", "context", "scored")  # the parts of an explanation that are rows of pixels
Payload = Mapping[str, Any] | None


class Parts(NamedTuple):
    """What is asked of the parts of a face, as it came.

    Attributes:
        parts: whether to tell what each part of the face and the scene add.
        regions: own parts instead of the usual ones, boxes by name; None: the usual ones.
        missing: what is shown of a missing part.
        flips: whether to tell what would turn the label.
    """

    parts: Any = False
    regions: Any = None
    missing: Any = BLURRED
    flips: Any = False


NO_PARTS = Parts()


def predict(engine: Engine, photo: Payload, boxes: Any) -> tuple[dict[str, Any], Image]:
    """Name the expression of every face in a photo.

    Args:
        engine: loaded weights.
        photo: the file that came with the request, as Gradio describes it.
        boxes: face boxes, each [x1, y1, x2, y2] in photo pixels, used as they are; None: find the faces.

    Returns:
        ``{"faces": [...]}`` with one :func:`~glamor.serialise.prediction_to_dict` each, and the numbered photo.

    Raises:
        GlamorError: for a photo or boxes that cannot be used, and for untrained weights.
    """
    pixels = _load(engine, photo)
    predictions = engine.predict(pixels, parse.boxes(boxes))
    chosen = largest([prediction.face_box_xyxy for prediction in predictions]) if predictions else None
    faces = [prediction_to_dict(prediction) for prediction in predictions]
    return {"faces": faces}, encode(pictures.numbered_photo(on_screen(pixels), predictions, chosen))


def explain(
    engine: Engine,
    photo: Payload,
    method: Any,
    target: Any,
    face: Any,
    box: Any,
    opacity: Any,
    maps: Any = True,
    asked: Parts = NO_PARTS,
) -> tuple[dict[str, Any], Image, Image]:
    """Show what moved the score of one expression of one face.

    Args:
        engine: loaded weights.
        photo: the file that came with the request, as Gradio describes it.
        method: a key of :data:`glamor.explain.METHODS`; None: what an audit of the weights found best.
        target: class name; None or empty: the predicted one.
        face: which face, counted from 1, left to right; None: the largest.
        box: [x1, y1, x2, y2] in photo pixels instead of a detected face.
        opacity: of the pictures' colours, in [0, 1].
        maps: whether the values hold the maps themselves, 22,000 numbers.
        asked: what of the parts.

    Returns:
        ``{"prediction": ..., "explanation": ...}``, with ``"parts": ...`` and ``"flips": ...`` if asked for, as
        :mod:`glamor.serialise` writes them, the attribution picture and the attention picture.

    Raises:
        GlamorError: for anything that cannot be used, and for untrained weights.
    """
    missing = parse.choice(asked.missing, REPLACEMENTS, "missing")
    own, strength, pixels = parse.regions(asked.regions), parse.opacity(opacity), _load(engine, photo)
    prediction = _chosen(engine, pixels, face, box)
    explanation = engine.explain(
        prediction,
        methods.default(engine) if method is None else parse.word(method, "method"),
        parse.word(target, "target") or prediction.emotion,
    )
    report = explanation_to_dict(explanation)
    if maps is False:
        report = {name: value for name, value in report.items() if name not in MAPS}
    values = {"prediction": prediction_to_dict(prediction), "explanation": report}
    with_parts, with_flips = asked.parts is True or bool(own), asked.flips is True
    if with_parts or with_flips:  # once for both: a combination's logits are those of all classes
        found = engine.parts(prediction, explanation.target_name, own, missing)
    if with_parts:
        values["parts"] = parts_to_dict(found)
    if with_flips:
        values["flips"] = flips_to_dict(engine.flips(prediction, found, gallery.scenes(engine)))
    return (
        values,
        encode(on_paper(pictures.moved(prediction, explanation, strength))),
        encode(on_paper(pictures.looked(on_screen(pixels), prediction, strength))),
    )


def intervene(
    engine: Engine, photo: Payload, face: Any, box: Any, w_face: Any, attention: Any, scene: Any, face_input: Any
) -> dict[str, Any]:
    """Ask what the answer for one face would be with something set by hand.

    Args:
        engine: loaded weights.
        photo: the file that came with the request, as Gradio describes it.
        face: which face, counted from 1, left to right; None: the largest.
        box: [x1, y1, x2, y2] in photo pixels instead of a detected face.
        w_face: fusion weight of the face in [0, 1], the scene has the rest; None: the network's own.
        attention: 7 rows of 7 numbers from 0 up, made to add up to 1; None: the network's own.
        scene: what it is shown of the scene, "as is", "black" or "blurred".
        face_input: what it is shown of the face, "as is" or "black".

    Returns:
        ``{"prediction": ..., "answer": ..., "change": ..., "label_changed": ...}``: the untouched answer and the
        one under the intervention as :mod:`glamor.serialise` writes them, and by class name how much probability
        was gained.

    Raises:
        GlamorError: for anything that cannot be used, and for untrained weights.
    """
    setting = Setting(
        w_face=parse.weight(w_face),
        scene=parse.choice(scene, SCENES, "scene"),
        face=parse.choice(face_input, FACES, "face_input"),
    )
    prediction = _chosen(engine, _load(engine, photo), face, box)
    rows, columns = prediction.attention.shape
    setting = replace(setting, grid=parse.grid(attention, (rows, columns)))
    answer = engine.what_if(InterventionState(prediction), setting).answer
    gained = (answer.probabilities - prediction.probabilities).tolist()
    return {
        "prediction": prediction_to_dict(prediction),
        "answer": answer_to_dict(answer),
        "change": dict(zip(answer.class_names, gained, strict=True)),
        "label_changed": answer.emotion != prediction.emotion,
    }


def trust(engine: Engine, photo: Payload, wanted: Any, target: Any, face: Any, box: Any) -> dict[str, Any]:
    """Check how far the explanations of one face can be trusted.

    Args:
        engine: loaded weights.
        photo: the file that came with the request, as Gradio describes it.
        wanted: keys of :data:`glamor.explain.METHODS`, the maps to check; None: those that an audit found better than
            chance.
        target: class name; None or empty: the predicted one.
        face: which face, counted from 1, left to right; None: the largest.
        box: [x1, y1, x2, y2] in photo pixels instead of a detected face.

    Returns:
        ``{"prediction": ..., "trust": ...}`` as :mod:`glamor.serialise` writes them.

    Raises:
        GlamorError: for anything that cannot be used, and for untrained weights.
    """
    keys, pixels = parse.methods(wanted, methods.several(engine)), _load(engine, photo)
    prediction = _chosen(engine, pixels, face, box)
    found = engine.examine(pixels, prediction, keys, parse.word(target, "target") or prediction.emotion)
    return {"prediction": prediction_to_dict(prediction), "trust": trust_to_dict(found)}


def _load(engine: Engine, payload: Payload) -> Photo:
    source = parse.photo_source(payload)
    if source is None:
        raise PhotoError(words.NO_PHOTO_API)
    return engine.decode(source)


def _chosen(engine: Engine, photo: Photo, face: Any, box: Any) -> Prediction:
    boxes = None if box in (None, "", []) else [parse.box(box)]
    predictions = engine.predict(photo, boxes)
    if not predictions:
        raise FaceError(words.NO_FACE_API)
    if face is None:
        return predictions[largest([prediction.face_box_xyxy for prediction in predictions])]
    return predictions[parse.face_index(face, len(predictions))]
