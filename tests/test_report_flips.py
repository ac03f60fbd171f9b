"""What would turn the label, in the shell and in the report that it writes."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glamor.__main__ import main
from glamor.explain.flips import find_flips, sentences
from glamor.explain.parts import Parts, explain_parts
from glamor.predictor import Predictor
from glamor.serialise import flips_to_dict
from tests.explain.rebuilt import flips_from


@pytest.fixture
def portrait(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.fromarray(astronaut).save(path)
    return path


def test_shell_report_and_json_say_what_would_turn_the_label(
    portrait: Path, tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["explain", str(portrait), "--out", str(tmp_path), "--flips", "--checkpoint", str(random_checkpoint)]
    assert main(words) == 0
    analysis = json.loads((tmp_path / "analysis.json").read_text())
    predictor = Predictor(str(random_checkpoint))
    (prediction,) = predictor.predict(portrait)
    parts = explain_parts(predictor.model, prediction)
    assert isinstance(parts, Parts)
    expected = flips_to_dict(find_flips(predictor.model, prediction.prepared, parts))
    assert analysis["flips"] == json.loads(json.dumps(expected))
    said = sentences(flips_from(analysis["flips"]))
    assert len(said) == 4, "the shell knows no other scenes"
    page, printed = html.unescape((tmp_path / "report.html").read_text()), capsys.readouterr().out.splitlines()
    for sentence in said:
        assert sentence in printed
        assert f"<li>{sentence}</li>" in page
    assert "parts" not in analysis, "they were not asked for"
