"""Another checkpoint on the same faces: for the whole session, or beside the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from demo import html, pictures, views
from demo.about import words
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.events import SAME
from demo.pictures import image_update
from demo.visits import Analysis, MapRequest, Selection, Session
from demo.words import HOW_TO_READ_NUMBERS
from glamor.photo import BoxXyxy, Photo
from glamor.predictor import Prediction


class SideOutputs(NamedTuple):
    """All that a comparison may change, in the order of the tab's outputs."""

    verdict: Any = SAME
    first: Any = SAME
    first_picture: Any = SAME
    second: Any = SAME
    second_picture: Any = SAME


def use(checkpoints: Checkpoints, session: Session, name: Any) -> None:
    """Let a checkpoint answer all that the visitor asks from now on, and ask it about the faces on the page.

    Args:
        checkpoints: what may be asked for.
        session: unchanged if anything fails.
        name: a name on the checkpoints; it comes from a visitor.

    Raises:
        CheckpointError: if there is no such name, or it cannot be loaded.
    """
    before, engine, analysis = checkpoints.of(session), checkpoints.engine(name), session.analysis
    if engine is before:
        return
    if analysis is not None:
        analysis = _asked_again(before, engine, analysis, session.wish) if engine.trained else None
    session.checkpoint, session.guests = name, {}
    session.show(analysis)


def compare(checkpoints: Checkpoints, session: Session, first: Any, second: Any, opacity: float) -> SideOutputs:
    """Answer the visit's chosen face with two checkpoints.

    Args:
        checkpoints: what may be asked for.
        session: whose photo it is.
        first: a name on the checkpoints; it comes from a visitor.
        second: another.
        opacity: of the attention, in [0, 1].
    """
    analysis = session.analysis
    if analysis is None or analysis.selection is None:
        return SideOutputs(html.note(words.SIDE_NEEDS_FACE))
    selection = analysis.selection
    try:
        before, engines = checkpoints.of(session), [checkpoints.engine(name) for name in (first, second)]
        photo = analysis.photo.pixels(before)
        answers = [_answer(before, engine, photo, selection) for engine in engines]
    except Exception as error:
        return SideOutputs(html.problem(error))
    sides = [_side(analysis, answer, opacity) for answer in answers]
    agreement = html.note(verdict(*(answer.prediction for answer in answers)))
    return SideOutputs(
        agreement + html.details(HOW_TO_READ_NUMBERS, html.terms(words.SIDE_ABOUT_ITEMS)), *sides[0], *sides[1]
    )


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
        return words.SIDE_OTHER_LABELS.format(first=first.emotion, second=second.emotion)
    difference = float(abs(first.probabilities - second.probabilities).max())
    if first.emotion == second.emotion:
        return words.SIDE_AGREE.format(label=first.emotion, difference=difference)
    return words.SIDE_DIFFER.format(first=first.emotion, second=second.emotion, difference=difference)


def _asked_again(before: Engine, engine: Engine, analysis: Analysis, wish: str | None) -> Analysis:
    """Return the analysis with another checkpoint's predictions, explained for its own label or the one wished."""
    if not analysis.predictions:
        return analysis
    predictions = _predictions(before, engine, analysis.photo.pixels(engine), analysis.predictions)
    request = analysis.request
    if request is not None:
        own = predictions[request.face].emotion
        request = MapRequest(request.face, request.method, wish if wish in engine.class_names else own)
    return replace(analysis, predictions=predictions, request=request)


def _answer(before: Engine, engine: Engine, photo: Photo, selection: Selection) -> Selection:
    (prediction,) = _predictions(before, engine, photo, [selection.prediction])
    return Selection(selection.request, prediction)


def _predictions(before: Engine, engine: Engine, photo: Photo, found: Sequence[Prediction]) -> tuple[Prediction, ...]:
    """Return what ``engine`` says of the faces that ``before`` was asked about."""
    scales = before.predictor.config.face_crop_scale, engine.predictor.config.face_crop_scale
    answers = engine.predict(photo, [box_for(prediction, *scales) for prediction in found])
    return tuple(
        replace(answer, face_score=own.face_score, detected=own.detected)
        for answer, own in zip(answers, found, strict=True)
    )


def _side(analysis: Analysis, answer: Selection, opacity: float) -> tuple[str, Any]:
    count = len(analysis.predictions)
    words = views.answer(answer, count) + views.weighed(answer.prediction) + views.looked_caption(answer.prediction)
    picture = pictures.looked(analysis.photo.on_screen(), answer.prediction, opacity)
    return words, image_update(picture, views.looked_alt(answer.prediction))
