"""Two checkpoints on one face: what each answered, where it looked, how it weighed."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any, NamedTuple

import gradio as gr

from demo import lab_markup, markup, pictures, text
from demo.engine import Engine
from demo.guard import message_of
from demo.shelf import Shelf
from demo.visit import Focus, View, Visit
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction

SAME = gr.skip()


class Sides(NamedTuple):
    """All that a comparison may change, in the order of the tab's outputs."""

    verdict: Any = SAME
    first: Any = SAME
    first_picture: Any = SAME
    second: Any = SAME
    second_picture: Any = SAME


def compare(page: Engine, shelf: Shelf, visit: Visit, first: Any, second: Any, opacity: float) -> Sides:
    """Answer the visit's chosen face with two checkpoints.

    Args:
        page: the engine that found the face.
        shelf: what may be asked for.
        visit: whose photo it is.
        first: a name on the shelf; it comes from a visitor.
        second: another.
        opacity: of the attention, in [0, 1].
    """
    view = visit.view
    if view is None or view.focus is None:
        return Sides(markup.note(text.SIDE_NEEDS_FACE))
    focus = view.focus
    try:
        answers = [_answer(page, shelf.engine(name), view, focus) for name in (first, second)]
    except Exception as error:
        return Sides(markup.note(escape(message_of(error)), "warn"))
    told = [_side(view, answer, opacity) for answer in answers]
    words = markup.note(escape(verdict(*(answer.prediction for answer in answers))))
    return Sides(words + lab_markup.about(text.SIDE_ABOUT_ITEMS), *told[0], *told[1])


def box_for(prediction: Prediction, own_scale: float, scale: float) -> BoxXyxy:
    """Return the same face cut out by another checkpoint's convention; a box that a person gave stays.

    Args:
        prediction: whose box follows the convention ``own_scale``.
        own_scale: :attr:`~glamor.config.ModelConfig.face_crop_scale` of the checkpoint that made it.
        scale: of the other one.
    """
    if prediction.face_score is None:
        return prediction.face_box_xyxy
    x1, y1, x2, y2 = prediction.face_box_xyxy
    x, y, half = (x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2 * scale / own_scale
    return x - half, y - half, x + half, y + half


def verdict(first: Prediction, second: Prediction) -> str:
    """Return whether the two agree, in a sentence."""
    if first.class_names != second.class_names:
        return text.SIDE_OTHER_LABELS.format(first=first.emotion, second=second.emotion)
    difference = float(abs(first.probabilities - second.probabilities).max())
    if first.emotion == second.emotion:
        return text.SIDE_AGREE.format(label=first.emotion, difference=difference)
    return text.SIDE_DIFFER.format(first=first.emotion, second=second.emotion, difference=difference)


def _answer(page: Engine, engine: Engine, view: View, focus: Focus) -> Focus:
    found = focus.prediction
    box = box_for(found, page.predictor.config.face_crop_scale, engine.predictor.config.face_crop_scale)
    (prediction,) = engine.predict(view.photo, [box])
    return Focus(focus.question, replace(prediction, face_score=found.face_score))


def _side(view: View, answer: Focus, opacity: float) -> tuple[str, Any]:
    count = len(view.predictions)
    words = (
        f"{markup.answer(answer, count)}{markup.weighed(answer.prediction)}{markup.looked_caption(answer.prediction)}"
    )
    picture = pictures.looked(view.photo, answer.prediction, opacity)
    return words, gr.update(value=picture, alt_text=markup.looked_alt(answer.prediction), visible=True)
