"""Of several photos the one that was sent last is answered, in whatever order they come and are done."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from demo import cache
from demo.analyse import handlers
from demo.analyse.outputs import Outputs
from demo.engine import Engine
from demo.visits import Session
from glamor.predictor import Prediction

METHOD, OPACITY = "grad_cam", 0.7


def _sent(folder: Path, pixels: NDArray[np.uint8]) -> str:
    """Return the path of a photo that is being sent from now on."""
    place = folder / cache.new_name()
    place.mkdir()
    Image.fromarray(pixels).save(place / "photo.png")
    return str(place / "photo.png")


def _only_answered(path: str) -> Outputs:
    return Outputs(answered=Path(path).parent.name)


def test_a_photo_that_took_longer_to_send_does_not_replace_a_later_one(
    engine: Engine, astronaut: NDArray[np.uint8], two_people: NDArray[np.uint8], tmp_path: Path
) -> None:
    session = Session()
    slow, quick = _sent(tmp_path, astronaut), _sent(tmp_path, two_people)
    handlers.analyse(engine, session, quick, METHOD, OPACITY)
    assert handlers.analyse(engine, session, slow, METHOD, OPACITY) == _only_answered(slow)
    assert session.analysis is not None
    assert len(session.analysis.predictions) == 2


class _Held(Engine):
    """An engine that keeps the first photo waiting."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.predictor)
        self.begun, self.go_on = threading.Event(), threading.Event()

    def predict(self, *args: Any) -> tuple[Prediction, ...]:
        first = not self.begun.is_set()
        self.begun.set()
        if first:
            assert self.go_on.wait(60)
        return super().predict(*args)


@pytest.mark.parametrize("readable", [True, False])
def test_a_photo_at_work_gives_way_to_a_later_one_that_is_done_sooner(
    readable: bool, engine: Engine, astronaut: NDArray[np.uint8], two_people: NDArray[np.uint8], tmp_path: Path
) -> None:
    held, session, told = _Held(engine), Session(), []
    first, last = _sent(tmp_path, astronaut), _sent(tmp_path, two_people)
    if not readable:
        Path(last).write_text("no picture")
    work = threading.Thread(
        target=lambda: told.append(handlers.analyse(held, session, first, METHOD, OPACITY)), daemon=True
    )
    work.start()
    assert held.begun.wait(60)
    screen = handlers.analyse(held, session, last, METHOD, OPACITY)
    held.go_on.set()
    work.join(60)
    assert told == [_only_answered(first)]
    assert ("warn" in screen.notice) is not readable
    assert [session.analysis is None, session.newest] == [not readable, cache.begun(last)]


def test_a_name_says_when_it_was_made() -> None:
    earlier, later = (cache.begun(Path("x") / cache.new_name() / "photo.png") for _ in range(2))
    assert earlier <= later
    assert cache.begun(Path("examples/photo.png")) >= later
