"""What a first session finds: one example, analysed and explained once, when the page is built."""

from __future__ import annotations

import captum.attr  # noqa: F401 (not first in the thread that explains while another imports Gradio)

from demo import ahead, gallery, methods
from demo.engine import Engine
from demo.examples import example_photos
from demo.kept import keep
from demo.visits import Analysis, MapRequest, Session
from glamor.explain import explain, walk
from glamor.faces import largest


def first_session(engine: Engine, method: str | None = None) -> Session:
    """Return a session to which the first example has been explained; every visitor begins with a copy.

    The example's way through the network, its parts and what would turn its label are known too.

    Args:
        engine: loaded weights.
        method: a key of ``glamor.explain.METHODS``; None: the one that is shown first with these weights.

    Returns:
        The session; an empty one if the weights are untrained, whose numbers are not shown, or find no face.
    """
    session = Session()
    if not engine.trained:
        return session
    method = method or methods.default(engine)
    predictor = engine.predictor
    photo, _ = keep(engine, str(example_photos()[0]))
    predictions = gallery.people(engine, gallery.IDS[0])
    if not predictions:
        return session
    chosen = largest([prediction.face_box_xyxy for prediction in predictions])
    request = MapRequest(chosen, method, predictions[chosen].emotion)
    session.show(Analysis(photo, predictions, request, example=True))
    prepared = predictions[chosen].prepared
    with predictor.lock:
        session.maps[request] = explain(predictor.model, prepared, method)
        session.walks[id(predictions[chosen])] = predictions[chosen], walk(predictor.model, prepared)
    ahead.flips_of(engine, session, predictions[chosen], session.missing)
    session.cancel()  # nobody waits for what is there
    return session
