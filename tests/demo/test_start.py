from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from demo.start import check_address, in_one_line, open_engine, read_settings
from glamor.checkpoint import EMBEDDED
from glamor.errors import CheckpointError, GlamorError
from tests.live_app import ROOT, free_port


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


@pytest.mark.parametrize(
    ("given", "host"), [("::1", "[::1]"), ("[::1]", "[::1]"), ("::", "[::]"), ("localhost", "localhost")]
)
def test_an_address_of_ipv6_is_held_as_it_stands_in_links(given, host):
    assert read_settings(["--host", given]).host == host


@pytest.mark.parametrize(
    ("host", "port", "part"),
    [
        ("127.0.0.1", 0, "--port is 0; give a number from 1 to 65535"),
        ("127.0.0.1", 70_000, "--port is 70000"),
        ("192.0.2.1", 7860, "--host is 192.0.2.1, which is no address of this machine"),
        ("no.such.name.invalid", 7860, "--host is no.such.name.invalid"),
        ("a" * 300, 7860, "which is no address of this machine"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_refused(host, port, part):
    with pytest.raises(GlamorError, match=part):
        check_address(host, port)


def test_a_taken_port_ends_the_start_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "app.py", "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"app.py: Port {port} of 127.0.0.1 is taken by another program; end that one, or choose another port with "
        "--port, such as 7861.\n"
    )
    check_address("127.0.0.1", port)


def test_ctrl_c_in_the_middle_of_the_start_leaves_no_traceback(capsys):
    def interrupted():
        raise KeyboardInterrupt

    assert in_one_line(interrupted) == 130
    assert capsys.readouterr().err == ""


def test_the_page_is_served_over_ipv6(small_weights):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    command = [sys.executable, "app.py", "--host", "::1", "--port", str(free_port()), "--checkpoint", small_weights[0]]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline().strip()
        assert line.startswith("Open http://[::1]:")
        for _ in range(300):
            try:
                answer = urlopen(line.removeprefix("Open "), timeout=30)
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.2)
        with answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        errors = process.communicate()[1]
    assert "Traceback" not in errors
