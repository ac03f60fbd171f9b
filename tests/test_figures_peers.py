"""The comparison with others: its photos are the same each time, and its table says what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import peers


def test_the_photos_are_the_same_each_time_and_differ_from_each_other() -> None:
    first, again = list(peers.photos(6)), list(peers.photos(6))
    assert [photo.size for photo in first] == [(640, 480)] * 6
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert len({photo.tobytes() for photo in first}) == 6


def test_the_table_says_what_is_slower_and_what_is_missing() -> None:
    labels = {"this library": {"ms": 20.0, "mib": 500.0, "found": 50}, "deepface": {"missing": "it is not installed"},
              "fer": {"ms": 30.0, "mib": 80.0, "found": 48}}  # fmt: skip
    shown = "\n".join(peers.table(labels, {"this library: grad_cam": 9.0}, 50))
    assert "| fer | 30.0 | 1.50 | 80 | 48 of 50 |" in shown
    assert "| deepface | not measured: it is not installed | | | |" in shown
    assert "| this library | 9.0 | – |" in shown


def test_a_peer_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_PEERS", str(tmp_path / "none"))
    assert "TensorFlow" in peers.ask("authors' TensorFlow graph", str(tmp_path))["missing"]


def test_a_page_without_a_place_for_the_table_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="has no place for the table"):
        peers.write_table(page, "table", peers.BEGIN, peers.END)
    page.write_text(f"before\n{peers.BEGIN}\nold\n{peers.END}\nafter\n")
    peers.write_table(page, "new", peers.BEGIN, peers.END)
    assert page.read_text() == f"before\n{peers.BEGIN}\n\nnew\n\n{peers.END}\nafter\n"
