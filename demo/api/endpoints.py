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
        """Predict the expression of every face in a photo, from the face and the scene around it.

        A label is a guess at the word that annotators would give the picture. It is not what the person feels, and it
        is often wrong. Begin here: explain_photo then shows what moved the answer, intervene_on_photo what would
        change it, and trust_photo how far an explanation can be trusted.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            boxes: Face boxes as a list of [x1, y1, x2, y2] in photo pixels. Default: the faces are detected.

        Returns:
            JSON with faces, from left to right, of each emotion (the most probable label)
            probabilities (of all labels; they add up to 1)
            prediction_set (labels that hold the right one as often as its level says: name them all; or null)
            remarks (sentences on what makes the label doubtful; repeat them)
            box_xyxy (the face, in photo pixels)
            attention (rows of cells over attention_region_xyxy of the photo; they add up to 1)
            fusion_weights (how much face and context, that is the scene, count; they add up to 1)
            and a picture: the photo with its faces numbered from 1
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

        Use it to ask what speaks for a label, and what against it. It is about the network's answer, not about the
        person. A map may look right and be wrong: trust_photo checks it, and the text glamor://audit rates all methods.
        For an answer in words set parts and flips to true and maps to false; then repeat the sentences as they are.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            method: How to explain, such as grad_cam or occlusion. Default: what an audit of the network found best.
            target: Label to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the most probable.
            face: Which face, counted from 1, from left to right as predict_photo lists them. Default: the largest.
            box: One face as [x1, y1, x2, y2] in photo pixels; leave out face then. Default: the faces are detected.
            opacity: Strength of the pictures' colours, from 0 (none) to 1.
            maps: Whether to include the raw maps, 22,000 numbers. The pictures show them in any case: false is enough.
            parts: Whether to tell what brows, eyes, nose, mouth, rest of face, hair and scene add. Default: false.
            regions: Parts of your own instead, at most 5, as {"hat": [x1, y1, x2, y2]} in photo pixels. Default: none.
            missing: What is shown of a part that is taken away: blurred, surroundings or mean (colour).
            flips: Whether to tell the smallest changes that were found to turn the most probable label. Default: false.

        Returns:
            JSON with prediction (one face, as predict_photo gives it)
            explanation (its method, its target_name and logit, which is the score before it becomes a probability)
            parts and flips, where asked for (numbers, and sentences made of them)
            a picture of the network's two inputs (orange speaks for the label, blue against it)
            and a picture of the photo (the brighter, the more attention the network paid)
        """
        asked = handlers.Parts(parts, regions, missing, flips)
        return handlers.explain(self._engine, photo, method, target, face, box, opacity, maps, asked)

    @in_one_sentence
    def trust_photo(
        self, photo: Payload, methods: Any = None, target: str | None = None, face: Any = None, box: Any = None
    ) -> dict[str, Any]:
        """Check how far the explanations of one face can be trusted. It takes up to half a minute.

        Use it before you rely on a map. It tests maps against the network itself, on this photo: whether the answer
        changes where a map points, and whether the map depends on what was learned. It does not tell whether the label
        is right.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            methods: Which to check beside attention, such as ["grad_cam"]. Default: those that an audit found to work.
            target: Label to explain: Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise. Default: the most probable.
            face: Which face, counted from 1, from left to right as predict_photo lists them. Default: the largest.
            box: One face as [x1, y1, x2, y2] in photo pixels; leave out face then. Default: the faces are detected.

        Returns:
            JSON with prediction (one face, as predict_photo gives it)
            and trust: its verdict (whether attention finds the evidence)
            faithfulness (of each map an outcome: better than chance, partly, chance, worse, or nothing to find)
            reliance (whether the network goes by face and scene as its weights say)
            reliability (of each map warnings in sentences; repeat them)
            stability (whether the label holds when box or photo change a little)
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

        Use it to test a cause: does the label stay without the scene, without the face, or with another weight? What
        is not set stays as it is. It tells what the network goes by, not what is true of the person.

        Args:
            photo: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: a web address, or inline as data:image/jpeg;base64,...
            face: Which face, counted from 1, from left to right as predict_photo lists them. Default: the largest.
            box: One face as [x1, y1, x2, y2] in photo pixels; leave out face then. Default: the faces are detected.
            w_face: Weight of the face, from 0 to 1; the scene gets the rest. Default: the network's own.
            attention: Over the scene, 7 rows of 7 numbers from 0 up, scaled to add up to 1. Default: the network's own.
            scene: What the network is shown of the scene: as is, black or blurred.
            face_input: What the network is shown of the face: as is or black.

        Returns:
            JSON with prediction (the untouched answer, as predict_photo gives it)
            answer (emotion, probabilities, attention and fusion_weights with the values set)
            change (what each label's probability gained; minus means that it lost)
            and label_changed (whether another label is the most probable now)
        """
        return handlers.intervene(self._engine, photo, face, box, w_face, attention, scene, face_input)
