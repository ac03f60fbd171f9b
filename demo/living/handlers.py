"""What the picture is told, as JSON: a face's way through the network, and the numbers with which it goes on."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from demo import html
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.events import SAME
from demo.living import words
from demo.visits import Session
from demo.words import UNTRAINED_PLAIN
from glamor.explain import Walk
from glamor.images import chw_to_hwc, data_uri
from glamor.predictor import Prediction


def face(checkpoints: Checkpoints, session: Session) -> Any:
    """Return the chosen face with its way through the network, or why there is none; SAME if another is on its way.

    Returns:
        JSON of ``checkpoint``, ``walk`` (base64 of :meth:`~glamor.explain.Walk.to_bytes`), the addresses of the two
        inputs ``face`` and ``scene``, and the face's ``number`` from 1; or of ``said``, a sentence.
    """
    engine, analysis = checkpoints.of(session), session.analysis
    if not engine.trained:
        return json.dumps({"said": UNTRAINED_PLAIN})
    if analysis is None or analysis.selection is None:
        return json.dumps({"said": words.EMPTY})
    request, prediction = analysis.selection
    try:
        walk = _walk(engine, session, prediction)
    except Exception as error:
        return json.dumps({"said": html.message_of(error)})
    if session.analysis is None or session.analysis.selection is None:
        return SAME
    if session.analysis.selection.prediction is not prediction:
        return SAME
    return json.dumps(
        {
            "checkpoint": session.checkpoint or checkpoints.own,
            "walk": base64.b64encode(walk.to_bytes()).decode(),
            "face": _address(prediction.prepared.face),
            "scene": _address(prediction.prepared.context),
            "number": request.face + 1,
        }
    )


def weights(checkpoints: Checkpoints, session: Session) -> str:
    """Return the network after its encoders: JSON of ``checkpoint`` and ``weights`` (base64), empty if untrained."""
    engine = checkpoints.of(session)
    if not engine.trained:
        return ""
    content = base64.b64encode(engine.head_weights().to_bytes()).decode()
    return json.dumps({"checkpoint": session.checkpoint or checkpoints.own, "weights": content})


def _walk(engine: Engine, session: Session, prediction: Prediction) -> Walk:
    known = session.walks  # another photo's answer brings another dictionary
    if id(prediction) not in known:
        known[id(prediction)] = prediction, engine.walk(prediction)
    return known[id(prediction)][1]


def _address(pixels: Tensor) -> str:
    """Return an input of the network, (3, H, W) in [0, 1], as an address that holds it: every pixel as it is fed."""
    file = BytesIO()
    Image.fromarray(np.rint(chw_to_hwc(pixels) * 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return data_uri(file.getvalue())
