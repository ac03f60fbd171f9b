from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from glamor.checkpoint import Checkpoint, load_checkpoint
from glamor.evaluation.card import Audited, read_audit, read_card, read_scores
from glamor.evaluation.scoring import Measure

CARD = """---
license: mit
---

# A card

![scores](figures/scores.png) ![elsewhere](https://example.org/x.png) ![up](../secret.png) ![root](/etc/x.png)
![missing](missing.png) ![a program](run.svg)
"""
MEASURE = {"value": 0.5, "low": 0.4, "high": 0.6}
REPORT = {
    "condition": "fused", "subset": "all", "count": 7, "accuracy": MEASURE, "macro_recall": MEASURE,
    "calibration_error": {"value": None, "low": None, "high": None},
    "classes": [{"name": "Happy", "count": 3, "recall": MEASURE, "precision": MEASURE}], "confusion": [[3]],
}  # fmt: skip


@pytest.fixture
def checkpoint(random_checkpoint: Path, tmp_path: Path) -> Checkpoint:
    folder = tmp_path / "checkpoint"
    shutil.copytree(random_checkpoint, folder)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "figures").mkdir()
    (folder / "figures" / "scores.png").write_bytes(b"a picture")
    (folder / "run.svg").write_bytes(b"<svg/>")
    return load_checkpoint(folder, device="cpu")


def test_a_card_is_read_without_its_front_matter_and_with_its_own_pictures_only(checkpoint: Checkpoint) -> None:
    assert checkpoint.folder is not None
    (checkpoint.folder / "README.md").write_text(CARD)
    card = read_card(checkpoint)
    assert card.text == CARD
    assert card.body.strip().startswith("# A card")
    assert "license" not in card.body
    assert card.pictures == {"figures/scores.png": b"a picture"}


def test_without_files_there_is_nothing_to_say(checkpoint: Checkpoint) -> None:
    for one in (checkpoint, replace(checkpoint, folder=None)):
        card = read_card(one)
        assert (card.text, card.body, dict(card.pictures), card.scores) == ("", "", {}, ())


def test_scores_are_those_of_training(checkpoint: Checkpoint) -> None:
    assert checkpoint.folder is not None
    metrics = {"seed": 0, "scenes": {"dataset": "scenes", "reports": [REPORT]}}
    (checkpoint.folder / "metrics.json").write_text(json.dumps(metrics))
    ((scores),) = read_card(checkpoint).scores
    assert scores.dataset == "scenes"
    (report,) = scores.reports
    assert (report.count, report.macro_recall.low, report.classes[0].name) == (7, 0.4, "Happy")
    assert math.isnan(report.calibration_error.value)


@pytest.mark.parametrize(
    "metrics",
    [
        b"", b"no json", b"[1, 2]", b'{"a": {"reports": []}}', b'{"a": {"reports": [1]}}', b"[" * 100_000,
        b'{"a": {"reports": [{"condition": "x"}], "dataset": "y"}}',
        json.dumps({"a": {"dataset": "d", "reports": [REPORT | {"count": 1e999}]}}).encode(),
    ],
)  # fmt: skip
def test_metrics_that_make_no_sense_give_no_scores(metrics: bytes) -> None:
    assert read_scores(metrics) == ()


def test_an_enormous_card_is_left_out(checkpoint: Checkpoint) -> None:
    assert checkpoint.folder is not None
    (checkpoint.folder / "README.md").write_bytes(b"x" * (2**20 + 1))
    assert read_card(checkpoint).text == ""


def test_an_audit_is_that_of_these_very_weights(checkpoint: Checkpoint) -> None:
    assert checkpoint.folder is not None
    audit = {"dataset": "scenes", "count": 9, "advice": "Show Occlusion.", "sha256": checkpoint.sha256}
    path = checkpoint.folder / "audit.json"
    path.write_text(json.dumps(audit))
    assert read_card(checkpoint).audited == Audited("scenes", 9, "Show Occlusion.")
    gain, unknown = {"value": 0.1, "low": 0.05, "high": 0.2}, {"value": None, "low": None, "high": None}
    row = {
        "key": "occlusion",
        "name": "Occlusion",
        "deletion_gain": gain,
        "insertion_gain": gain | {"low": -0.1},
        "similarity": unknown,
    }
    path.write_text(json.dumps(audit | {"maps": [row]}))
    (found,) = read_card(checkpoint).audited.maps
    assert (found.key, found.deletion, found.insertion) == (
        "occlusion",
        Measure(0.1, 0.05, 0.2),
        Measure(0.1, -0.1, 0.2),
    )
    assert math.isnan(found.similarity.value)
    path.write_text(json.dumps(audit | {"sha256": "0" * 64}))
    assert read_card(checkpoint).audited is None


@pytest.mark.parametrize("maps", [["x"], [{"key": "x"}], "x", 3, [{"key": "x", "deletion_gain": 1}]])
def test_an_audit_whose_maps_make_no_sense_is_none(maps: object) -> None:
    audit = {"dataset": "scenes", "count": 9, "advice": "", "sha256": "x", "maps": maps}
    assert read_audit(json.dumps(audit).encode(), "x") is None


@pytest.mark.parametrize("audit", [b"", b"[1]", b"no json", b'{"sha256": "x"}', b'{"sha256": "x", "count": "many"}'])
def test_an_audit_that_makes_no_sense_is_none(audit: bytes) -> None:
    assert read_audit(audit, "x") is None
