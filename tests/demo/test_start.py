from __future__ import annotations

import os
import subprocess
import sys

import pytest

from demo.start import open_engine, read_settings
from glamor.checkpoint import EMBEDDED
from glamor.errors import CheckpointError
from tests.live_app import ROOT


def test_the_command_line_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("GLAMOR_CHECKPOINT", "owner/from-environment")
    assert read_settings([]).checkpoint == "owner/from-environment"
    given = read_settings(["--checkpoint", "owner/given", "--host", "0.0.0.0", "--port", "8000"])
    assert (given.checkpoint, given.host, given.port) == ("owner/given", "0.0.0.0", 8000)


def test_without_settings_the_embedded_weights_are_served_on_loopback(monkeypatch):
    for name in ("GLAMOR_CHECKPOINT", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    settings = read_settings([])
    assert (settings.checkpoint, settings.host, settings.port) == (str(EMBEDDED), "127.0.0.1", 7860)


def test_a_space_is_served_to_the_outside_of_its_container(monkeypatch):
    monkeypatch.delenv("GRADIO_SERVER_NAME", raising=False)
    monkeypatch.setenv("SPACE_ID", "owner/space")
    assert read_settings([]).host == "0.0.0.0"
    assert read_settings(["--host", "127.0.0.1"]).host == "127.0.0.1"


def test_a_port_that_is_no_number_is_refused_in_words(monkeypatch, capsys):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "seven")
    with pytest.raises(SystemExit):
        read_settings([])
    assert "invalid int value: 'seven'" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_an_error(tmp_path, random_checkpoint):
    with pytest.raises(CheckpointError, match="does not exist"):
        open_engine(str(tmp_path / "none"), fallback=random_checkpoint)


def test_a_hub_repository_that_cannot_be_had_is_replaced_and_the_page_says_so(random_checkpoint):
    # In a process of its own: the Hub's client reads its settings when it is first imported.
    code = (
        "import sys; from demo.start import open_engine\n"
        "engine = open_engine('nobody/nothing', fallback=sys.argv[1]); print(engine.notice)\n"
        "print(engine.trained, engine.predictor.checkpoint.source)"
    )
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "GLAMOR_DEVICE": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(random_checkpoint)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    notice, rest = done.stdout.strip().split("\n")
    assert "nobody/nothing could not be loaded" in notice
    assert "built-in weights" in notice
    assert rest == f"True {random_checkpoint}"


def test_an_app_that_cannot_start_says_why_in_one_line(tmp_path):
    command = [sys.executable, "app.py", "--checkpoint", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("app.py: checkpoint ")
    assert done.stderr.count("\n") == 1
