"""What the picture is told, as JSON: a face's way through the network, and the numbers with which it goes on."""

from __future__ import annotations

import base64
import json
from typing import Any

from demo import html
from demo.checkpoints import Checkpoints
from demo.events import SAME
from demo.living import clearness, others, told, words
from demo.visits import Session, key_of
from demo.words import UNTRAINED_PLAIN
from glamor.remarks import set_remark


def face(checkpoints: Checkpoints, session: Session) -> Any:
    """Return the chosen face with its way through the network, or why there is none; SAME if another is on its way.

    Returns:
        JSON of ``checkpoint``; ``walk``, base64 of :meth:`~glamor.explain.Walk.to_bytes`; the addresses of the two
        inputs ``face`` and ``scene``, and of the ``photo``, small; ``people``, box and label of each face; ``frame``,
        what the scene's input shows; boxes are (x1, y1, x2, y2), of the photo's sides. Further the face's ``number``
        from 1, the ``key`` by which it is told from others, whether it is of an ``example`` that the page chose,
        ``set``, a sentence on what else it may be, and the ``ratios`` by which that is told, one a class;
        ``others`` to swap with, by ``id`` and ``name``, and the ``steps`` of its clearness. Or of ``said``, a sentence.
    """
    engine, analysis = checkpoints.of(session), session.analysis
    if not engine.trained:
        return json.dumps({"said": UNTRAINED_PLAIN})
    if analysis is None or analysis.selection is None:
        return json.dumps({"said": words.EMPTY})
    request, prediction = analysis.selection
    try:
        walk = others.walk_of(engine, session, prediction)
    except Exception as error:
        return json.dumps({"said": html.message_of(error)})
    if session.analysis is None or session.analysis.selection is None:
        return SAME
    if session.analysis.selection.prediction is not prediction:
        return SAME
    rule = engine.predictor.config.prediction_sets
    return json.dumps(
        {
            "checkpoint": session.checkpoint or checkpoints.own,
            "walk": base64.b64encode(walk.to_bytes()).decode(),
            "face": told.address(prediction.prepared.face),
            "scene": told.address(prediction.prepared.context),
            "photo": told.photo(analysis.photo),
            "people": [told.person(analysis, prediction) for prediction in analysis.predictions],
            "frame": told.shares(prediction.attention_region_xyxy, analysis.photo.hw),
            "number": request.face + 1,
            "key": key_of(prediction),
            "example": analysis.example,
            "set": set_remark(prediction.prediction_set, len(prediction.class_names)),
            "ratios": rule.ratios if rule else None,
            "others": others.names(session, analysis),
            "steps": clearness.amounts(prediction.prepared.face.shape[-1]),
        }
    )


def weights(checkpoints: Checkpoints, session: Session) -> str:
    """Return the network after its encoders: JSON of ``checkpoint`` and ``weights`` (base64), empty if untrained."""
    engine = checkpoints.of(session)
    if not engine.trained:
        return ""
    content = base64.b64encode(engine.head_weights().to_bytes()).decode()
    return json.dumps({"checkpoint": session.checkpoint or checkpoints.own, "weights": content})
