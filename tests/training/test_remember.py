"""What a checkpoint has learned from is kept beside it, with what is found unlike that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.errors import CheckpointError, DataError
from glamor.familiar import FAMILIAR_FILE, LARGEST_FILE, read_memories
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from glamor.training import strange
from glamor.training.data import list_samples
from glamor.training.remember import FOUND_FILE, remember, share
from tests.datasets import make_faces, make_scenes
from tests.small import SMALL


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("remember")
    make_scenes(folder / "scenes", per_class=8)
    make_faces(folder / "faces")
    with torch.random.fork_rng():
        torch.manual_seed(5)
        save_checkpoint(folder / "weights", GLAMORNet(SMALL), SMALL)
    return folder


def test_the_training_is_kept_beside_the_weights(root: Path) -> None:
    found = remember(root / "weights", [root / "scenes"], root / "faces")
    checkpoint = load_checkpoint(root / "weights")
    memories = read_memories(checkpoint)
    assert memories is not None
    assert (len(memories.faces.labels), len(memories.scenes.labels)) == (7 * 8 + 7 * 3, 7 * 8)
    assert np.bincount(memories.faces.labels).tolist() == [11] * 7
    assert (root / "weights" / FAMILIAR_FILE).stat().st_size < LARGEST_FILE
    told = json.loads((root / "weights" / FOUND_FILE).read_text())
    assert told["weights_sha256"] == checkpoint.sha256
    assert [row["name"] for row in told["found"]] == [row.name for row in found]
    assert {row.name: row.count for row in found[:5]} == {
        "film": 28, "stock": 28, "effectnet": 7, "fer2013": 7, "portraits": 7
    }  # fmt: skip
    # What a file says of a sample of the training: it is its own nearest neighbour, so hardly unlike.
    sample = list_samples(root / "scenes", "train", SMALL.class_names)[0]
    assert sample.face_box_xyxy is not None
    (prediction,) = Predictor(root / "weights").predict(sample.path, [sample.face_box_xyxy])
    assert prediction.familiarity is not None
    assert not prediction.familiarity.face_unlike


def test_the_file_is_the_same_again(root: Path) -> None:
    contents = []
    for _ in range(2):
        remember(root / "weights", [root / "scenes"], root / "faces")
        contents.append((root / "weights" / FAMILIAR_FILE).read_bytes())
    assert contents[0] == contents[1]


def test_too_little_training_data_is_refused(root: Path, tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "scenes")
    with pytest.raises(DataError, match="35 training samples, but at least 50 are needed"):
        remember(root / "weights", [scenes], root / "faces")


def test_strange_pictures_are_the_same_each_time_and_differ_among_each_other() -> None:
    made, again = strange.made(), strange.made()
    for name, pictures in made.items():
        assert all((a == b).all() for a, b in zip(pictures, again[name], strict=True))
        assert len({picture.tobytes() for picture in pictures}) > 20
    pictures = [pictures[0] for pictures in made.values()]
    face = pictures[0].copy()
    pictures += [face, *strange.changed(face).values()]
    assert (face == pictures[0]).all()  # and the face that was given stays as it was
    assert all(picture.shape == (strange.SIDE, strange.SIDE, 3) for picture in pictures)
    assert len({picture.tobytes() for picture in pictures[1:]}) == len(pictures) - 1


def test_a_checkpoint_with_the_same_encoders_shares_what_is_kept(root: Path, tmp_path: Path) -> None:
    own, other = root / "weights", tmp_path / "other"
    with torch.random.fork_rng():
        torch.manual_seed(6)
        twin = GLAMORNet(SMALL)
    save_checkpoint(tmp_path / "alone", twin, SMALL)
    with pytest.raises(CheckpointError, match=r"^Nothing is kept beside .*alone; run scripts\.remember"):
        share(tmp_path / "alone", own)
    remember(own, [root / "scenes"], root / "faces")
    with pytest.raises(CheckpointError, match=r"^The encoders of .* differ"):
        share(own, tmp_path / "alone")
    model = load_checkpoint(own, device="cpu").model
    for part in ("face_encoder", "context_encoder"):
        getattr(twin, part).load_state_dict(getattr(model, part).state_dict())
    cropped = replace(SMALL, face_crop_scale=2.0)
    save_checkpoint(tmp_path / "cropped", twin, cropped)
    with pytest.raises(CheckpointError, match=r"^The encoders of .* differ"):
        share(own, tmp_path / "cropped")
    save_checkpoint(other, twin, SMALL)
    share(own, other)
    sample = list_samples(root / "scenes", "val", SMALL.class_names)[0]
    first, second = (Predictor(folder).predict(sample.path, [sample.face_box_xyxy])[0] for folder in (own, other))
    assert first.logits.tolist() != second.logits.tolist()
    assert first.familiarity == second.familiarity is not None
    assert json.loads((other / FOUND_FILE).read_text())["weights_sha256"] == load_checkpoint(other).sha256
