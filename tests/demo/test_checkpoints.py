"""Which checkpoints a visitor can have, and what two of them say of one face."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from demo.about import side_by_side
from demo.about import words as about_words
from demo.analyse import handlers
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.start import read_settings
from demo.visits import Session
from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.errors import CheckpointError
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from tests.hub_server import HubServer
from tests.live_app import ROOT

ALLOWED, OTHER = "someone/allowed", "someone/other"
# In a process of its own: the Hub's client reads its settings when it is first imported.
VISITOR = """
import json, sys
from demo.checkpoints import Checkpoints
from demo.start import open_engine, read_settings
from demo.about import choose
from demo.visits import Session
settings = read_settings(["--checkpoint", sys.argv[1]])
checkpoints = Checkpoints(open_engine(settings.checkpoint, allowed=settings.allowed))
for line in sys.stdin:
    said = choose(checkpoints, Session(), json.loads(line))
    told = {"notice": said.notice, "facts": said.facts if isinstance(said.facts, str) else ""}
    print(json.dumps(told), flush=True)
"""


@pytest.fixture
def other_folder(tmp_path: Path) -> Path:
    """Weights that cut faces out tighter than the page's own."""
    folder, config = tmp_path / "other", ModelConfig(face_crop_scale=0.9, trained_on="nothing either")
    save_checkpoint(folder, GLAMORNet(config), config)
    return folder


@contextmanager
def _visitor(
    hub: HubServer, home: Path, checkpoint: Path, allowed: str
) -> Iterator[Callable[[object], dict[str, str]]]:
    """Begin a visit; what it gives tells what comes of choosing a name."""
    environment = os.environ | {
        "HF_ENDPOINT": hub.url, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "NO_PROXY": "*", "GLAMOR_DEVICE": "cpu",
        "HF_HUB_DISABLE_TELEMETRY": "1", "GLAMOR_ALLOWED_CHECKPOINTS": allowed,
    }  # fmt: skip
    command = [sys.executable, "-c", VISITOR, str(checkpoint)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asking, told = process.stdin, process.stdout
        assert asking is not None
        assert told is not None

        def choose(name: object) -> dict[str, str]:
            asking.write(f"{json.dumps(name)}\n")
            asking.flush()
            answer: dict[str, str] = json.loads(told.readline())
            return answer

        yield choose
        asking.close()
        assert process.wait(60) == 0


def test_a_repository_that_the_host_does_not_name_is_never_asked_for(
    small_weights: tuple[Path, Path], tmp_path: Path
) -> None:
    own, other = small_weights
    files = {path.name: path.read_bytes() for path in other.iterdir()} | {"README.md": b"# Their card"}
    with HubServer() as hub:
        commit = hub.add(ALLOWED, files)
        hub.add(OTHER, files)
        wanted = [OTHER, f"{ALLOWED}@{commit}", "../../etc", "/etc", "", None, [ALLOWED], {"name": ALLOWED}, 0]
        with _visitor(hub, tmp_path / "hf", own, f" {ALLOWED} ,,") as choose:
            for name in wanted:
                answer = choose(name)
                assert "This page does not offer these weights" in answer["notice"]
                assert ALLOWED in answer["notice"]
                assert answer["facts"] == ""
            assert hub.requests == [], "nothing was even asked"
            answer = choose(ALLOWED)
        assert answer["notice"] == ""
        assert commit in answer["facts"]
        assert all(OTHER not in path for _, path in hub.requests)


def test_without_a_list_only_the_configured_weights_are_offered(
    monkeypatch: pytest.MonkeyPatch, random_checkpoint: Path
) -> None:
    monkeypatch.delenv("GLAMOR_ALLOWED_CHECKPOINTS", raising=False)
    assert read_settings([]).allowed == ()
    checkpoints = Checkpoints(Engine(Predictor(random_checkpoint, device="cpu")))
    assert set(checkpoints.names) <= {str(random_checkpoint), "built-in"}
    with pytest.raises(CheckpointError, match="does not offer these weights"):
        checkpoints.engine(ALLOWED)


def test_the_list_is_read_by_commas_without_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_ALLOWED_CHECKPOINTS", " a/b , c/d@v1,,a/b ")
    assert read_settings([]).allowed == ("a/b", "c/d@v1")


def test_an_allowed_checkpoint_is_loaded_once(engine: Engine, other_folder: Path) -> None:
    checkpoints = Checkpoints(Engine(engine.predictor, allowed=[str(other_folder)]))
    assert checkpoints.engine(checkpoints.own).predictor is engine.predictor
    loaded = checkpoints.engine(str(other_folder))
    assert loaded.predictor.checkpoint.sha256 == load_checkpoint(other_folder, device="cpu").sha256
    shutil.rmtree(other_folder)
    assert checkpoints.engine(str(other_folder)) is loaded


def test_two_checkpoints_answer_for_the_same_face_each_by_its_own_convention(
    engine: Engine, other_folder: Path, astronaut: np.ndarray
) -> None:
    checkpoints, session = Checkpoints(Engine(engine.predictor, allowed=[str(other_folder)])), Session()
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.5)
    sides = side_by_side.compare(checkpoints, session, checkpoints.own, str(other_folder), 0.5)
    own, other = engine.predictor.predict(astronaut)[0], Predictor(other_folder, device="cpu").predict(astronaut)[0]
    assert own.face_box_xyxy != other.face_box_xyxy
    for words, prediction in ((sides.first, own), (sides.second, other)):
        for name, value in zip(prediction.class_names, prediction.probabilities, strict=True):
            assert f"<span>{name}</span>" in words
            assert f"<span>{value:.1%}</span>" in words
        assert f"{prediction.fusion_weights[0]:.0%}" in words
    assert np.shape(sides.first_picture["value"]) == np.shape(sides.second_picture["value"])
    assert sides.first_picture["value"] != sides.second_picture["value"]
    assert side_by_side.verdict(own, other) in sides.verdict
    assert "Guo et al. 2017" in sides.verdict, "a number comes with how to read it"
    assert session.analysis is not None
    np.testing.assert_array_equal(session.analysis.predictions[0].probabilities, own.probabilities)


def test_a_box_given_by_hand_is_the_same_for_both(engine: Engine, astronaut: np.ndarray) -> None:
    (by_hand,) = engine.predict(astronaut, [(100.0, 50.0, 220.0, 170.0)])
    assert side_by_side.box_for(by_hand, 1.35, 0.9) == by_hand.face_box_xyxy
    (found,) = engine.predict(astronaut)
    x1, y1, x2, y2 = found.face_box_xyxy
    left, top, right, bottom = side_by_side.box_for(found, 1.35, 2.7)
    assert right - left == pytest.approx(2 * (x2 - x1))
    assert (left + right, top + bottom) == pytest.approx((x1 + x2, y1 + y2))


def test_a_comparison_without_a_face_or_with_strange_weights_says_so(engine: Engine, astronaut: np.ndarray) -> None:
    checkpoints, session = Checkpoints(engine), Session()
    assert (
        about_words.SIDE_NEEDS_FACE
        in side_by_side.compare(checkpoints, session, checkpoints.own, checkpoints.own, 0.5).verdict
    )
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.5)
    refused = side_by_side.compare(checkpoints, session, checkpoints.own, OTHER, 0.5)
    assert "does not offer these weights" in refused.verdict
    assert refused.first is side_by_side.SAME
