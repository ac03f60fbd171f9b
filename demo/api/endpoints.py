"""The endpoints as programs and assistants know them: their names and docstrings are what these read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from PIL.Image import Image

from demo.api import handlers
from demo.api.handlers import Payload
from demo.engine import Engine
from demo.html import message_of
from glamor.explain.parts import BLURRED
from glamor.explain.what_if import AS_IS

OPACITY = 0.7  # where a program leaves them out
P = ParamSpec("P")
R = TypeVar("R")


def in_one_sentence(handler: Callable[P, R]) -> Callable[P, R]:
    """Wrap an endpoint: whatever it raises becomes a ``gr.Error`` with one sentence."""

    @wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            raise gr.Error(message_of(error), print_exception=False) from None

    return guarded


class Endpoints:
    """What programs can ask.

    Args:
        engine: loaded weights.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @in_one_sentence
    def predict_photo(self, photo: Payload, boxes: Any = None) -> tuple[dict[str, Any], Image]:
        """Predict the expression of every face in a photo. It is not what the person feels.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            boxes: Face boxes as a list of [x1, y1, x2, y2] in photo pixels. Default: the faces are detected.

        Returns:
            For each face, left to right: label, probabilities, box, attention over the scene, weights of face and scene
            The photo with numbered boxes
        """
        return handlers.predict(self._engine, photo, boxes)

    @in_one_sentence
    def explain_photo(
        self,
        photo: Payload,
        method: str | None = None,
        target: str | None = None,
        face: Any = None,
        box: Any = None,
        opacity: Any = OPACITY,
        maps: Any = True,
        parts: Any = False,
        regions: Any = None,
        missing: str = BLURRED,
        flips: Any = False,
    ) -> tuple[dict[str, Any], Image, Image]:
        """Show which pixels moved the network's score for one expression of one face, in the face and in the scene.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            method: How to explain, for example grad_cam or occlusion. Default: what an audit found best.
            target: Which to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the most probable.
            face: Which face, counted from 1, from left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a detected face.
            opacity: Strength of the pictures' colours, from 0 to 1.
            maps: Whether to include the raw maps, 22,000 numbers; the pictures show them in any case.
            parts: Whether to include what brows, eyes, nose, mouth, the rest of the face, hair and scene add, in words.
            regions: Parts of your own instead, at most 5, as {"name": [x1, y1, x2, y2]} in photo pixels.
            missing: What is shown of a part that is taken away: blurred, surroundings or mean (colour).
            flips: Whether to include the smallest changes that would turn the label, in words and numbers.

        Returns:
            The prediction and the explanation in numbers
            What moved the score, drawn over both inputs of the network
            Where in the scene the network looked, drawn over the photo
        """
        asked = handlers.Parts(parts, regions, missing, flips)
        return handlers.explain(self._engine, photo, method, target, face, box, opacity, maps, asked)

    @in_one_sentence
    def trust_photo(
        self, photo: Payload, methods: Any = None, target: str | None = None, face: Any = None, box: Any = None
    ) -> dict[str, Any]:
        """Check how far the explanations of one face can be trusted. It takes up to half a minute.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            methods: Which maps to check, for example grad_cam, occlusion. Default: those that an audit found to work.
            target: Which to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the most probable.
            face: Which face, counted from 1, from left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a detected face.

        Returns:
            The prediction and every figure on how far its explanations can be trusted
        """
        return handlers.trust(self._engine, photo, methods, target, face, box)

    @in_one_sentence
    def intervene_on_photo(
        self,
        photo: Payload,
        face: Any = None,
        box: Any = None,
        w_face: Any = None,
        attention: Any = None,
        scene: str = AS_IS,
        face_input: str = AS_IS,
    ) -> dict[str, Any]:
        """Ask what the network would answer for one face if some of its values or inputs were set by hand.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            face: Which face, counted from 1, from left to right. Default: the largest.
            box: The face as [x1, y1, x2, y2] in photo pixels, instead of a detected face.
            w_face: Weight of the face against the scene, from 0 to 1. Default: the network's own.
            attention: 7 rows of 7 numbers, 0 or more: the attention over the scene. Default: the network's own.
            scene: What the network is shown of the scene: as is, black or blurred.
            face_input: What the network is shown of the face: as is or black.

        Returns:
            The original answer, the answer under the intervention, and the change in each probability
        """
        return handlers.intervene(self._engine, photo, face, box, w_face, attention, scene, face_input)
