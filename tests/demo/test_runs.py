"""What an app leaves that is ended by force, and who may look into the folder of one that lives."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import runs
from tests.live_app import ROOT, free_port, wait

# Claims the cache as the app does, says where it is, and stays until it is told to end.
_CLAIM = "import demo.cache, sys; print(demo.cache.FOLDER, flush=True); sys.stdin.read()"


def _environment(temporary: Path, given: Path | None) -> dict[str, str]:
    left_out = ("GRADIO_TEMP_DIR", "GLAMOR_CACHE")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    return environment | {"TMPDIR": str(temporary)} | ({"GRADIO_TEMP_DIR": str(given)} if given else {})


@contextmanager
def _claimed(temporary: Path, given: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _CLAIM],
        cwd=ROOT,
        env=_environment(temporary, given),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_what_a_killed_app_left_is_gone_once_the_app_starts_again(tmp_path, small_weights):
    port = free_port()
    command = [sys.executable, "app.py", "--checkpoint", str(small_weights[0]), "--port", str(port)]
    settings = _environment(tmp_path, None) | {"GLAMOR_DEVICE": "cpu"}
    for number in range(2):
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)
        try:
            wait(f"http://127.0.0.1:{port}", process)
            found = _files(tmp_path)
            assert found, "the first example at least"
            if number == 0:
                former = {path: path.stat().st_ino for path in found}
        finally:
            process.kill()
            process.wait()
    assert not [path for path in former if path.exists()]
    with _claimed(tmp_path):
        assert _files(tmp_path) == []


@pytest.mark.parametrize("given", [False, True], ids=["own place", "GRADIO_TEMP_DIR"])
def test_the_living_keep_theirs_and_take_it_along_when_they_end(tmp_path, given):
    cache = tmp_path / "cache" if given else None
    with _claimed(tmp_path, cache) as (_, first):
        (first / "photo.jpg").write_bytes(b"a photo")
        with _claimed(tmp_path, cache) as (killed, second):
            assert second != first
            (second / "photo.jpg").write_bytes(b"another")
            killed.send_signal(signal.SIGKILL)
        assert (second / "photo.jpg").exists()
        with _claimed(tmp_path, cache):
            assert [path.parent for path in _files(tmp_path)] == [first]
    assert list(tmp_path.rglob("*")) == []


def test_a_child_process_works_in_the_cache_of_its_parent(tmp_path):
    child = "import subprocess, sys, demo.cache as own; print(own.FOLDER); sys.stdout.flush(); subprocess.run(["
    child += "sys.executable, '-c', 'import demo.cache; print(demo.cache.FOLDER)'])"
    environment = _environment(tmp_path, None)
    told = subprocess.run(
        [sys.executable, "-c", child], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    own, childs = told.stdout.split()
    assert own == childs


def test_nobody_else_may_look_into_the_folders(tmp_path):
    previous = os.umask(0)
    try:
        made = runs.begin(runs.parent(tmp_path))
    finally:
        os.umask(previous)
    for folder in (made.folder, made.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    runs.end(made)


@pytest.mark.parametrize("trick", ["link", "file", "open folder"])
def test_a_name_that_somebody_took_before_is_no_way_in(tmp_path, trick):
    aside, taken = tmp_path / "aside", tmp_path / "tmp" / f"glamor-{os.getuid()}"
    aside.mkdir()
    taken.parent.mkdir()
    if trick == "link":
        taken.symlink_to(aside)
    elif trick == "file":
        taken.write_bytes(b"")
    else:
        taken.mkdir(mode=0o777)
        taken.chmod(0o777)
    made = runs.parent(taken.parent)
    assert not made.is_symlink()
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert list(aside.iterdir()) == []
    assert runs.parent(taken.parent) == made, "and the next start finds what this one leaves"


def test_a_folder_that_belongs_to_another_user_is_not_used(tmp_path, monkeypatch):
    taken = tmp_path / f"glamor-{os.getuid()}"
    taken.mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: taken.stat().st_uid + 1)
    assert runs.parent(tmp_path) != taken


def test_a_link_in_place_of_a_dead_runs_folder_leads_nowhere(tmp_path):
    place, aside = tmp_path / "place", tmp_path / "aside"
    place.mkdir()
    aside.mkdir()
    (aside / "letter.txt").write_bytes(b"somebody's")
    (place / "run-0000000000000000.lock").write_bytes(b"")
    (place / "run-0000000000000000").symlink_to(aside)
    runs.end(runs.begin(place))
    assert (aside / "letter.txt").exists()
