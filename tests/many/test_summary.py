"""Summaries against values worked out by hand, and against ``glamor evaluate``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glamor.config import CLASS_NAMES
from glamor.errors import DataError
from glamor.evaluation.evaluate import evaluate
from glamor.many.page import summary_page
from glamor.many.quality import measure_quality
from glamor.many.rows import Answer, Row
from glamor.many.run import analyse
from glamor.many.sources import open_sources
from glamor.many.store import Store
from glamor.many.summary import summarise
from glamor.predictor import Predictor
from tests.datasets import make_scenes

CLASSES = ("Calm", "Merry", "Wild")
BOX = (0.0, 0.0, 10.0, 10.0)


def _row(file: str, probabilities: tuple[float, float, float], w_face: float, **more: object) -> Row:
    cells = np.full((2, 2), 0.1)
    cells[0, int(10 * w_face) % 2] = 0.7
    emotion = CLASSES[int(np.argmax(probabilities))]
    attention = tuple(map(tuple, cells.tolist()))
    answer = Answer(emotion, None, probabilities, w_face, 1 - w_face, attention, 0.5, (20.0, 10.0, 180.0, 90.0))
    return replace(Row(file, 1, None, (100, 200), BOX, 0.9, answer, 0.1, "abc", None), **more)  # type: ignore[arg-type]


def _write(folder: Path, *photos: tuple[Row, ...]) -> Path:
    with Store(folder, CLASSES, "abc") as store:
        for rows in photos:
            store.add(rows)
        store.finish()
    return folder


def test_counts_means_and_picks_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    empty = Row("e.jpg", 0, None, (9, 9), None, None, None, 0.1, "abc", None)
    folder = _write(
        tmp_path,
        (_row("a.jpg", (0.8, 0.1, 0.1), 0.2), _row("a.jpg", (0.1, 0.5, 0.4), 0.9, face=2)),
        (_row("b.jpg", (0.7, 0.2, 0.1), 0.32),),
        (empty,),
        (replace(empty, file="f.jpg", error="torn"),),
    )
    found = summarise(folder)
    assert (found.photos, found.faces, found.without_face, found.failed) == (4, 3, 1, 1)
    assert found.reasons == (("torn", 1),)
    assert found.region_share_xyxy == (0.1, 0.1, 0.9, 0.9)
    calm, merry, wild = found.emotions
    assert [calm.count, merry.count, wild.count] == [2, 1, 0]
    np.testing.assert_allclose(calm.attention, [[0.4, 0.4], [0.1, 0.1]])
    assert calm.w_face_mean == pytest.approx(0.26)
    assert np.flatnonzero(calm.w_face).tolist() == [4, 6]
    assert wild.attention is None
    assert [(p.file, p.face) for p in found.most_scene] == [("a.jpg", 1), ("b.jpg", 1), ("a.jpg", 2)]
    assert [p.file for p in found.least_scene] == ["a.jpg", "b.jpg", "a.jpg"]
    assert [round(p.value, 6) for p in found.uncertain] == [0.1, 0.5, 0.7]
    assert found.quality is None


def test_only_the_most_extreme_faces_are_picked_however_many_there_are(tmp_path: Path) -> None:
    weights = np.random.default_rng(5).permutation(np.linspace(0.01, 0.99, 60))
    folder = _write(tmp_path, *((_row(f"{w:.3f}", (0.5, 0.3, 0.2), float(w)),) for w in weights))
    found = summarise(folder)
    ranked = sorted(f"{w:.3f}" for w in weights)
    assert [pick.file for pick in found.most_scene] == ranked[:8]
    assert [pick.file for pick in found.least_scene] == ranked[::-1][:8]


def test_a_label_is_compared_with_the_largest_face_of_its_photo(tmp_path: Path) -> None:
    large = (0.0, 0.0, 90.0, 90.0)
    folder = _write(
        tmp_path,
        (
            _row("a.jpg", (0.8, 0.1, 0.1), 0.2, label="Merry"),
            _row("a.jpg", (0.1, 0.8, 0.1), 0.2, label="Merry", face=2, face_box_xyxy=large),
        ),
        (_row("b.jpg", (0.7, 0.2, 0.1), 0.3, label="Merry"),),
        (_row("c.jpg", (0.7, 0.2, 0.1), 0.3, label="Calm"),),
        (_row("d.jpg", (0.7, 0.2, 0.1), 0.3, label="unheard of"),),
    )
    quality = summarise(folder).quality
    assert quality is not None
    assert quality.report.confusion == ((1, 0, 0), (1, 1, 0), (0, 0, 0))
    assert quality.report.accuracy.value == pytest.approx(2 / 3)
    assert quality.report.macro_recall.value == pytest.approx(0.75)
    assert [(one.count, round(one.confidence, 6), one.accuracy.value) for one in quality.bins] == [
        (2, 0.7, 0.5), (1, 0.8, 1.0)
    ]  # fmt: skip


def test_intervals_hold_the_truth_and_shrink_with_the_photos() -> None:
    rng = np.random.default_rng(2)
    widths = []
    for count in (40, 1000):
        labels = rng.integers(0, 3, count)
        wrong = rng.random(count) < 0.3
        answers = np.where(wrong, (labels + 1) % 3, labels)
        probabilities = np.full((count, 3), 0.15)
        probabilities[np.arange(count), answers] = 0.7
        quality = measure_quality(labels, probabilities, CLASSES)
        accuracy = quality.report.accuracy
        assert accuracy.low <= 0.7 <= accuracy.high
        (one,) = quality.bins
        assert (one.accuracy.low, one.accuracy.high) == pytest.approx((accuracy.low, accuracy.high), abs=0.03)
        widths.append(accuracy.high - accuracy.low)
    assert widths[1] < widths[0] / 3


def test_a_labelled_set_scores_as_in_evaluate(tmp_path: Path, predictor: Predictor) -> None:
    root = make_scenes(tmp_path / "set", per_class=2, splits=("val",))
    items = [item for source in open_sources([str(root)]) for item in source.items(CLASS_NAMES)]
    sha256 = predictor.checkpoint.sha256
    with Store(tmp_path / "out", CLASS_NAMES, sha256) as store:
        for rows in analyse(items, predictor.predict_prepared, predictor.config, sha256, workers=0):
            store.add(rows)
        store.finish()
    quality = summarise(tmp_path / "out").quality
    expected = evaluate(predictor.checkpoint, root, "val").reports[0]
    assert quality is not None
    assert quality.report.count == expected.count == 14
    assert quality.report.confusion == expected.confusion
    for name in ("accuracy", "macro_recall", "calibration_error"):
        assert getattr(quality.report, name).value == pytest.approx(getattr(expected, name).value, abs=1e-6)
    page = summary_page(summarise(tmp_path / "out"))
    assert "Compared with the labels" in page
    assert "photo not found" not in page


def test_a_page_of_photos_that_are_gone_still_stands_and_escapes_names(tmp_path: Path) -> None:
    page = summary_page(summarise(_write(tmp_path, (_row("<b>gone.jpg", (0.8, 0.1, 0.1), 0.2),))))
    assert "photo not found" in page
    assert "<b>gone" not in page


def test_nothing_that_comes_from_files_is_markup_on_the_page(tmp_path: Path) -> None:
    nasty = "<script>alert(1)"  # without the slash, after which a file's name would begin
    names = (nasty, "Merry", "Wild")
    answer = replace(_row("a.jpg", (0.8, 0.1, 0.1), 0.2).answer, emotion=nasty)
    failed = Row(nasty, 0, None, None, None, None, None, 0.1, nasty, f"torn {nasty}")
    with Store(tmp_path, names, nasty) as store:
        store.add([_row(f"{nasty}.jpg", (0.8, 0.1, 0.1), 0.2, answer=answer, checkpoint=nasty, label="Merry"), failed])
        store.finish()
    page = summary_page(summarise(tmp_path))
    assert "torn &lt;script&gt;alert(1)" in page
    assert "<script" not in page


def test_an_empty_result_has_a_page_too(tmp_path: Path) -> None:
    summary = summarise(_write(tmp_path))
    assert summary.faces == 0
    assert "<html" in summary_page(summary)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="glamor analyse"):
        summarise(tmp_path)
