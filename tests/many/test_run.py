"""The pipeline: the same numbers as for one photo, nothing lost, nothing held."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from benchmarks.many_photos import WAYS_TO_BREAK
from glamor.decoding import patient_decoder
from glamor.many.items import Item
from glamor.many.rows import Row
from glamor.many.run import Clock, analyse
from glamor.many.workers import DIED, ON_THE_WAY
from glamor.predictor import Predictor
from tests.many.deadly import Deadly, DeadlyOnce, Faulty
from tests.processes import children
from tests.test_decoding import ENDLESS


def _items(folder: Path) -> list[Item]:
    return [Item(path.name, str(path)) for path in sorted(folder.iterdir())]


def _run(items: object, predictor: Predictor, workers: int = 0, **more: object) -> list[tuple[Row, ...]]:
    config, sha256 = predictor.config, predictor.checkpoint.sha256
    return list(analyse(items, predictor.predict_prepared, config, sha256, workers=workers, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(("workers", "batch"), [(0, 1), (0, 5), (2, 32)])
def test_rows_say_what_the_predictor_says(
    workers: int, batch: int, make_photos: Callable[[int], Path], predictor: Predictor
) -> None:
    items = _items(make_photos(9))
    results = _run(items, predictor, workers, batch=batch)
    assert [rows[0].file for rows in results] == [item.name for item in items]
    assert [len(rows) for rows in results] == [1, 1, 2, 1, 1, 1, 2, 1, 1]
    for item, rows in zip(items, results, strict=True):
        predictions = predictor.predict(item.path)
        assert [row.face for row in rows] == list(range(1, len(predictions) + 1)) or [0]
        for row, prediction in zip(rows, predictions, strict=False):
            assert row.answer is not None
            assert row.answer.emotion == prediction.emotion
            assert row.face_box_xyxy == prediction.face_box_xyxy
            assert row.face_score == prediction.face_score
            assert row.answer.region_xyxy == prediction.attention_region_xyxy
            np.testing.assert_allclose(row.answer.probabilities, prediction.probabilities, atol=1e-6)
            np.testing.assert_allclose(row.answer.attention, prediction.attention, atol=1e-6)
            np.testing.assert_allclose((row.answer.w_face, row.answer.w_context), prediction.fusion_weights, atol=1e-6)
            shares = prediction.attention.ravel()
            assert row.answer.attention_entropy == pytest.approx(
                -(shares * np.log(shares)).sum() / np.log(49), abs=1e-6
            )
    nobody = results[3][0]
    assert (nobody.face, nobody.answer, nobody.error, nobody.photo_hw) == (0, None, None, (120, 160))


def test_every_way_to_break_a_photo_costs_its_own_row(tmp_path: Path, predictor: Predictor) -> None:
    for name, break_it in WAYS_TO_BREAK.items():
        break_it(tmp_path / name)
    items = [*_items(tmp_path), Faulty("faulty")]
    results = _run(items, predictor, workers=1)
    assert [rows[0].file for rows in results] == [item.name for item in items]
    for (row,) in results:
        assert row.face == 0
        assert row.error
        assert "\n" not in row.error
        assert row.error.endswith(".")
    assert "RuntimeError out of paper" in str(results[-1][0].error)


def test_a_worker_that_is_killed_costs_nothing(make_photos: Callable[[int], Path], predictor: Predictor) -> None:
    items = _items(make_photos(12))

    def kill_one() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            workers = children("spawn_main")
            if workers:
                os.kill(workers[0].pid, signal.SIGKILL)
                return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_one)
    killer.start()
    results = _run(items, predictor, workers=2)
    killer.join()
    assert [rows[0].file for rows in results] == [item.name for item in items]
    assert [rows[0].error for rows in results] == [None] * 12


def test_a_photo_that_kills_its_worker_is_found_out(
    make_photos: Callable[[int], Path], predictor: Predictor, tmp_path: Path
) -> None:
    photos = _items(make_photos(6))
    once = DeadlyOnce("once", photos[0].path, mark=str(tmp_path / "mark"))
    items = [*photos[:2], Deadly("deadly"), *photos[2:4], once, *photos[4:]]
    results = _run(items, predictor, workers=2)
    assert [rows[0].file for rows in results] == [item.name for item in items]
    assert {rows[0].file: rows[0].error for rows in results if rows[0].error} == {"deadly": DIED}
    assert [len(rows) for rows in results if rows[0].file == "once"] == [1]


def test_photos_are_taken_only_as_fast_as_rows_are(make_photos: Callable[[int], Path], predictor: Predictor) -> None:
    photo = _items(make_photos(1))[0]
    taken = 0

    def endless() -> Iterator[Item]:
        nonlocal taken
        while True:
            taken += 1
            yield photo

    config, sha256 = predictor.config, predictor.checkpoint.sha256
    results = analyse(endless(), predictor.predict_prepared, config, sha256, workers=1, batch=4)
    for _ in range(3):
        next(results)
    assert taken <= ON_THE_WAY + 4
    results.close()  # type: ignore[attr-defined]
    workers = children("spawn_main")
    assert psutil.wait_procs(workers, timeout=60)[1] == []


def test_the_clock_names_the_bottleneck(make_photos: Callable[[int], Path], predictor: Predictor) -> None:
    clock = Clock()
    _run(_items(make_photos(3)), predictor, clock=clock)
    assert clock.detection > 0
    assert clock.network > 0
    assert "detection in 2 worker processes" in Clock(detection=2, network=1).bottleneck(2)
    assert "detection in this process" in Clock(detection=2, network=1).bottleneck(0)
    assert Clock(detection=1, network=2).bottleneck(2).startswith("bottleneck: the network (")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_photo_beyond_the_limits_costs_its_own_row(
    workers: int,
    make_photos: Callable[[int], Path],
    predictor: Predictor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GLAMOR_DECODE_SECONDS", "8")
    monkeypatch.setenv("GLAMOR_DECODE_MIB", "200")
    patient_decoder.cache_clear()  # this process's own, for which the environment was another
    good = _items(make_photos(2))
    slow, large = tmp_path / "slow.bmp", tmp_path / "large.png"
    slow.write_bytes(ENDLESS)
    Image.new("RGB", (7000, 7000)).save(large)
    results = _run([good[0], Item("slow", str(slow)), Item("large", str(large)), good[1]], predictor, workers)
    patient_decoder.cache_clear()
    assert [rows[0].file for rows in results] == [good[0].name, "slow", "large", good[1].name]
    assert [len(rows) for rows in results] == [1, 1, 1, 1]
    assert results[0][0].error is results[3][0].error is None
    assert str(results[1][0].error).startswith("The photo took longer than 8 s to decode")
    assert str(results[2][0].error).startswith("The photo needs more than 200 MiB of memory")
