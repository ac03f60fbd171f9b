"""What happened to the files while the app was not running."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from demo import cache
from demo.start import open_engine
from glamor.errors import CheckpointError, GlamorError


@pytest.fixture
def folder(random_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(random_checkpoint, tmp_path / "weights"))


@pytest.mark.parametrize("fault", ["cut off", "replaced", "gone"])
def test_weights_that_changed_between_starts_are_refused_until_they_are_right_again(folder: Path, fault: str) -> None:
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    assert open_engine(str(folder)).trained
    if fault == "cut off":
        weights.write_bytes(whole[: len(whole) // 2])
    elif fault == "replaced":
        weights.write_bytes(whole[:-4] + bytes(4))
    else:
        weights.unlink()
    with pytest.raises(CheckpointError) as told:
        open_engine(str(folder))
    said = {"cut off": "is truncated", "replaced": "has sha256", "gone": "cannot be read"}[fault]
    assert said in str(told.value)
    assert str(told.value).endswith("put a whole checkpoint there, as save_checkpoint writes it.")
    weights.write_bytes(whole)
    assert open_engine(str(folder)).trained


def test_a_cache_that_cannot_be_written_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    cache.check(tmp_path / "made" / "when missing")
    (tmp_path / "cache").write_bytes(b"a file where the folder should be: not even the superuser can write into it")
    with pytest.raises(GlamorError, match=r"is not writable.*Set GRADIO_TEMP_DIR to a folder that is") as told:
        cache.check(tmp_path / "cache")
    assert "\n" not in str(told.value)
