"""Single files of the Hub, over real HTTP in this process."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from glamor.errors import CheckpointError
from glamor.hub import fetch, fetch_if_there
from tests.hub_server import HubServer, Repository, use_hub

REPO = "someone/glamor-net"
FILES = {"a.json": b"{}", "b.json": b"[]"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer() as hub:
        use_hub(hub.url, tmp_path / "cache", monkeypatch)
        yield hub


def test_all_files_are_of_the_commit_that_the_first_one_is_of(here: HubServer) -> None:
    old = here.add(REPO, FILES)
    new = here.repositories[REPO].commit({"a.json": b"{1}", "b.json": b"[1]"}, "dev")
    for revision, commit, content in (("main", old, b"[]"), ("dev", new, b"[1]"), (old, old, b"[]")):
        folder = fetch(REPO, revision, ("a.json", "b.json"))
        assert folder.name == commit
        assert (folder / "b.json").read_bytes() == content
    assert {path.split("/")[4] for path in here.downloads() if path.endswith("b.json")} == {old, new}


def test_a_revision_is_asked_for_where_there_is_no_main(here: HubServer) -> None:
    here.repositories[REPO] = Repository()
    commit = here.repositories[REPO].commit(FILES, "dev")
    assert fetch(REPO, "dev", ("a.json",)).name == commit
    path = fetch_if_there(REPO, commit, "b.json")
    assert path is not None
    assert path.parent.name == commit


def test_one_question_is_asked_of_a_hub_that_does_not_answer(here: HubServer) -> None:
    here.add(REPO, FILES)
    folder = fetch(REPO, "main", ("a.json", "b.json"))
    for refusal in ((429, ""), (500, ""), (503, ""), (200, "")):  # the last one is a captive portal's
        here.repositories[REPO].refusal = refusal
        here.requests.clear()
        assert fetch(REPO, "main", ("a.json", "b.json")) == folder
        assert len(here.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        ((400, ""), "the Hub answered with status 400; try again later"),
        ((401, ""), "private or your token may not read it"),
        ((403, ""), "private or your token may not read it"),
        ((403, "GatedRepo"), "the repository is gated"),
        ((404, "RepoNotFound"), f"no public repository {REPO}"),
        ((404, "RevisionNotFound"), "no such revision"),
        ((404, "EntryNotFound"), "lacks config.json or model.safetensors"),
    ],
)
def test_a_refusal_says_what_the_hub_said(here: HubServer, refusal: tuple[int, str], problem: str) -> None:
    here.add(REPO, FILES)
    fetch(REPO, "main", ("a.json",))
    here.repositories[REPO].refusal = refusal
    with pytest.raises(CheckpointError, match=f"^checkpoint {REPO}@main: .*{problem}"):
        fetch(REPO, "main", ("a.json",))  # a refusal is an answer: the copy in the cache is not taken instead


def test_without_an_answer_and_without_a_copy_nothing_is_tried_again(here: HubServer) -> None:
    here.add(REPO, FILES)
    here.repositories[REPO].refusal = (503, "")
    with pytest.raises(CheckpointError, match="not in the local cache, and the Hub cannot be reached"):
        fetch(REPO, "main", ("a.json",))
    assert len(here.requests) == 1


def test_a_file_that_is_not_in_the_cache_is_not_asked_for_after_the_first_was_not_answered(here: HubServer) -> None:
    here.add(REPO, FILES)
    fetch(REPO, "main", ("a.json",))
    here.repositories[REPO].refusal = (503, "")
    here.requests.clear()
    with pytest.raises(CheckpointError, match="not in the local cache"):
        fetch(REPO, "main", ("a.json", "b.json"))
    assert len(here.requests) == 1


def test_a_network_that_hangs_up_is_tried_once(
    here: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.add(REPO, FILES)
    folder = fetch(REPO, "main", ("a.json",))
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as line:

        def hang_up() -> None:
            with suppress(OSError):  # the line is closed
                while True:
                    calls.append(line.accept()[0].close())

        Thread(target=hang_up, daemon=True).start()
        use_hub(f"http://127.0.0.1:{line.getsockname()[1]}", tmp_path / "cache", monkeypatch)
        assert fetch(REPO, "main", ("a.json",)) == folder
        assert len(calls) == 1
        line.shutdown(socket.SHUT_RDWR)


def test_a_file_that_a_repository_may_lack(here: HubServer) -> None:
    commit = here.add(REPO, FILES)
    path = fetch_if_there(REPO, commit, "b.json")
    assert path is not None
    assert (path.read_bytes(), path.parent.name) == (b"[]", commit)
    asked = len(here.requests)
    assert fetch_if_there(REPO, commit, "b.json") == path
    assert len(here.requests) == asked, "what is in the cache is not asked for"
    assert fetch_if_there(REPO, commit, "c.json") is None
    here.repositories[REPO].refusal = (503, "")
    assert fetch_if_there(REPO, commit, "a.json") is None


def test_a_download_that_breaks_off_says_so_in_one_line(here: HubServer) -> None:
    commit = here.add(REPO, {"model.safetensors": b"weights" * 100})
    here.cut_downloads = True
    assert fetch_if_there(REPO, commit, "model.safetensors") is None
    with pytest.raises(CheckpointError, match="the download failed") as caught:
        fetch(REPO, "main", ("model.safetensors",))
    assert "\n" not in str(caught.value)
    assert str(caught.value.__cause__).split()[0] in str(caught.value)
