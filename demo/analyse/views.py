"""The tab *Analyse* as it is shown for what a session holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from demo import html, pictures
from demo.analyse import words
from demo.analyse.outputs import MapOutputs, Outputs
from demo.events import HIDE, SAME, SHOW
from demo.kept import KeptPhoto
from demo.pictures import image_update
from demo.views import answer, looked_alt, looked_caption, moved, moved_alt, photo_alt
from demo.visits import ATTENTION, Analysis, MapRequest, Selection
from demo.words import NO_FACE_API
from glamor.errors import FaceError
from glamor.explain import Explanation
from glamor.faces import largest
from glamor.predictor import Prediction


def drawn(analysis: Analysis, opacity: float, maps: Mapping[MapRequest, Explanation]) -> Outputs:
    """Return the page for the chosen face of an analysis, with its map where that is known.

    Raises:
        FaceError: if the analysis has no face.
    """
    if analysis.selection is None:
        raise FaceError(NO_FACE_API)
    request, prediction = analysis.selection
    photo, predictions, index = analysis.photo, analysis.predictions, request.face
    shown = known(analysis, maps, opacity) or waiting()  # never the last face's map beside this face's answer
    return Outputs(
        notice="",
        usual=usual(analysis),
        photo=SAME if analysis.example else photo_update(analysis),
        faces=_faces(predictions, index),
        target=gr.update(choices=list(prediction.class_names), value=request.target, interactive=True),
        answer=answer(Selection(request, prediction), len(predictions), analysis.example),
        moved=shown.picture,
        moved_words=shown.words,
        box_hint=photo_size(photo),
        remove=SHOW,
        stop=shown.stop,
        again=shown.again,
        turn=turn_update(analysis),
    )


def known(analysis: Analysis, maps: Mapping[MapRequest, Explanation], opacity: float) -> MapOutputs | None:
    """Return the lens over the chosen face if nothing has to be worked out for it, else None."""
    if analysis.selection is None:
        return None
    request, prediction = analysis.selection
    if request.method == ATTENTION:
        picture = image_update(pictures.looked_at(prediction, opacity), looked_alt(prediction, words.ATTENTION_ALT))
        return MapOutputs(picture, looked_caption(prediction), HIDE, HIDE)
    explanation = maps.get(request)
    if explanation is None:
        return None
    picture = image_update(pictures.moved(prediction, explanation, opacity), moved_alt(explanation))
    return MapOutputs(picture, moved(explanation), HIDE, HIDE)


def waiting() -> MapOutputs:
    """Return the lens while a map is worked out."""
    return MapOutputs(gr.update(value=None, visible=True), html.caption(words.MOVED_WAIT), SHOW, HIDE)


def blank(notice: str = "") -> Outputs:
    """Return the page as it is before there is a photo; the photo's own place is left alone."""
    hidden = gr.update(value=None, visible=False)
    return Outputs(
        notice=notice,
        usual="",
        faces=gr.update(choices=[], value=None, visible=False),
        target=gr.update(interactive=False),
        answer=html.empty(words.ANSWER_EMPTY),
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


def photo_size(photo: KeptPhoto) -> str:
    """Return how large the photo is, in words."""
    height, width = photo.hw
    return html.caption(words.PHOTO_SIZE.format(width=width, height=height))


def _faces(predictions: tuple[Prediction, ...], chosen: int) -> Any:
    choices = [(f"{i} {prediction.emotion}", i - 1) for i, prediction in enumerate(predictions, start=1)]
    return gr.update(choices=choices, value=chosen, visible=True)
