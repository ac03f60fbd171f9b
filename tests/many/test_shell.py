"""``python -m glamor analyse`` and ``summarise`` as people run them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.many_photos import WAYS_TO_BREAK, make_folder
from glamor.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _weights(random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_CHECKPOINT", str(random_checkpoint))


def _run(*words: object) -> int:
    return main([str(word) for word in words])


def _files(out: Path) -> list[str]:
    names: list[str] = pq.read_table(out / "faces.parquet").column("file").to_pylist()
    return names


def _start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "glamor", *map(str, words)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_every_file_of_a_folder_is_accounted_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = make_folder(tmp_path / "in", 40, len(WAYS_TO_BREAK), longest=400)
    assert _run("analyse", tmp_path / "in", "--out", tmp_path / "out", "--csv", "--workers", 1) == 0
    out, err = capsys.readouterr()
    assert f"{len(broken)} photos failed; the reasons are in {tmp_path / 'out' / 'failed.csv'}" in out
    assert re.search(r"bottleneck: .+ waited [\d.]+ s for detection, [\d.]+ s in the network", out)
    assert "photos/s" in err or "s/ photos" in err  # tqdm turns a slow rate round
    expected = {str(path) for path in (tmp_path / "in").rglob("*") if path.is_symlink() or not path.is_dir()}
    assert set(_files(tmp_path / "out")) == expected
    assert len(expected) == 40
    failed = (tmp_path / "out" / "failed.csv").read_text().splitlines()
    assert sorted(line.partition(",")[0] for line in failed[1:]) == sorted(map(str, broken))
    assert (tmp_path / "out" / "faces.csv").exists()


def test_a_run_that_is_killed_goes_on_and_does_nothing_twice(
    make_photos: Callable[[int], Path], tmp_path: Path
) -> None:
    folder, out = make_photos(40), tmp_path / "out"
    killed = _start("analyse", folder, "--out", out, "--workers", 1, "--batch", 4)
    # The power fails at some moment; here after the first part is written, which 10 seconds would bring.
    time.sleep(1)
    interrupted = _wait_for_rows(killed, out)
    parts = {path: path.stat().st_mtime_ns for path in (out / "parts").glob("*.parquet")}
    assert _run("analyse", folder, "--out", out, "--workers", 1) == 0
    names = _files(out)
    assert sorted(set(names)) == [str(folder / f"{n:03d}.jpg") for n in range(40)]
    assert len(names) == 50  # every fourth photo has nobody, every fourth two
    assert interrupted or parts


def _wait_for_rows(process: subprocess.Popen[str], out: Path) -> bool:
    """Interrupt the process once photos are on their way, as Ctrl-C does; return whether it said so."""
    assert process.stderr is not None
    seen = ""
    while "0/40" not in seen and process.poll() is None:
        seen += process.stderr.read(1)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode in (0, 130), err
    return "the same command goes on from there" in err


def test_nothing_is_left_to_do_for_the_same_folder(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_photos(4), tmp_path / "out"
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    before = (out / "faces.parquet").read_bytes()
    capsys.readouterr()
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    assert "4 photos are done already" in capsys.readouterr().out
    assert (out / "faces.parquet").read_bytes() == before
    make_photos(6)
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    assert len(set(_files(out))) == 6


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["no/such/folder", "--out", "out"], "check the path"),
        ([".", "--out", "out"], "there is no photo"),
        ([".", "--out", "out", "--workers", "-1"], "--workers is -1"),
        ([".", "--out", "out", "--batch", "0"], "--batch is 0"),
    ],
)
def test_what_cannot_be_analysed_ends_in_one_line(
    words: list[str], part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run("analyse", *words) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert part in err


def test_summarise_prints_a_table_and_writes_a_page(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("summarise", tmp_path) == 2
    assert "glamor analyse" in capsys.readouterr().err
    assert _run("analyse", make_photos(4), "--out", tmp_path / "out", "--workers", 0) == 0
    assert _run("summarise", tmp_path / "out") == 0
    out = capsys.readouterr().out
    assert "4 photos: 4 faces, 1 photos without a face, 0 failed" in out
    page = (tmp_path / "out" / "summary.html").read_text()
    assert page.count("<figure>") == 12  # four faces, picked for three reasons
    assert not re.search(r"(src|href)=\"(?!data:)", page)
