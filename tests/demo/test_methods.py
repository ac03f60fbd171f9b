"""Methods that an audit found wanting are marked where they are chosen, and chosen for nobody."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from demo import first, jobs, methods
from demo.api import handlers as asked
from demo.engine import Engine
from glamor.__main__ import main
from glamor.explain import METHODS
from glamor.predictor import Predictor
from tests.evaluation.test_verdicts import row


@pytest.fixture
def audited(random_checkpoint: Path, tmp_path: Path) -> Engine:
    """Saliency passes with the best bound, Occlusion passes, Grad-CAM and Integrated Gradients do not."""
    folder = tmp_path / "weights"
    shutil.copytree(random_checkpoint, folder)
    maps = [
        row("saliency", 0.4),
        row("occlusion", 0.1),
        row("grad_cam", -0.1),
        row("integrated_gradients", 0.9, 0.1, 0.8),
    ]
    sha256 = json.loads((folder / "config.json").read_text())["weights_sha256"]
    audit = {"dataset": "d", "count": 9, "advice": "x", "sha256": sha256, "maps": maps}
    (folder / "audit.json").write_text(json.dumps(audit))
    return Engine(Predictor(folder, device="cpu"))


def test_the_default_comes_first_and_failures_are_marked(audited: Engine) -> None:
    assert methods.choices(audited) == [
        ("Saliency", "saliency"),
        ("Integrated Gradients (similar whatever was learned here)", "integrated_gradients"),
        ("Grad-CAM (no better than chance here)", "grad_cam"),
        ("Occlusion", "occlusion"),
    ]
    assert methods.several(audited) == ("saliency", "occlusion")
    named = {key: name for name, key in jobs.choices(audited)}
    assert named.keys() == METHODS.keys()
    assert "(no better than chance here)" in named["grad_cam"]
    assert "(not audited here)" in named["deep_lift"]
    assert "here)" not in named["saliency"]


def test_without_an_audit_grad_cam_comes_first_and_nothing_is_marked(engine: Engine) -> None:
    assert methods.choices(engine)[0] == ("Grad-CAM", "grad_cam")
    assert all("here)" not in name for name, _ in jobs.choices(engine))
    assert methods.several(engine) == ("grad_cam",)
    assert "not audited" in methods.verdicts(engine).sentence


def test_page_api_and_shell_begin_with_it(
    audited: Engine, portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = first.first_session(audited)
    assert begun.analysis is not None
    assert begun.analysis.request is not None
    assert begun.analysis.request.method == "saliency"
    inline = "data:image/png;base64," + base64.b64encode(portrait.read_bytes()).decode()
    sent: dict[str, Any] = {"url": inline, "path": None, "meta": {"_type": "gradio.FileData"}}
    values, *_ = asked.explain(audited, sent, None, None, None, None, 0.7, False)
    assert values["explanation"]["method"] == "saliency"
    folder = audited.predictor.checkpoint.folder
    assert main(["explain", str(portrait), "--checkpoint", str(folder), "--out", str(tmp_path / "out")]) == 0
    assert ", saliency: " in capsys.readouterr().out
