"""The pipeline on a real cluster of two nodes: the same rows, also when a worker is killed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.many_photos import WAYS_TO_BREAK
from glamor.__main__ import main
from glamor.errors import DataError
from glamor.many.items import Item
from glamor.many.on_ray import analyse_on_ray
from glamor.many.rows import Row
from glamor.many.run import analyse
from glamor.predictor import Predictor

ROOT = Path(__file__).resolve().parents[2]


def test_a_cluster_that_loses_a_worker_gives_the_rows_of_one_process(
    make_photos: Callable[[int], Path], predictor: Predictor, random_checkpoint: Path, tmp_path: Path
) -> None:
    folder, out, checkpoint = make_photos(36), tmp_path / "rows", str(random_checkpoint)
    for name, break_it in WAYS_TO_BREAK.items():
        break_it(folder / name)
    results = Path(f"{out}.results")
    assert main(["analyse", str(folder / "00*.jpg"), "--out", str(results), "--checkpoint", checkpoint]) == 0
    command = [sys.executable, "-m", "tests.many.on_cluster", str(folder), checkpoint, str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    found, killed = pickle.loads(out.read_bytes())
    assert killed
    items = [Item(path.name, str(path), label="Happy") for path in sorted(folder.iterdir())]
    config, sha256 = predictor.config, predictor.checkpoint.sha256
    expected = list(analyse(items, predictor.predict_prepared, config, sha256, workers=0, batch=8))
    by_name = {rows[0].file: rows for rows in found}
    assert len(found) == len(by_name) == len(items)
    for rows in expected:
        for mine, theirs in zip(rows, by_name[rows[0].file], strict=True):
            _assert_same(mine, theirs)
    # The shell on the same cluster, after one process had done the first ten photos.
    assert "10 photos are already done" in done.stdout
    names = pq.read_table(results / "faces.parquet").column("file").to_pylist()
    assert sorted(names) == sorted(f"{folder}/{rows[0].file}" for rows in expected for _ in rows)


def _assert_same(mine: Row, theirs: Row) -> None:
    assert replace(mine, seconds=0, answer=None) == replace(theirs, seconds=0, answer=None)
    if mine.answer is None or theirs.answer is None:
        assert mine.answer is theirs.answer
        return
    assert mine.answer.emotion == theirs.answer.emotion
    assert mine.answer.region_xyxy == theirs.answer.region_xyxy
    for name in ("probabilities", "w_face", "attention", "attention_entropy"):
        np.testing.assert_allclose(getattr(mine.answer, name), getattr(theirs.answer, name), atol=1e-6)


def test_a_cluster_that_does_not_answer_ends_in_one_sentence(
    make_photos: Callable[[int], Path], predictor: Predictor
) -> None:
    (path,) = make_photos(1).iterdir()
    with pytest.raises(DataError, match=r"no Ray cluster answers at 127\.0\.0\.1:9"):
        list(analyse_on_ray([Item("a", str(path))], predictor.checkpoint, address="127.0.0.1:9", batch=1))
