"""Who shows a visit's token goes on with it; nobody else does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from demo.visits import Session
from demo.words import VISIT_OVER
from tests.live_app import LiveApp
from tests.visitor import Visitor

METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def photo(two_people: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "two.png"
    Image.fromarray(two_people).save(path)
    return path


def _open(visitor: Visitor, token: Any) -> str:
    """Open the page with a token; returns that of the visit."""
    loads = (each for each in visitor.config["dependencies"] if any(name == "load" for _, name in each["targets"]))
    event = next(each for each in loads if len(each["inputs"]) == 2)
    found: str = visitor.finish(visitor.start(event, None, token))[0]
    return found


def _text(screen: dict[str | None, Any]) -> str:
    answer = screen["answer"]
    return re.sub("<[^>]+>", "", answer["value"] if isinstance(answer, dict) else answer)


def test_whoever_shows_the_token_goes_on_and_the_former_page_is_told_that_its_visit_is_over(
    app: LiveApp, photo: Path
) -> None:
    with Visitor(app.url) as before, Visitor(app.url) as after:
        token = _open(before, "")
        assert len(token) > 40
        sent = before.upload(photo)
        screen = before.act(before.event("photo", "input"), None, sent, METHOD, OPACITY)
        files = [Path(sent["path"]), Path(screen["photo-shown"]["value"]["path"])]
        assert _open(after, token) == token
        assert "Face 1 of 2" in _text(after.act(after.render(), None, METHOD, OPACITY))
        message = before.hear(before.start(before.event("faces", "input"), None, 1, OPACITY))
        assert message["output"]["error"] == VISIT_OVER
        assert "Face 2 of 2" in _text(after.act(after.event("faces", "input"), None, 1, OPACITY))
        assert all(file.exists() for file in files), "they belong to the visit that goes on"
        delete = after.event("delete-now", "click")
        after.act(delete, *[None] * len(delete["inputs"]))
        after.act(after.then(delete))
        assert not any(file.exists() for file in files)


@pytest.mark.parametrize("token", ["", "guessed", None, 7, {"a": 1}, ["a"], "ä", "x" * 100_000])
def test_whoever_shows_no_token_or_another_begins_anew(token: Any, app: LiveApp, photo: Path) -> None:
    with Visitor(app.url) as owner, Visitor(app.url) as stranger:
        own = _open(owner, "")
        owner.act(owner.event("photo", "input"), None, owner.upload(photo), METHOD, OPACITY)
        theirs = _open(stranger, token)
        assert theirs not in (own, token)
        assert "of 2" not in _text(stranger.act(stranger.render(), None, METHOD, OPACITY))
        assert "Face 2 of 2" in _text(owner.act(owner.event("faces", "input"), None, 1, OPACITY))


def test_a_visit_that_has_a_photo_already_is_not_replaced() -> None:
    former, present = Session(token="former"), Session(token="present", newest=5)
    assert not present.adopt(former)
    assert present.token == "present"
    assert Session().adopt(former)
