"""What a host needs is there, and agrees with what is installed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from dataclasses import replace
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gradio
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from scripts.space import contradictions, read, resolve

ROOT = Path(__file__).resolve().parent.parent
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
SETTING = r"\b(?:GLAMOR|GRADIO|HF)_[A-Z_]+\b"


@pytest.fixture(scope="module")
def metadata() -> dict[str, Any]:
    _, block, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(block)
    return values


@pytest.fixture(scope="module")
def requirements() -> dict[str, Requirement]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    place = {"python_version": "3.11"}
    read = map(Requirement, filter(None, lines))
    return {one.name: one for one in read if one.name != "torch" or one.marker is None or one.marker.evaluate(place)}


@pytest.fixture(scope="module")
def dockerfile() -> list[list[str]]:
    """Its instructions, continued lines joined, each split into words."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip() and not line.startswith("#")]


def test_the_front_matter_keeps_to_the_limits_of_a_space(metadata: dict[str, Any]) -> None:
    # huggingface.co/docs/hub/spaces-config-reference
    assert metadata["title"]
    assert len(metadata["emoji"]) == 1
    assert not metadata["emoji"].isascii()
    assert {metadata["colorFrom"], metadata["colorTo"]} <= COLOURS
    assert metadata["sdk"] == "gradio"
    assert metadata["license"] == "mit"
    assert 0 < len(metadata["short_description"]) <= 60
    assert isinstance(metadata["models"], list)
    assert metadata["tags"]
    assert all(re.fullmatch(r"[a-z-]+", tag) for tag in metadata["tags"])
    assert (ROOT / metadata["app_file"]).is_file()


def test_the_repository_can_be_pushed_to_a_space_on_zerogpu_as_it_stands(requirements: dict[str, Requirement]) -> None:
    assert contradictions(read()) == []
    assert Version(gradio.__version__) in requirements["gradio"].specifier


def test_wheels_for_the_spaces_python_are_what_the_markers_say(metadata: dict[str, Any]) -> None:
    wanted = read().wanted(Version("3.12.12"))
    assert "opencv-python-headless" in wanted
    assert "yuface" not in wanted
    assert Version("2.13.0") in wanted["torch"].specifier
    assert Version("2.14.1") not in wanted["torch"].specifier
    assert Version("2.14.1") in read().wanted(Version("3.11.9"))["torch"].specifier


@pytest.mark.parametrize(
    ("front", "requirement", "said"),
    [
        ({"python_version": "3.11"}, {}, "choose one of 3.10.13, 3.12.12 that is 3.11 or newer"),
        ({"python_version": "3.10"}, {}, "choose one of 3.10.13, 3.12.12 that is 3.11 or newer"),
        ({"python_version": "3.1"}, {}, "choose one of"),
        ({"python_version": 3.12}, {}, "put it in quotes"),
        ({"sdk_version": "6.32.0"}, {}, "sdk_version is 6.32.0"),
        ({"sdk_version": "5.50.0"}, {}, "make them agree"),
        ({"preload_from_hub": []}, {}, "preload_from_hub must name opencv/face_detection_yunet"),
        ({}, {"torch": "torch>=2.8"}, "lets pip choose torch 2.14"),
        ({}, {"torch": "torch>=2.14,<2.15"}, "ZeroGPU has none of it"),
        ({}, {"torch": "torch==2.12.0"}, "ZeroGPU has none of it"),
        ({}, {"gradio": "gradio>=7,<8"}, "sdk_version is 6.31.0"),
    ],
)
def test_front_matter_and_requirements_that_contradict_each_other_are_told(
    front: dict[str, Any], requirement: dict[str, str], said: str
) -> None:
    real = read()
    lines = tuple(Requirement(requirement.get(one.name, str(one))) for one in real.requirements)
    told = contradictions(replace(real, front=real.front | front, requirements=lines))
    assert any(said in sentence for sentence in told), told


@pytest.mark.network
def test_everything_the_space_installs_is_to_be_had() -> None:
    real = read()
    chosen = resolve(real)
    assert chosen["torch"].public in real.listed["torch"]
    assert chosen["gradio"] == Version(real.front["sdk_version"])


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(
    ("system", "machine"),
    [("linux", "x86_64"), ("linux", "aarch64"), ("win32", "AMD64"), ("darwin", "arm64"), ("darwin", "x86_64")],
)
def test_every_machine_gets_exactly_one_face_detector(
    requirements: dict[str, Requirement], python: str, system: str, machine: str
) -> None:
    place = {"python_version": python, "sys_platform": system, "platform_machine": machine}
    chosen = [
        name
        for name in ("yuface", "opencv-python-headless")
        if (marker := requirements[name].marker) is not None and marker.evaluate(place)
    ]
    has_wheel = python == "3.11" and (system, machine) in {("linux", "x86_64"), ("win32", "AMD64")}
    assert chosen == (["yuface"] if has_wheel else ["opencv-python-headless"])


def test_a_container_finds_faces_without_the_hub(
    requirements: dict[str, Requirement], dockerfile: list[list[str]]
) -> None:
    (python,) = re.findall(r"^python:(\d+\.\d+)-slim$", dockerfile[0][1])
    place = {"python_version": python, "sys_platform": "linux", "platform_machine": "x86_64"}
    marker = requirements["yuface"].marker
    assert marker is not None
    assert marker.evaluate(place)


def test_the_container_installs_nothing_but_what_is_pinned_by_hash(
    requirements: dict[str, Requirement], dockerfile: list[list[str]]
) -> None:
    (install,) = (words for words in dockerfile if "pip" in words)
    assert install[install.index("--requirement") + 1] == "requirements.lock"
    assert "--require-hashes" in install
    lines = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    pinned = {}
    for line in filter(None, (line.partition("#")[0].split() for line in lines)):
        name, _, version = line[0].partition("==")
        assert len(line) > 1
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in line[1:]), name
        pinned[name] = Version(version)
    place = {"python_version": "3.11", "sys_platform": "linux", "platform_machine": "x86_64"}
    for name, wanted in requirements.items():
        if wanted.marker is None or wanted.marker.evaluate(place):
            assert pinned[name] in wanted.specifier


def test_every_file_that_the_container_copies_is_there_and_not_ignored(dockerfile: list[list[str]]) -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert ignored[0] == "*"
    kept = {line[1:] for line in ignored if line.startswith("!")}
    sources = [word for words in dockerfile if words[0] == "COPY" for word in words[1:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in kept
    assert kept == set(sources)
    assert not any(fnmatch(".venv", name) or fnmatch("data", name) for name in kept)


def test_the_container_has_all_that_the_app_imports(dockerfile: list[list[str]]) -> None:
    copied = {word for words in dockerfile if words[0] == "COPY" for word in words[1:-1]}
    code = (
        "import sys, app\n"
        "print(*{name.partition('.')[0] for name, module in sys.modules.items()"
        " if (getattr(module, '__file__', '') or '').startswith(sys.argv[1])"
        " and 'site-packages' not in module.__file__})\n"
        "found = {'accelerate', 'mypy', 'playwright', 'pytest', 'tensorflow'} & set(sys.modules)\n"
        "print('developers\\' packages:', ', '.join(found) or 'none', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"{ROOT}{os.sep}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    ours = {name for name in done.stdout.split() if name != "__main__"}
    assert ours == {"app", "demo", "glamor"}
    assert "developers' packages: none" in done.stderr
    assert {"app.py", "demo", "glamor"} <= copied


def test_the_container_is_nobodys_superuser_and_tells_its_health(dockerfile: list[list[str]]) -> None:
    names = [words[0] for words in dockerfile]
    users = [words[1] for words in dockerfile if words[0] == "USER"]
    assert users == ["glamor"]
    assert names.index("USER") < names.index("CMD")
    assert not [words for words in dockerfile[names.index("USER") :] if words[0] in ("RUN", "COPY")]
    (health,) = (words for words in dockerfile if words[0] == "HEALTHCHECK")
    assert "urlopen" in " ".join(health)
    (install,) = (words for words in dockerfile if words[:3] == ["RUN", "pip", "install"])
    assert "--no-cache-dir" in install
    environment = dict(word.split("=", 1) for words in dockerfile if words[0] == "ENV" for word in words[1:])
    assert environment["GRADIO_SERVER_NAME"] == "0.0.0.0"
    for name in ("GRADIO_TEMP_DIR", "HF_HOME", "MPLCONFIGDIR"):
        assert environment[name].startswith("/tmp/"), "nothing else can be written with --read-only"


def test_the_health_check_says_whether_something_answers(dockerfile: list[list[str]]) -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    (line,) = (line for line in text.splitlines() if line.startswith("HEALTHCHECK"))
    command = [sys.executable, *json.loads(line.partition("CMD ")[2])[1:]]
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = os.environ | {"GRADIO_SERVER_PORT": str(server.server_port), "no_proxy": "*"}
        assert subprocess.run(command, env=environment, check=False, timeout=60).returncode == 0
        server.shutdown()
    silent = subprocess.run(command, env=environment, check=False, timeout=60, capture_output=True)
    assert silent.returncode != 0


def test_every_setting_is_documented() -> None:
    rows = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8").splitlines()
    documented = {row.split("`")[1] for row in rows if row.startswith("| `")}
    code = [ROOT / "app.py", *(ROOT / "demo").rglob("*.py"), *(ROOT / "glamor").rglob("*.py")]
    read = {name for path in code for name in re.findall(rf'"({SETTING})"', path.read_text(encoding="utf-8"))}
    assert {"GLAMOR_CHECKPOINT", "GLAMOR_DEVICE", "GLAMOR_ALLOWED_CHECKPOINTS", "GRADIO_SERVER_PORT"} <= read
    assert read <= documented
    assert set(re.findall(SETTING, (ROOT / "README.md").read_text(encoding="utf-8"))) <= documented


class _Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""
