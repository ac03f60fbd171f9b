"""How like the training's a face is: distances by another library, files that are not what they should be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from scipy.spatial.distance import cdist

from glamor.checkpoint import load_checkpoint, read_beside
from glamor.familiar import (
    COUNTED,
    FAMILIAR_FILE,
    LARGEST_FILE,
    MOST,
    NEAREST,
    NUMBERS,
    Familiarity,
    Memories,
    Memory,
    fit,
    from_bytes,
    read_memories,
    to_bytes,
)
from glamor.predictor import Predictor
from glamor.prepare import Geometry
from glamor.remarks import unlike_remark
from glamor.serialise import prediction_to_dict
from tests.small import save_small

NAMES = ("Calm", "Merry", "Glum")
SHA256 = "ab" * 32
CHANNELS = (60, 20)
SEEN = (0.0, 0.0, 100.0, 100.0)
WITH_FACE, WITHOUT = Geometry((100, 100), (10, 10, 30, 30), SEEN), Geometry((100, 100), (0, 0, 0, 0), SEEN)


def _vectors(count: int, channels: int, seed: int) -> np.ndarray:
    """Vectors that vary unequally and together, as those of networks do."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(9).standard_normal((channels, channels)) * np.linspace(0.2, 2, channels)
    return (rng.standard_normal((count, channels)) @ mixing).astype(np.float32)


def _memory(channels: int, count: int = 300) -> Memory:
    labels = np.random.default_rng(3).integers(0, 3, count)
    return fit(_vectors(count, channels, 1), labels, _vectors(200, channels, 2), np.ones(200))


@pytest.fixture(scope="module")
def memories() -> Memories:
    return Memories(_memory(CHANNELS[0]), _memory(CHANNELS[1]))


def test_the_distance_is_mahalanobis_as_scipy_computes_it() -> None:
    """With every component kept, the distance of whitened vectors is that of Mahalanobis."""
    known, own = _vectors(300, 20, 1), _vectors(5, 20, 4)
    labels = np.random.default_rng(3).integers(0, 3, 300)
    expected = cdist(own, known, "mahalanobis", VI=np.linalg.inv(np.cov(known.T.astype(np.float64))))
    memory = fit(known, labels, _vectors(200, 20, 2), np.ones(200))
    np.testing.assert_allclose(np.sqrt(memory._squared_distances(own)), expected, rtol=0.02)  # a byte a number
    order = np.argsort(expected, axis=1)
    _, near = memory.look_up(own)
    for row, nearest in zip(near, order, strict=True):
        counts = np.bincount(labels[nearest[:COUNTED]], minlength=3)
        assert np.abs(np.bincount(row, minlength=3) - counts).max() <= 2  # of two that are as near, either counts


def test_the_percentile_is_the_share_of_unseen_vectors_that_are_nearer() -> None:
    known, unseen, own = _vectors(300, 20, 1), _vectors(200, 20, 2), 1.3 * _vectors(40, 20, 5)
    memory = fit(known, np.zeros(300, dtype=np.int64), unseen, np.ones(200))
    inverse = np.linalg.inv(np.cov(known.T.astype(np.float64)))
    to_own, to_unseen = (
        np.sort(cdist(x, known, "mahalanobis", VI=inverse), axis=1)[:, :NEAREST].mean(axis=1) for x in (own, unseen)
    )
    expected = (to_unseen < to_own[:, None]).mean(axis=1)
    np.testing.assert_allclose(memory.look_up(own)[0], expected, atol=0.03)


def test_of_unseen_vectors_one_in_twenty_is_called_unlike_and_far_ones_are_beyond_all() -> None:
    memory = _memory(20)
    assert (memory.look_up(_vectors(200, 20, 2))[0] > 0.95).mean() == pytest.approx(0.05, abs=0.01)
    assert (memory.look_up(_vectors(2000, 20, 6))[0] > 0.95).mean() == pytest.approx(0.05, abs=0.03)
    assert memory.look_up(20 * _vectors(3, 20, 7))[0].tolist() == [1, 1, 1]


def test_unseen_vectors_that_count_more_move_the_percentile() -> None:
    near, far = 0.01 * _vectors(100, 20, 2), 10 * _vectors(100, 20, 6)
    unseen, labels = np.concatenate((near, far)), np.zeros(300, dtype=np.int64)
    weights = np.repeat([3.0, 1.0], 100)
    memory = fit(_vectors(300, 20, 1), labels, unseen, weights)
    assert memory.look_up(_vectors(50, 20, 7))[0] == pytest.approx(0.75, abs=0.02)  # between the two


def test_neighbours_are_counted_by_label(memories: Memories) -> None:
    (found,) = memories.look_up(_vectors(1, 60, 8), _vectors(1, 20, 8), NAMES)
    counts = [count for _, count in found.neighbours]
    assert sum(counts) == COUNTED
    assert counts == sorted(counts, reverse=True)
    labels = memories.faces.look_up(_vectors(1, 60, 8))[1][0]
    assert dict(found.neighbours) == {NAMES[i]: n for i, n in enumerate(np.bincount(labels, minlength=3)) if n}


def test_a_file_gives_back_what_was_kept(memories: Memories) -> None:
    content = to_bytes(memories, SHA256)
    read = from_bytes(content, SHA256, CHANNELS, 3)
    assert read is not None
    for kind in ("faces", "scenes"):
        for part, array in vars(getattr(memories, kind)).items():
            np.testing.assert_array_equal(getattr(getattr(read, kind), part), array)
    largest = Memories(_memory(320, 400), _memory(320, 400))
    grown = [
        replace(m, vectors=np.zeros((n, NUMBERS), np.int8)) for m, n in ((largest.faces, 8000), (largest.scenes, 2000))
    ]
    assert len(to_bytes(Memories(*grown), SHA256)) < LARGEST_FILE


def _changed(memories: Memories, **change: Any) -> bytes:
    tensors = safetensors.numpy.load(to_bytes(memories, SHA256))
    return safetensors.numpy.save({name: array for name, array in {**tensors, **change}.items() if array is not None})


def _hostile(memories: Memories) -> dict[str, bytes]:
    faces, whole = memories.faces, to_bytes(memories, SHA256)
    nan, endless = np.full(60, np.nan, np.float32), np.full((60, NUMBERS), np.inf, np.float32)
    many = MOST + 1
    return {
        "empty": b"",
        "pickle": b"\x80\x04N.",
        "truncated": whole[:-5],
        "header of 2**60 bytes": (2**60).to_bytes(8, "little") + whole[8:],
        "a tensor is missing": _changed(memories, **{"faces.mean": None}),
        "an unknown tensor": _changed(memories, extra=np.zeros(3)),
        "no hash": _changed(memories, weights_sha256=None),
        "another hash": _changed(memories, weights_sha256=np.zeros(32, np.uint8)),
        "not a number": _changed(memories, **{"faces.mean": nan}),
        "infinite": _changed(memories, **{"faces.projection": endless}),
        "of doubles": _changed(memories, **{"faces.mean": faces.mean.astype(np.float64)}),
        "other channels": _changed(memories, **{"faces.mean": np.zeros(61, np.float32)}),
        "other components": _changed(memories, **{"faces.vectors": faces.vectors[:, :-1].copy()}),
        "an unknown class": _changed(memories, **{"faces.labels": np.full(300, 3, np.uint8)}),
        "fewer labels": _changed(memories, **{"faces.labels": faces.labels[:-1].copy()}),
        "too few": _changed(
            memories, **{"faces.labels": faces.labels[:49].copy(), "faces.vectors": faces.vectors[:49].copy()}
        ),
        "too many": _changed(
            memories,
            **{"faces.labels": np.zeros(many, np.uint8), "faces.vectors": np.zeros((many, NUMBERS), np.int8)},
        ),
        "falling quantiles": _changed(memories, **{"faces.quantiles": faces.quantiles[::-1].copy()}),
        "no quantiles": _changed(memories, **{"faces.quantiles": np.zeros(0, np.float32)}),
        "two steps": _changed(memories, **{"scenes.step": np.ones(2, np.float32)}),
        "a scalar": _changed(memories, **{"scenes.labels": np.array(1, np.uint8)}),
    }


def test_a_file_that_makes_no_sense_is_left_out(memories: Memories) -> None:
    assert from_bytes(to_bytes(memories, SHA256), SHA256, CHANNELS, 3) is not None
    for name, content in _hostile(memories).items():
        assert from_bytes(content, SHA256, CHANNELS, 3) is None, name


def neighbours_of(folder: Path, sha256: str = "") -> bytes:
    """Return a file that fits a small checkpoint."""
    checkpoint = load_checkpoint(folder)
    encoders = checkpoint.model.face_encoder, checkpoint.model.context_encoder
    memories = Memories(*(_memory(encoder.summary_channels, 60) for encoder in encoders))
    return to_bytes(memories, sha256 or checkpoint.sha256)


def test_a_checkpoint_says_how_familiar_a_face_is_if_it_keeps_what_it_learned_from(
    tmp_path: Path, astronaut: np.ndarray
) -> None:
    folder = save_small(tmp_path / "own", 3)
    box = [(180, 60, 300, 200)]
    (before,) = Predictor(folder).predict(astronaut, box)
    assert before.familiarity is None
    (folder / FAMILIAR_FILE).write_bytes(neighbours_of(folder))
    (after,) = Predictor(folder).predict(astronaut, box)
    assert after.familiarity is not None
    assert sum(count for _, count in after.familiarity.neighbours) == COUNTED
    np.testing.assert_array_equal(after.logits, before.logits)
    told = json.loads(json.dumps(prediction_to_dict(after), allow_nan=False))["familiarity"]
    assert told == {
        "face": after.familiarity.face,
        "scene": after.familiarity.scene,
        "neighbours": dict(after.familiarity.neighbours),
    }


def test_what_belongs_to_other_weights_or_is_too_large_is_left_out(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "own", 3)
    (folder / FAMILIAR_FILE).write_bytes(neighbours_of(folder))
    assert read_memories(load_checkpoint(folder)) is not None
    (folder / FAMILIAR_FILE).write_bytes(neighbours_of(folder, sha256="cd" * 32))
    assert read_memories(load_checkpoint(folder)) is None
    (folder / FAMILIAR_FILE).write_bytes(neighbours_of(folder) + bytes(LARGEST_FILE))
    assert read_beside(load_checkpoint(folder), FAMILIAR_FILE, LARGEST_FILE) is None


@pytest.mark.parametrize(
    ("face", "scene", "geometry", "words"),
    [
        (0.95, 0.95, WITH_FACE, ""),
        (0.976, 0.5, WITH_FACE, "This face is less like the faces that the network has learned from than 97% of the "
         "faces that it was checked on; of its 50 nearest training faces 31 were Merry, 19 Calm."),
        (0.9999, 0.5, WITH_FACE, "than 99% of the faces"),
        (1.0, 0.5, WITH_FACE, "than any of the faces"),
        (0.2, 0.96, WITH_FACE, "This scene is less like the scenes that the network has learned from than 96% of the "
         "scenes that it was checked on."),
        (1.0, 0.2, WITHOUT, ""),
    ],
)  # fmt: skip
def test_only_what_is_beyond_the_limit_is_said(face: float, scene: float, geometry: Geometry, words: str) -> None:
    said = unlike_remark(Familiarity(face, scene, (("Merry", 31), ("Calm", 19))), geometry)
    assert (words in said) if words else (said == "")
    assert unlike_remark(None, geometry) == ""
