"""The shell on turned and small faces."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from glamor.__main__ import main


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLAMOR_CHECKPOINT", raising=False)
    monkeypatch.setenv("GLAMOR_DEVICE", "cpu")


def _predict(photo: Path, checkpoint: Path, *more: str) -> int:
    return main(["predict", str(photo), "--checkpoint", str(checkpoint), *more])


def test_a_turned_face_is_said_and_can_be_turned(
    tmp_path: Path, random_checkpoint: Path, astronaut: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    upright, lying = tmp_path / "upright.png", tmp_path / "lying.png"
    Image.fromarray(astronaut).save(upright)
    Image.fromarray(np.rot90(astronaut)).save(lying)
    assert _predict(lying, random_checkpoint) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "lying.png: face 1: This face is turned by about 90° counter-clockwise." in line
    assert _predict(lying, random_checkpoint, "--turn", "90", "--json") == 0
    turned = capsys.readouterr()
    assert _predict(upright, random_checkpoint, "--json") == 0
    assert json.loads(turned.out)["faces"] == json.loads(capsys.readouterr().out)["faces"]
    assert turned.err == ""


def test_a_face_that_is_found_only_when_turned(
    tmp_path: Path, random_checkpoint: Path, grace_hopper: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    lying = tmp_path / "lying.png"
    Image.fromarray(np.rot90(grace_hopper)).save(lying)
    assert _predict(lying, random_checkpoint) == 0
    said = capsys.readouterr()
    assert said.out.endswith("no face found\n")
    assert "Try --turn 90." in said.err


def test_a_box_without_a_face_is_said(
    tmp_path: Path, random_checkpoint: Path, astronaut: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "photo.png"
    Image.fromarray(astronaut).save(photo)
    assert _predict(photo, random_checkpoint, "--box", "300,350,400,450") == 0
    assert "face 1: The detector sees no face in this box;" in capsys.readouterr().err


@pytest.fixture
def crowd(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """One face of 1.5 % of the long side."""
    head = np.asarray(Image.fromarray(astronaut[20:250, 110:340]).resize((104, 104), Image.Resampling.LANCZOS))
    photo = np.full((600, 2700, 3), 90, np.uint8)
    photo[300:404, 2000:2104] = head
    path = tmp_path / "photos" / "crowd.png"
    path.parent.mkdir()
    Image.fromarray(photo).save(path)
    return path


def test_small_faces_are_searched_when_asked_and_the_time_is_said(
    crowd: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _predict(crowd, random_checkpoint) == 0
    without = capsys.readouterr()
    assert without.out.endswith("no face found\n")
    assert _predict(crowd, random_checkpoint, "--small-faces") == 0
    found = capsys.readouterr()
    assert "crowd.png: 1 face" in found.out
    assert "searched for small faces too, in" in found.err


@pytest.mark.parametrize("workers", ["0", "1"])
def test_analyse_searches_for_small_faces_and_gives_both_boxes(
    crowd: Path, tmp_path: Path, random_checkpoint: Path, astronaut: np.ndarray, workers: str
) -> None:
    Image.fromarray(astronaut[:, 190:]).save(crowd.with_name("edge.png"))
    words = ["--checkpoint", str(random_checkpoint), "--workers", workers]
    assert main(["analyse", str(crowd.parent), "--out", str(tmp_path / "rows"), "--small-faces", *words]) == 0
    small, edge = pq.read_table(tmp_path / "rows" / "faces.parquet").to_pylist()
    assert 2000 < small["box_x1"] < small["box_x2"] < 2104
    assert edge["face_x1"] < 0 == edge["box_x1"]  # the square that was wanted, and what there was of it
    assert edge["box_y1"] == round(edge["face_y1"])
    assert abs(edge["face_x2"] - edge["box_x2"]) <= 0.5
