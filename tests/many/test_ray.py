"""The pipeline on a real cluster of two nodes: the same rows, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from benchmarks.many_photos import WAYS_TO_BREAK
from glamor.__main__ import main
from glamor.errors import DataError
from glamor.many import on_ray
from glamor.many.items import Item
from glamor.many.on_ray import analyse_on_ray
from glamor.many.rows import Row
from glamor.many.run import analyse
from glamor.predictor import Predictor

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns; its workers are other processes


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two nodes with one core each, to which nobody is connected."""
    ray = on_ray._import_ray()
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.add_node(num_cpus=1)
    yield made.address
    ray.shutdown()
    made.shutdown()


def _kill_a_detector(killed: list[int]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and not killed:
        for process in psutil.process_iter(["cmdline"]):
            if any("MapWorker(MapBatches(Detect))" in word for word in process.info["cmdline"] or ()):
                time.sleep(1.0)  # for the first photos to be in its hands
                os.kill(process.pid, signal.SIGKILL)
                killed.append(process.pid)
                return
        time.sleep(0.05)


def test_a_cluster_that_loses_a_worker_gives_the_rows_of_one_process(
    cluster: str, make_photos: Callable[[int], Path], predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_ray, "BLOCK", 4)
    folder = make_photos(36)
    for name, break_it in WAYS_TO_BREAK.items():
        break_it(folder / name)
    items = [Item(path.name, str(path), label="Happy") for path in sorted(folder.iterdir())]
    killed: list[int] = []
    killer = threading.Thread(target=_kill_a_detector, args=(killed,))
    killer.start()
    found = list(analyse_on_ray(items, predictor.checkpoint, address=cluster, batch=8))
    killer.join()
    assert killed
    expected = analyse(
        items, predictor.predict_prepared, predictor.config, predictor.checkpoint.sha256, workers=0, batch=8
    )
    by_name = {rows[0].file: rows for rows in found}
    assert len(found) == len(by_name) == len(items)
    for rows in expected:
        for mine, theirs in zip(rows, by_name[rows[0].file], strict=True):
            _assert_same(mine, theirs)


def _assert_same(mine: Row, theirs: Row) -> None:
    assert replace(mine, seconds=0, answer=None) == replace(theirs, seconds=0, answer=None)
    if mine.answer is None or theirs.answer is None:
        assert mine.answer is theirs.answer
        return
    assert mine.answer.emotion == theirs.answer.emotion
    assert mine.answer.region_xyxy == theirs.answer.region_xyxy
    for name in ("probabilities", "w_face", "attention", "attention_entropy"):
        np.testing.assert_allclose(getattr(mine.answer, name), getattr(theirs.answer, name), atol=1e-6)


def test_the_shell_runs_on_a_cluster_and_goes_on_from_what_is_there(
    cluster: str, make_photos: Callable[[int], Path], tmp_path: Path, random_checkpoint: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out, source = str(tmp_path / "out"), str(random_checkpoint)
    shared = [str(make_photos(2)), "--out", out, "--checkpoint", source]
    assert main(["analyse", *shared, "--workers", "0"]) == 0
    make_photos(5)
    assert main(["analyse", *shared, "--ray", cluster]) == 0
    told = capsys.readouterr().out
    assert "2 photos are done already" in told
    assert "5 photos: 5 faces, 1 photos without a face" in told


def test_a_cluster_that_does_not_answer_ends_in_one_sentence(
    make_photos: Callable[[int], Path], predictor: Predictor
) -> None:
    (path,) = make_photos(1).iterdir()
    with pytest.raises(DataError, match=r"no Ray cluster answers at 127\.0\.0\.1:9"):
        list(analyse_on_ray([Item("a", str(path))], predictor.checkpoint, address="127.0.0.1:9", batch=1))
