"""Changes that come at once: none is lost."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.analyse import handlers as analyse
from demo.engine import Engine
from demo.interventions import handlers
from demo.visits import Session
from glamor.explain.what_if import BLACK, InterventionState, Outcome, Setting


class _Meeting(Engine):
    """An engine whose first answer waits until a second question had the time to come."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.predictor)
        self.asked, self.second = threading.Event(), threading.Event()

    def what_if(self, state: InterventionState, setting: Setting) -> Outcome:
        first = not self.asked.is_set()
        self.asked.set()
        if first:
            self.second.wait(0.5)
        else:
            self.second.set()
        return super().what_if(state, setting)


def test_two_changes_at_once_both_hold(engine: Engine, astronaut: NDArray[np.uint8]) -> None:
    session, meeting = Session(), _Meeting(engine)
    analyse.analyse(engine, session, astronaut, "grad_cam", 0.5)
    told: list[Any] = []
    weighing = threading.Thread(target=lambda: told.append(handlers.weigh(meeting, session, 0.3)), daemon=True)
    weighing.start()
    assert meeting.asked.wait(60)
    seen = handlers.see(meeting, session, "as is", BLACK)
    weighing.join(60)
    assert [screen.query for screen in told] == ["w_face=0.3"]
    assert session.intervention is not None
    assert session.intervention.setting == Setting(w_face=0.3, face=BLACK)
    assert seen.query == "w_face=0.3&shown_face=black"
