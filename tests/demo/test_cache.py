"""The folder of visitors' files: what is kept whole, under which name, and what is deleted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo import cache
from tests.live_app import ROOT


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_file_is_kept_whole_in_a_folder_of_its_own(tmp_path: Path) -> None:
    same = [Path(cache.keep(b"a photo", "image.png", tmp_path / "cache")) for _ in range(2)]
    assert same[0] != same[1]
    for path in same:
        assert path.read_bytes() == b"a photo"
        assert path.parent.parent == tmp_path / "cache"
        assert len(path.parent.name) == 64
        assert list(path.parent.iterdir()) == [path]
        assert path.name == "image.png"


def test_a_file_that_cannot_be_kept_leaves_nothing_half_done(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"no/such"):
        cache.keep(b"a photo", "no/such/image.png", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_goes_with_its_last_file(tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "1.png", tmp_path / "a" / "2.png"
    one.parent.mkdir()
    for path in (one, two):
        path.write_bytes(b"x")
    cache.delete([one], tmp_path)
    assert _names(tmp_path) == {"a", "a/2.png"}
    cache.delete([one, two], tmp_path)
    assert _names(tmp_path) == set()


@pytest.mark.parametrize("name", ["../outside.png", "made/../../outside.png", "../cache-of-another/x.png"])
def test_no_way_round_leads_out_of_the_cache(name: str, tmp_path: Path) -> None:
    (tmp_path / "cache" / "made").mkdir(parents=True)
    (tmp_path / "cache-of-another").mkdir()
    outside = (tmp_path / "cache" / name).resolve()
    outside.write_bytes(b"somebody else's")
    cache.delete([f"{tmp_path}/cache/{name}"], tmp_path / "cache")
    assert outside.exists()


def test_a_folder_of_its_own_is_made_for_each_run_and_goes_with_it(tmp_path: Path) -> None:
    script = "from demo import cache; import os; print(cache.FOLDER, os.environ['GRADIO_TEMP_DIR'])"
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    command = [sys.executable, "-c", script]
    for given in ("", str(tmp_path / "given")):
        more = {"TMPDIR": str(tmp_path)} | ({"GRADIO_TEMP_DIR": given} if given else {})
        done = subprocess.run(command, cwd=ROOT, env=environment | more, capture_output=True, text=True, check=True)
        folder, told = done.stdout.split()
        assert folder == told
        assert (Path(given) if given else tmp_path) in Path(folder).parents
        assert not Path(folder).parent.exists()
