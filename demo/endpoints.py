"""The named endpoints of the API; their docstrings are what programs and assistants read about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from PIL.Image import Image

from demo import api
from demo import events as queues
from demo.engine import Engine
from demo.guard import as_api_errors
from demo.lab import AS_IS

# JSON schemas of the arguments that are lists.
NUMBERS = {"type": "array", "items": {"type": "number"}}
ROWS = {"type": "array", "items": NUMBERS}
WORDS = {"type": "array", "items": {"type": "string"}}


def add_endpoints(engine: Engine, default_method: str, default_opacity: float) -> None:
    """Register the endpoints in the open ``gr.Blocks``; nothing of them shows on the page."""
    with gr.Column(visible=False):
        photo = gr.Image(label="photo", type="filepath")
        boxes = json_input("boxes", ROWS)
        values = gr.JSON(label="values")
        boxed = gr.Image(label="picture", format="jpeg")
        first, second = (gr.Image(label=label, format="png") for label in ("picture", "attention"))
        method = gr.Textbox(default_method, label="method")
        target, face = gr.Textbox(None, label="target"), gr.Number(None, label="face", precision=None)
        box, opacity = json_input("box", NUMBERS), gr.Number(default_opacity, label="opacity")
        maps = gr.Checkbox(True, label="maps")
        methods = json_input("methods", WORDS)
        button = gr.Button()
    # The file is decoded by our own rules, see parse.photo_source.
    shared: dict[str, Any] = {"api_visibility": "public", "preprocess": False}

    @as_api_errors
    def predict_photo(photo: api.Payload, boxes: Any = None) -> tuple[dict[str, Any], Image]:
        """Name the expression that a network reads in every face of a photo. It is not what the person feels.

        Args:
            photo: A picture of people: JPEG, PNG, WebP, GIF, BMP or TIFF.
            boxes: Face boxes as a list of [x1, y1, x2, y2] in photo pixels. Leave it out to have faces found.

        Returns:
            For each face, left to right: label, probabilities, box, attention over the scene, weights of face and scene
            The photo with numbered boxes
        """
        return api.predict(engine, photo, boxes)

    @as_api_errors
    def explain_photo(
        photo: api.Payload,
        method: str = default_method,
        target: str | None = None,
        face: Any = None,
        box: Any = None,
        opacity: Any = default_opacity,
        maps: Any = True,
    ) -> tuple[dict[str, Any], Image, Image]:
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
        return api.explain(engine, photo, method, target, face, box, opacity, maps)

    @as_api_errors
    def trust_photo(
        photo: api.Payload, methods: Any = None, target: str | None = None, face: Any = None, box: Any = None
    ) -> dict[str, Any]:
        """Check how far the explanations of one face can be trusted. It takes up to half a minute.

        Args:
            photo: A picture of people: JPEG, PNG, WebP, GIF, BMP or TIFF.
            methods: Which maps to check, for instance integrated_gradients and occlusion. Default: those of the page.
            target: The expression to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the best.
            face: Which face, counted from 1, left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a face that is found.

        Returns:
            The prediction and every figure on the trust in its explanations
        """
        return api.trust(engine, photo, methods, target, face, box)

    button.click(
        predict_photo,
        [photo, boxes],
        [values, boxed],
        api_name="predict",
        **queues.PROGRAM_QUEUE,
        **shared,
    )
    button.click(
        explain_photo,
        [photo, method, target, face, box, opacity, maps],
        [values, first, second],
        api_name="explain",
        **queues.PROGRAM_EXPLAIN_QUEUE,
        **shared,
    )

    button.click(
        trust_photo,
        [photo, methods, target, face, box],
        [values],
        api_name="trust",
        **queues.PROGRAM_EXPLAIN_QUEUE,
        **shared,
    )


def add_intervene(engine: Engine) -> None:
    """Register what-if questions in the open ``gr.Blocks``; nothing of them shows on the page."""
    with gr.Column(visible=False):
        photo, face = gr.Image(label="photo", type="filepath"), gr.Number(None, label="face", precision=None)
        box, w_face = json_input("box", NUMBERS), gr.Number(None, label="w_face", precision=None)
        attention, scene = json_input("attention", ROWS), gr.Textbox(AS_IS, label="scene")
        face_input, values = gr.Textbox(AS_IS, label="face_input"), gr.JSON(label="values")
        button = gr.Button()

    @as_api_errors
    def intervene_on_photo(
        photo: api.Payload,
        face: Any = None,
        box: Any = None,
        w_face: Any = None,
        attention: Any = None,
        scene: str = AS_IS,
        face_input: str = AS_IS,
    ) -> dict[str, Any]:
        """Ask what the network's answer for one face would be with something set by hand.

        Args:
            photo: A picture of people: JPEG, PNG, WebP, GIF, BMP or TIFF.
            face: Which face, counted from 1, left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a face that is found.
            w_face: Weight of the face against the scene, from 0 to 1. Default: the network's own.
            attention: 7 rows of 7 numbers from 0 up, the attention over the scene. Default: the network's own.
            scene: What it is shown of the scene: as is, black or blurred.
            face_input: What it is shown of the face: as is or black.

        Returns:
            The untouched answer, the answer under the intervention, and the change of each probability
        """
        return api.intervene(engine, photo, face, box, w_face, attention, scene, face_input)

    button.click(
        intervene_on_photo,
        [photo, face, box, w_face, attention, scene, face_input],
        [values],
        api_name="intervene",
        api_visibility="public",
        preprocess=False,
        **queues.PROGRAM_QUEUE,
    )


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
