"""The trust checks over a dataset: the numbers, the files and the shell."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from glamor.__main__ import main
from glamor.checkpoint import Checkpoint
from glamor.errors import DataError
from glamor.evaluation import audit as auditing
from glamor.evaluation.audit import audit
from glamor.evaluation.audit_report import Audit, table
from glamor.evaluation.scoring import Measure
from glamor.explain import explain
from glamor.explain.trust.faithfulness import faithfulness
from glamor.figures import audit_figure, to_array
from glamor.photo import load_photo
from glamor.prepare import prepare
from tests.datasets import add_scene, make_faces
from tests.explain.planted import CONFIG, TARGET, planted_net

METHODS = ("ig", "saliency")
BOX = (0, 0, 16, 16)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three black photos with one red cell each, elsewhere every time, and one without a face."""
    root = tmp_path_factory.mktemp("scenes")
    for n, (row, column) in enumerate(((2, 5), (4, 1), (6, 3))):
        photo = np.zeros((112, 112, 3), np.uint8)
        photo[16 * row : 16 * row + 16, 16 * column : 16 * column + 16, 0] = 255
        add_scene(root, "val", "Neutral", f"film_{n}", photo, BOX)
    add_scene(root, "val", "Sad", "film_9", photo, (0, 0, 0, 0))
    return root


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    model = planted_net("red", attention_gain=16.0, logit_gain=12.0)
    return Checkpoint(model, CONFIG, "planted", None, "0" * 64, torch.device("cpu"))


@pytest.fixture(scope="module")
def result(checkpoint: Checkpoint, dataset: Path) -> Audit:
    return audit(checkpoint, dataset, "val", methods=METHODS)


def test_planted_evidence_is_found_in_every_photo(result: Audit) -> None:
    attention, integrated, saliency = result.maps
    assert [m.key for m in result.maps] == ["attention", "integrated_gradients", "saliency"]
    assert attention.better.value >= 2 / 3  # a random order may take the one cell first, too
    assert integrated.better.value >= 2 / 3
    assert attention.deletion_gain.value > 0.2
    assert np.isnan(attention.similarity.value)
    assert -1 <= saliency.similarity.value <= 1
    assert result.reliance.attribution_face.value == pytest.approx(0)
    assert result.reliance.lost_scene.value > 0.8
    assert result.reliance.fusion_face.value == pytest.approx(0.5)


def test_a_row_holds_the_numbers_of_its_photo(result: Audit, checkpoint: Checkpoint, dataset: Path) -> None:
    names = [(photo.name, photo.truth) for photo in result.photos]
    assert names == [(f"film_{n}.jpg", "Neutral") for n in range(3)]  # the photo without a face is left out
    assert [row.key for row in result.photos[1].rows] == ["attention", "integrated_gradients", "saliency"]
    photo = load_photo(dataset / "images" / "val" / "Neutral" / "film_1.jpg")
    prepared = prepare(photo, BOX, CONFIG)
    maps = [explain(checkpoint.model, prepared, method) for method in METHODS]
    one = faithfulness(checkpoint.model, prepared, maps, few=True)
    row = result.photos[1].rows[1]
    assert row.answer == CONFIG.class_names[TARGET]
    assert row.deletion_auc == one.pixels.curves[1].deletion_auc
    assert row.deletion_gain == pytest.approx(one.pixels.random_auc.mean - row.deletion_auc)
    assert row.insertion_gain == pytest.approx(row.insertion_auc - one.pixels.random_auc.mean)
    assert row.agreement == one.agreement[0]


def test_means_lie_in_their_intervals(result: Audit) -> None:
    for report in result.maps:
        assert report.deletion_gain.low <= report.deletion_gain.value <= report.deletion_gain.high
    gains = [photo.rows[2].deletion_gain for photo in result.photos]
    assert result.maps[2].deletion_gain.value == pytest.approx(np.mean(gains))


def test_the_limit_spreads_over_the_split(checkpoint: Checkpoint, dataset: Path) -> None:
    done: list[float] = []
    found = audit(checkpoint, dataset, "val", 2, ("saliency",), progress=done.append)
    assert [photo.name for photo in found.photos] == ["film_0.jpg", "film_2.jpg"]
    assert done == sorted(done)
    assert done[-1] == 1


def test_the_table_and_the_advice_name_the_best_map(result: Audit) -> None:
    shown = table(result)
    assert "Integrated Gradients" in shown
    assert "3 photos" in shown
    share = f"{result.maps[0].better.value:.0%}"
    assert f"Attention finds the evidence better than chance in {share} of the photos" in result.advice


def test_the_shell_writes_three_files(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from glamor.checkpoint import save_checkpoint

    save_checkpoint(tmp_path / "weights", planted_net("red", 16.0, 12.0), CONFIG)
    words = ["audit", str(dataset), "--limit", "2", "--methods", "saliency", "--out", str(tmp_path / "out")]
    assert main([*words, "--checkpoint", str(tmp_path / "weights")]) == 0
    said = capsys.readouterr()
    assert "2 photos" in said.out
    percents = said.err.split()
    assert percents[-1] == "100%"
    assert len(percents) == len(set(percents)), "every percent is told once"
    with (tmp_path / "out" / "audit.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == ["attention", "saliency"] * 2
    assert rows[0]["similarity"] == ""
    summary = json.loads((tmp_path / "out" / "audit.json").read_text())
    assert summary["count"] == 2
    assert summary["maps"][0]["similarity"]["value"] is None
    assert "photos" not in summary
    with Image.open(tmp_path / "out" / "audit.png") as image:
        assert image.width == 720


def test_the_columns_of_the_table_stand_apart_also_with_three_negative_numbers(result: Audit) -> None:
    worse = Measure(-0.123, -0.234, -0.012)
    maps = tuple(replace(m, deletion_gain=worse, insertion_gain=worse) for m in result.maps)
    shown = "-0.123 [-0.234, -0.012]"
    assert f"{shown} {shown}" in table(replace(result, maps=maps))


def test_the_figure_leaves_out_what_is_not_defined(result: Audit) -> None:
    plain = result.to_dict()
    without = {**plain, "maps": plain["maps"][:1]}
    assert to_array(audit_figure(plain)).shape[0] > to_array(audit_figure(without)).shape[0]


@pytest.mark.parametrize(("limit", "message"), [(0, "--limit is 0"), (-3, "--limit is -3")])
def test_a_limit_that_leaves_nothing_is_refused(
    checkpoint: Checkpoint, dataset: Path, limit: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        audit(checkpoint, dataset, "val", limit)


def test_faces_alone_cannot_be_audited(checkpoint: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="face boxes"):
        audit(checkpoint, make_faces(tmp_path, per_class=1, splits=("val",)), "val")


def test_what_is_dear_is_asked_on_fewer_photos_spread_evenly(
    checkpoint: Checkpoint, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "AT_LEAST", 1)
    monkeypatch.setattr(auditing, "DEAR_SHARE", 2 / 3)
    found = audit(checkpoint, dataset, "val", methods=METHODS)
    assert [[row.key for row in photo.rows] for photo in found.photos] == [
        ["attention", "integrated_gradients", "saliency"],
        ["attention", "saliency"],
        ["attention", "integrated_gradients", "saliency"],
    ]
    assert [report.count for report in found.maps] == [3, 2, 3]
    assert [photo.rows[-1].similarity is not None for photo in found.photos] == [True, False, False]
    assert [photo.reliance is not None for photo in found.photos] == [True, False, True]
    gains = [photo.rows[1].deletion_gain for photo in (found.photos[0], found.photos[2])]
    assert found.maps[1].deletion_gain.value == pytest.approx(np.mean(gains))


def test_several_processes_find_what_one_does(result: Audit, checkpoint: Checkpoint, dataset: Path) -> None:
    assert audit(checkpoint, dataset, "val", methods=METHODS, workers=2).to_dict() == result.to_dict()
