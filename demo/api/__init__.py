"""The named endpoints of the API, also tools of the Model Context Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from demo.api.endpoints import OPACITY, Endpoints
from demo.engine import Engine
from demo.events import PROGRAM_EXPLAIN_QUEUE, PROGRAM_QUEUE
from glamor.explain.parts import BLURRED
from glamor.explain.what_if import AS_IS

# JSON schemas of the arguments that are lists or objects.
NUMBERS = {"type": "array", "items": {"type": "number"}}
ROWS = {"type": "array", "items": NUMBERS}
WORDS = {"type": "array", "items": {"type": "string"}}
NAMED = {"type": "object", "additionalProperties": NUMBERS}
# The file is decoded by our own rules, see parse.photo_source.
PUBLIC: dict[str, Any] = {"api_visibility": "public", "preprocess": False}


def add_endpoints(engine: Engine) -> None:
    """Register the endpoints in the open ``gr.Blocks``; nothing of them shows on the page."""
    ask = Endpoints(engine)
    with gr.Column(visible=False):
        photo, values = gr.Image(label="photo", type="filepath"), gr.JSON(label="values")
        boxes, boxed = json_input("boxes", ROWS), gr.Image(label="picture", format="jpeg")
        first, second = (gr.Image(label=label, format="png") for label in ("picture", "attention"))
        method = gr.Textbox(None, label="method")
        target, face = gr.Textbox(None, label="target"), gr.Number(None, label="face", precision=None)
        box, opacity = json_input("box", NUMBERS), gr.Number(OPACITY, label="opacity")
        maps, parts = gr.Checkbox(True, label="maps"), gr.Checkbox(False, label="parts")
        regions = json_input("regions", NAMED)
        missing, flips = gr.Textbox(BLURRED, label="missing"), gr.Checkbox(False, label="flips")
        methods = json_input("methods", WORDS)
        w_face, attention = gr.Number(None, label="w_face", precision=None), json_input("attention", ROWS)
        scene, face_input = gr.Textbox(AS_IS, label="scene"), gr.Textbox(AS_IS, label="face_input")
        button = gr.Button()
    explained = [photo, method, target, face, box, opacity, maps, parts, regions, missing, flips]
    changed = [photo, face, box, w_face, attention, scene, face_input]
    button.click(ask.predict_photo, [photo, boxes], [values, boxed], api_name="predict", **PROGRAM_QUEUE, **PUBLIC)
    button.click(
        ask.explain_photo, explained, [values, first, second], api_name="explain", **PROGRAM_EXPLAIN_QUEUE, **PUBLIC
    )
    button.click(
        ask.trust_photo,
        [photo, methods, target, face, box],
        values,
        api_name="trust",
        **PROGRAM_EXPLAIN_QUEUE,
        **PUBLIC,
    )
    button.click(ask.intervene_on_photo, changed, values, api_name="intervene", **PROGRAM_QUEUE, **PUBLIC)


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
