"""A folder of results has one owner at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from glamor.__main__ import main
from glamor.errors import DataError
from glamor.many.owner import LOCK, own
from glamor.many.store import Store

ROOT = Path(__file__).resolve().parents[2]
HOLD = "import sys, time; from pathlib import Path; from glamor.many.owner import own; lock = own(Path(sys.argv[1]))"


@contextmanager
def _another_run(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the folder."""
    code = f"{HOLD}; print('held', flush=True); time.sleep(600)"
    other = subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("more", [(), ("--ray",)])
def test_a_second_run_into_a_folder_ends_at_once_in_one_sentence(
    more: tuple[str, ...],
    make_photos: Callable[..., Path],
    random_checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["analyse", str(make_photos(1)), "--out", str(tmp_path / "out"), "--checkpoint", str(random_checkpoint)]
    with _another_run(tmp_path / "out"):
        assert main([*words, "--workers", "0", *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert f"another run is writing into {tmp_path / 'out'}" in err
    assert not (tmp_path / "out" / "faces.parquet").exists()


def test_the_folder_of_a_run_that_was_killed_is_free(tmp_path: Path) -> None:
    with _another_run(tmp_path) as other:
        with pytest.raises(DataError, match="another run"):
            Store(tmp_path, ("Calm", "Merry"), "abc")
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with Store(tmp_path, ("Calm", "Merry"), "abc") as store:
            store.finish()
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK, "faces.parquet", "parts"]


def test_a_folder_is_free_when_its_store_is_left_or_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "faces.parquet").write_text("rows")
    for _ in range(2):
        with pytest.raises(DataError, match="cannot be read"):
            Store(tmp_path, ("Calm", "Merry"), "abc")
    (tmp_path / "faces.parquet").unlink()
    for _ in range(2):
        with Store(tmp_path, ("Calm", "Merry"), "abc"), pytest.raises(DataError, match="another run"):
            own(tmp_path)
