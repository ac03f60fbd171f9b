"""The named endpoints for programs: plain JSON, and the same pictures as on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from demo import parse, pictures, text
from demo.engine import Engine
from demo.guard import as_api_errors
from glamor.errors import FaceError, PhotoError
from glamor.faces import largest
from glamor.photo import Photo, load_photo
from glamor.predictor import Prediction
from glamor.serialise import explanation_to_dict, prediction_to_dict

# Two queues, so that nobody's quick prediction waits behind somebody's slow explanation.
PREDICT_QUEUE: dict[str, Any] = {"concurrency_id": "predict", "concurrency_limit": 2}
EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "explain", "concurrency_limit": 2}
MAPS = ("face", "context", "scored")  # the parts of an explanation that are rows of pixels
BOX = {"type": "array", "items": {"type": "number"}}
BOXES = {"type": "array", "items": BOX}
Picture = pictures.Picture
Payload = Mapping[str, Any] | None


def json_input(label: str, schema: Mapping[str, Any]) -> gr.JSON:
    """Return an input that takes JSON and says which.

    gr.JSON itself leaves that open, in a way that is no JSON schema, and an MCP client refuses the whole tool.

    Args:
        label: the argument's name.
        schema: a JSON schema.
    """
    made = gr.JSON(label=label)
    vars(made)["api_info"] = lambda: dict(schema)  # a class of its own would have Gradio write a file beside this one
    return made


def predict(engine: Engine, photo: Payload, boxes: Any) -> tuple[dict[str, Any], Picture]:
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
    pixels = _load(photo)
    predictions = engine.predict(pixels, parse.boxes(boxes))
    chosen = largest([one.face_box_xyxy for one in predictions]) if predictions else None
    faces = [prediction_to_dict(prediction) for prediction in predictions]
    return {"faces": faces}, pictures.numbered_photo(pixels, predictions, chosen)


def explain(
    engine: Engine, photo: Payload, method: str, target: str | None, face: Any, box: Any, opacity: Any, maps: Any = True
) -> tuple[dict[str, Any], Picture, Picture]:
    """Show what moved the score of one expression of one face.

    Args:
        engine: loaded weights.
        photo: the file that came with the request, as Gradio describes it.
        method: a key of :data:`glamor.explain.METHODS`.
        target: class name; None or empty: the predicted one.
        face: which face, counted from 1, left to right; None: the largest.
        box: [x1, y1, x2, y2] in photo pixels instead of a detected face.
        opacity: of the pictures' colours, in [0, 1].
        maps: whether the values hold the maps themselves, 22,000 numbers.

    Returns:
        ``{"prediction": ..., "explanation": ...}`` as :mod:`glamor.serialise` writes them, the attribution
        picture and the attention picture.

    Raises:
        GlamorError: for anything that cannot be used, and for untrained weights.
    """
    strength, pixels = parse.opacity(opacity), _load(photo)
    prediction = _chosen(engine, pixels, face, box)
    explanation = engine.explain(prediction, method, target or prediction.emotion)
    told = explanation_to_dict(explanation)
    if maps is False:
        told = {name: value for name, value in told.items() if name not in MAPS}
    values = {"prediction": prediction_to_dict(prediction), "explanation": told}
    return (
        values,
        pictures.moved(prediction, explanation, strength),
        pictures.looked(pixels, prediction, strength),
    )


def add_endpoints(engine: Engine, default_method: str, default_opacity: float) -> None:
    """Register both endpoints in the open ``gr.Blocks``; nothing of them shows on the page."""
    with gr.Column(visible=False):
        photo = gr.Image(label="photo", type="filepath")
        boxes = json_input("boxes", BOXES)
        values = gr.JSON(label="values")
        first, second = (gr.Image(label=label, format="png") for label in ("picture", "attention"))
        method = gr.Textbox(default_method, label="method")
        target, face = gr.Textbox(None, label="target"), gr.Number(None, label="face", precision=None)
        box, opacity = json_input("box", BOX), gr.Number(default_opacity, label="opacity")
        maps = gr.Checkbox(True, label="maps")
        button = gr.Button()
    # The file is decoded by our own rules, see parse.photo_source.
    shared: dict[str, Any] = {"api_visibility": "public", "preprocess": False}

    @as_api_errors
    def predict_photo(photo: Payload, boxes: Any = None) -> tuple[dict[str, Any], Picture]:
        """Name the expression that a network reads in every face of a photo. It is not what the person feels.

        Args:
            photo: A picture of people: JPEG, PNG, WebP, GIF, BMP or TIFF.
            boxes: Face boxes as a list of [x1, y1, x2, y2] in photo pixels. Leave it out to have faces found.

        Returns:
            For each face, left to right: label, probabilities, box, attention over the scene, weights of face and scene
            The photo with numbered boxes
        """
        return predict(engine, photo, boxes)

    @as_api_errors
    def explain_photo(
        photo: Payload,
        method: str = default_method,
        target: str | None = None,
        face: Any = None,
        box: Any = None,
        opacity: Any = default_opacity,
        maps: Any = True,
    ) -> tuple[dict[str, Any], Picture, Picture]:
        """Show which pixels moved the network's score for one expression of one face, in the face and in the scene.

        Args:
            photo: A picture of people: JPEG, PNG, WebP, GIF, BMP or TIFF.
            method: How to explain, for instance integrated_gradients, grad_cam or occlusion.
            target: The expression to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the best.
            face: Which face, counted from 1, left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a face that is found.
            opacity: Strength of the pictures' colours, from 0 to 1.
            maps: Set it to false to leave out the raw maps, 22,000 numbers; the pictures show them.

        Returns:
            The prediction and the explanation in numbers
            What moved the score, drawn over both inputs of the network
            Where in the scene the network looked, drawn over the photo
        """
        return explain(engine, photo, method, target, face, box, opacity, maps)

    button.click(
        predict_photo,
        [photo, boxes],
        [values, first],
        api_name="predict",
        **PREDICT_QUEUE,
        **shared,
    )
    button.click(
        explain_photo,
        [photo, method, target, face, box, opacity, maps],
        [values, first, second],
        api_name="explain",
        **EXPLAIN_QUEUE,
        **shared,
    )


def _load(payload: Payload) -> Photo:
    source = parse.photo_source(payload)
    if source is None:
        raise PhotoError(text.NO_PHOTO_API)
    return load_photo(source)


def _chosen(engine: Engine, photo: Photo, face: Any, box: Any) -> Prediction:
    given = None if box in (None, "", []) else [parse.box(box)]
    predictions = engine.predict(photo, given)
    if not predictions:
        raise FaceError(text.NO_FACE_API)
    if face is None:
        return predictions[largest([one.face_box_xyxy for one in predictions])]
    return predictions[parse.face_index(face, len(predictions))]
