"""The tab *Analyse* as it is shown for what a session holds."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo import html, pictures
from demo.analyse import words
from demo.analyse.outputs import Outputs
from demo.events import HIDE, SAME, SHOW
from demo.kept import KeptPhoto
from demo.pictures import image_update
from demo.views import answer, looked_alt, looked_caption, moved_alt, photo_alt, weighed
from demo.visits import Analysis, Selection
from demo.words import NO_FACE_API
from glamor.errors import FaceError
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.predictor import Prediction
from glamor.remarks import scene_words


def drawn(analysis: Analysis, opacity: float) -> Outputs:
    """Return the page for the chosen face of a analysis, all but its attributions.

    Raises:
        FaceError: if the analysis has no face.
    """
    if analysis.selection is None:
        raise FaceError(NO_FACE_API)
    request, prediction = analysis.selection
    photo, predictions, index = analysis.photo, analysis.predictions, request.face
    geometry = prediction.prepared.geometry
    saw_alt = words.SAW_ALT.format(number=index + 1, scene=scene_words(geometry, "the face"))
    return Outputs(
        notice="",
        usual=usual(analysis),
        photo=SAME if analysis.example else photo_update(analysis),
        faces=_faces(predictions, index),
        target=gr.update(choices=list(prediction.class_names), value=request.target, interactive=True),
        answer=answer(Selection(request, prediction), len(predictions), analysis.example),
        saw=image_update(pictures.saw(prediction), saw_alt),
        saw_words=html.caption(words.SAW_CAPTION.format(scene=scene_words(geometry))),
        looked=looked_update(photo, prediction, opacity),
        looked_words=looked_caption(prediction),
        weighed=weighed(prediction),
        moved=gr.update(value=None, visible=True),  # never the last face's map beside this face's answer
        moved_words=html.caption(words.MOVED_WAIT),
        box_hint=photo_size(photo),
        remove=SHOW,
        stop=SHOW,
        again=HIDE,
        turn=turn_update(analysis),
    )


def blank(notice: str = "") -> Outputs:
    """Return the page as it is before there is a photo; the photo's own place is left alone."""
    hidden = gr.update(value=None, visible=False)
    return Outputs(
        notice=notice,
        usual="",
        faces=gr.update(choices=[], value=None, visible=False),
        target=gr.update(interactive=False),
        answer=html.empty(words.ANSWER_EMPTY),
        saw=hidden,
        saw_words=html.empty(words.SAW_EMPTY),
        looked=hidden,
        looked_words=html.empty(words.LOOKED_EMPTY),
        weighed=html.empty(words.WEIGHED_EMPTY),
        moved=hidden,
        moved_words=html.empty(words.MOVED_EMPTY),
        box_hint="",
        remove=HIDE,
        stop=HIDE,
        again=HIDE,
        turn=HIDE,
    )


def usual(analysis: Analysis) -> str:
    """Return which face is chosen of itself, and which label is explained of itself for the chosen one: "0 Happy"."""
    if analysis.selection is None:
        return ""
    boxes = [prediction.face_box_xyxy for prediction in analysis.predictions]
    return f"{largest(boxes)} {analysis.selection.prediction.emotion}"


def turn_update(analysis: Analysis) -> Any:
    """Return what offers to turn the photo, if that puts the face upright."""
    turn = analysis.upright_turn
    return gr.update(value=words.TURN.format(turn=turn), visible=True) if turn else HIDE


def photo_update(analysis: Analysis) -> Any:
    """Return what puts up the photo with its numbered boxes."""
    return image_update(pictures.boxed_photo(analysis), photo_alt(analysis))


def looked_update(photo: KeptPhoto, prediction: Prediction, opacity: float) -> Any:
    """Return what puts up the photo with the attention over it."""
    return image_update(pictures.looked(photo.on_screen(), prediction, opacity), looked_alt(prediction))


def moved_update(prediction: Prediction, explanation: Explanation, opacity: float) -> Any:
    """Return what puts up the attribution maps."""
    return image_update(pictures.moved(prediction, explanation, opacity), moved_alt(explanation))


def photo_size(photo: KeptPhoto) -> str:
    """Return how large the photo is, in words."""
    height, width = photo.hw
    return html.caption(words.PHOTO_SIZE.format(width=width, height=height))


def _faces(predictions: tuple[Prediction, ...], chosen: int) -> Any:
    choices = [(f"{i} {prediction.emotion}", i - 1) for i, prediction in enumerate(predictions, start=1)]
    return gr.update(choices=choices, value=chosen, visible=True)
