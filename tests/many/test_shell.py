"""``python -m glamor analyse`` and ``summarise`` as people run them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from benchmarks.many_photos import WAYS_TO_BREAK, make_folder
from glamor.__main__ import main
from glamor.many.rows import Row
from glamor.many.store import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _weights(random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_CHECKPOINT", str(random_checkpoint))


def _run(*words: object) -> int:
    return main([str(word) for word in words])


def _files(out: Path) -> list[str]:
    names: list[str] = pq.read_table(out / "faces.parquet").column("file").to_pylist()
    return names


def test_every_file_of_a_folder_is_accounted_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = make_folder(tmp_path / "in", 40, len(WAYS_TO_BREAK), longest=400)
    assert _run("analyse", tmp_path / "in", "--out", tmp_path / "out", "--csv", "--workers", 1) == 0
    out, err = capsys.readouterr()
    assert f"40 new, 0 unchanged, 0 replaced, 0 tried again, {len(broken)} failed" in out
    assert f"{40 - len(broken)} photos analysed, {len(broken)} could not be read; " in out
    assert f"reasons: {tmp_path / 'out' / 'failed.csv'}" in out
    assert re.search(r"bottleneck: .+waited [\d.]+ s for detection, [\d.]+ s in the network", out)
    assert "photos/s" in err or "s/ photos" in err  # tqdm turns a slow rate round
    expected = {str(path) for path in (tmp_path / "in").rglob("*") if path.is_symlink() or not path.is_dir()}
    assert set(_files(tmp_path / "out")) == expected
    assert len(expected) == 40
    failed = (tmp_path / "out" / "failed.csv").read_text("utf-8-sig").splitlines()
    assert sorted(line.partition(",")[0] for line in failed[1:]) == sorted(map(str, broken))
    assert (tmp_path / "out" / "faces.csv").exists()


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(
    make_photos: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("analyse", make_photos(12), "--out", tmp_path / "out", "--workers", 1, "--batch", 1)
    add, added = Store.add, list[str]()

    def interrupted(store: Store, rows: Sequence[Row]) -> None:
        add(store, rows)
        added.append(rows[0].file)
        if len(added) == 5:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)

    monkeypatch.setattr(Store, "add", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores Ctrl-C
    try:
        with pytest.raises(SystemExit) as ended:
            _run(*words)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
    assert "the same command continues from there" in capsys.readouterr().err
    assert _run(*words) == 0
    assert "5 photos are already done" in capsys.readouterr().out
    assert len(added) == len(set(added)) == 12
    assert len(_files(tmp_path / "out")) == 15  # every fourth photo has nobody, every fourth two


# A part is four rows here, and the power fails before the tenth photo's rows are taken.
KILLED = """
import os, signal, psutil
from glamor.__main__ import main
from glamor.many import store
store.FIRST_ROWS = store.PART_ROWS = 4
add, added = store.Store.add, []
def cut(self, rows):
    if len(added) == 9:
        print(*(child.pid for child in psutil.Process().children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    added.append(rows)
    add(self, rows)
store.Store.add = cut
if __name__ == "__main__":
    main({words!r})
"""


def test_a_run_that_is_killed_loses_no_more_than_a_part_and_leaves_no_process(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["analyse", str(make_photos(12)), "--out", str(tmp_path / "out"), "--workers", "1", "--batch", "1"]
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(words=words))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    killed = subprocess.run(
        [sys.executable, script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=300
    )
    assert killed.returncode == -signal.SIGKILL
    assert _run(*words) == 0
    # Rows a photo: 1 1 2, 1 1 1 2, 1 1: the first seven photos fill two parts.
    assert "7 photos are already done" in capsys.readouterr().out
    assert len(_files(tmp_path / "out")) == 15
    workers = [int(word) for line in killed.stdout.splitlines() if line[:1].isdigit() for word in line.split()]
    assert workers
    end = time.monotonic() + 60
    while any(map(psutil.pid_exists, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(psutil.pid_exists, workers))


def test_nothing_is_left_to_do_for_the_same_folder(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_photos(4), tmp_path / "out"
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    before = (out / "faces.parquet").read_bytes()
    capsys.readouterr()
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    assert "4 photos are already done" in capsys.readouterr().out
    assert (out / "faces.parquet").read_bytes() == before
    make_photos(6)
    assert _run("analyse", folder, "--out", out, "--workers", 0) == 0
    assert len(set(_files(out))) == 6


def test_what_has_changed_is_done_again_and_the_rest_is_not(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_photos(5), tmp_path / "out"
    (folder / "000.jpg").write_bytes(b"")
    (folder / "001.jpg").write_text("no photo")
    words = ("analyse", folder, "--out", out, "--workers", 0)

    def run(*more: str) -> list[str]:
        assert _run(*words, *more) == 0
        lines = capsys.readouterr().out.splitlines()
        return [line for line in lines if line.startswith("this run: ") or " analysed" in line]

    assert run() == [
        "this run: 5 new, 0 unchanged, 0 replaced, 0 tried again, 2 failed",
        "3 photos analysed, 2 could not be read; 3 faces, 1 photo without a face",
    ]
    good = (folder / "002.jpg").read_bytes()  # two faces
    (folder / "000.jpg").write_bytes(good)  # repaired
    (folder / "003.jpg").write_bytes(good)  # replaced: nobody before
    (folder / "004.jpg").touch()
    assert run() == [
        "this run: 0 new, 3 unchanged, 2 replaced, 0 tried again, 0 failed",
        "4 photos analysed, 1 could not be read; 7 faces, 0 photos without a face",
    ]
    names = [Path(name).name for name in _files(out)]
    assert sorted(names) == ["000.jpg"] * 2 + ["001.jpg"] + ["002.jpg"] * 2 + ["003.jpg"] * 2 + ["004.jpg"]
    assert run("--retry-failed") == [
        "this run: 0 new, 4 unchanged, 0 replaced, 1 tried again, 1 failed",
        "4 photos analysed, 1 could not be read; 7 faces, 0 photos without a face",
    ]
    assert sorted(Path(name).name for name in _files(out)) == sorted(names)
    assert _run("summarise", out) == 0
    assert "4 photos analysed, 1 could not be read; 7 faces, 0 photos without a face" in capsys.readouterr().out
    page = (out / "summary.html").read_text()
    assert "<strong>4</strong>photos analysed" in page
    assert "<strong>1</strong>could not be read" in page


def test_a_torn_part_is_done_again_and_what_is_no_part_is_named(
    make_photos: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "parts").mkdir(parents=True)
    for name in ("00000001.parquet", "notes.txt", "rows.parquet"):
        (tmp_path / "out" / "parts" / name).touch()
    assert _run("analyse", make_photos(2), "--out", tmp_path / "out", "--workers", 0) == 0
    torn, strangers = (line for line in capsys.readouterr().err.splitlines() if line.startswith("glamor: "))
    assert "00000001.parquet" in torn
    assert torn.endswith("their photos are analysed again.")
    assert "notes.txt, rows.parquet" in strangers
    assert sorted(path.name for path in (tmp_path / "out" / "parts").iterdir()) == ["notes.txt", "rows.parquet"]
    assert len(set(_files(tmp_path / "out"))) == 2


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
    assert "4 photos analysed; 4 faces, 1 photo without a face\n" in out
    page = (tmp_path / "out" / "summary.html").read_text()
    assert page.count("<figure>") == 12  # four faces, picked for three reasons
    assert not re.search(r"(src|href)=\"(?!data:)", page)
