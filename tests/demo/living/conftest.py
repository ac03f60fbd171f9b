from __future__ import annotations

import pytest

from demo.analyse import handlers as analysing
from demo.checkpoints import Checkpoints
from demo.visits import Session


@pytest.fixture
def checkpoints(engine) -> Checkpoints:
    return Checkpoints(engine)


@pytest.fixture
def session(engine, two_people) -> Session:
    """Two faces analysed, the larger one (left) chosen."""
    session = Session()
    analysing.analyse(engine, session, two_people, "grad_cam", 0.7)
    return session
