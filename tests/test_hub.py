"""Loading from the Hub, over real HTTP.

huggingface_hub reads its settings when it is imported, so every load happens in a process of its own.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
import torch

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.errors import CheckpointError
from glamor.export import export_checkpoint
from glamor.model import GLAMORNet
from tests.hub_server import HubServer

REPO = "someone/glamor-net"
UNUSED_ENDPOINT = "http://127.0.0.1:9"  # the discard port: nobody listens
SMALL = ModelConfig(filters=(2, 2, 2, 2, 2), hidden=4)


@dataclass(frozen=True)
class Outcome:
    error: str = ""
    source: str = ""
    revision: str | None = None
    sha256: str = ""


def load_in_child(environment: dict[str, str], source: str, revision: str | None) -> Outcome:
    os.environ.update(environment, HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
    torch.set_num_threads(1)
    try:
        loaded = load_checkpoint(source, revision=revision, device="cpu")
    except CheckpointError as error:
        return Outcome(error=str(error))
    return Outcome("", loaded.source, loaded.revision, loaded.sha256)


def export_in_child(environment: dict[str, str], source: str, folder: str) -> str:
    os.environ.update(environment, HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
    torch.set_num_threads(1)
    try:
        export_checkpoint(load_checkpoint(source, device="cpu"), Path(folder))
    except CheckpointError as error:
        return str(error)
    return ""


class Client:
    """A machine with a Hub cache of its own."""

    def __init__(self, endpoint: str, home: Path) -> None:
        self.environment = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "NO_PROXY": "*"}
        self.home = home

    def load(self, source: str = REPO, revision: str | None = None, **environment: str) -> Outcome:
        with self._pool() as pool:
            return pool.apply(load_in_child, (self.environment | environment, source, revision))

    def export(self, folder: Path, source: str = REPO) -> str:
        """Load from the Hub and export; returns what was refused, empty for nothing."""
        with self._pool() as pool:
            return pool.apply(export_in_child, (self.environment, source, str(folder)))

    def _pool(self) -> Pool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["glamor.export", "httpx2", "pytest"])
        return context.Pool(1)

    def refusal(self, *arguments: str, **environment: str) -> str:
        outcome = self.load(*arguments, **environment)
        assert outcome.error.startswith(f"checkpoint {REPO}")
        assert "\n" not in outcome.error
        return outcome.error


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("published")
    save_checkpoint(folder, GLAMORNet(SMALL), SMALL)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture
def client(hub: HubServer, tmp_path: Path) -> Client:
    return Client(hub.url, tmp_path / "hf")


def test_first_start_downloads_and_second_uses_the_cache(
    hub: HubServer, client: Client, files: dict[str, bytes]
) -> None:
    commit = hub.add(REPO, files)
    first = client.load()
    assert first == Outcome("", REPO, commit, hashlib.sha256(files["model.safetensors"]).hexdigest())
    assert len(hub.downloads()) == 2
    assert client.load() == first
    assert len(hub.downloads()) == 2


def test_a_new_commit_is_fetched_and_an_old_one_can_be_pinned(
    hub: HubServer, client: Client, files: dict[str, bytes]
) -> None:
    old = hub.add(REPO, files)
    hub.repositories[REPO].refs["v1"] = old
    hub.repositories[REPO].refs["refs/pr/1"] = old
    new = hub.repositories[REPO].commit(files | {"README.md": b"a card"})
    assert client.load().revision == new
    for revision in ("v1", "refs/pr/1", old):
        assert client.load(f"{REPO}@{revision}").revision == old
    assert client.load(REPO, "v1").revision == old


@pytest.mark.parametrize("setting", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": UNUSED_ENDPOINT}])
def test_offline_with_a_cache(hub: HubServer, client: Client, files: dict[str, bytes], setting: dict[str, str]) -> None:
    commit = hub.add(REPO, files)
    online = client.load()
    assert not online.error
    assert client.load(**setting) == online
    assert client.load(f"{REPO}@{commit}", **setting) == online


@pytest.mark.parametrize("status", [200, 429, 503], ids=["captive portal", "too many requests", "out of service"])
def test_a_hub_in_trouble_with_a_cache(hub: HubServer, client: Client, files: dict[str, bytes], status: int) -> None:
    hub.add(REPO, files)
    online = client.load()
    hub.repositories[REPO].refusal = (status, "")
    assert client.load() == online


@pytest.mark.parametrize("setting", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": UNUSED_ENDPOINT}])
def test_offline_without_a_cache(client: Client, setting: dict[str, str]) -> None:
    message = client.refusal(**setting)
    assert "not in the local cache, and the Hub cannot be reached or HF_HUB_OFFLINE is set" in message
    assert "connect once to download it, or give a folder" in message


def test_what_answers_but_is_no_hub_without_a_cache(hub: HubServer, client: Client, files: dict[str, bytes]) -> None:
    hub.add(REPO, files)
    hub.repositories[REPO].refusal = (200, "")
    assert "what answers at HF_ENDPOINT names no commit" in client.refusal()


@pytest.mark.parametrize("revision", ["no-such-branch", "0" * 40])
def test_no_such_revision(hub: HubServer, client: Client, files: dict[str, bytes], revision: str) -> None:
    hub.add(REPO, files)
    message = client.refusal(f"{REPO}@{revision}")
    assert message.startswith(f"checkpoint {REPO}@{revision}: the repository has no such revision; give a branch")


def test_no_such_repository(client: Client) -> None:
    message = client.refusal()
    assert f"there is no folder and no public repository {REPO}; check the name" in message
    assert "log in with `hf auth login` or set HF_TOKEN" in message


@pytest.mark.parametrize(
    ("refused", "problem"),
    [
        ((401, "GatedRepo"), "the repository is gated; ask for access on its page"),
        ((403, "GatedRepo"), "the repository is gated; ask for access on its page"),
        ((401, ""), "private or your token may not read it"),
        ((403, ""), "private or your token may not read it"),
        ((404, "RepoNotFound"), "no public repository"),
    ],
)
def test_a_gated_or_private_repository(
    hub: HubServer, client: Client, files: dict[str, bytes], refused: tuple[int, str], problem: str
) -> None:
    hub.add(REPO, files)
    hub.repositories[REPO].refusal = refused
    message = client.refusal()
    assert problem in message
    assert "log in with `hf auth login` or set HF_TOKEN" in message


@pytest.mark.parametrize("present", ["config.json", "model.safetensors"])
def test_a_repository_with_a_pickle_in_place_of_a_file(
    hub: HubServer, client: Client, files: dict[str, bytes], present: str
) -> None:
    hub.add(REPO, {present: files[present], "pytorch_model.bin": b"never fetched"})
    assert (
        "the repository lacks config.json or model.safetensors; other formats, especially pickles" in client.refusal()
    )
    assert not any(path.endswith(".bin") for path in hub.downloads())


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (lambda whole: whole[:-40], "model.safetensors is truncated"),
        (lambda whole: whole[:-1] + b"?", "model.safetensors has sha256"),
        (lambda whole: b"not weights at all", "model.safetensors is not a safetensors file"),
    ],
    ids=["truncated", "corrupt", "something else"],
)
def test_damaged_weights_and_their_remedy(
    hub: HubServer, client: Client, files: dict[str, bytes], weights: Callable[[bytes], bytes], problem: str
) -> None:
    hub.add(REPO, files | {"model.safetensors": weights(files["model.safetensors"])})
    message = client.refusal()
    assert problem in message
    assert message.endswith(f"remove a damaged copy with `hf cache rm model/{REPO}` and start again.")


def test_a_damaged_copy_in_the_cache_is_noticed(hub: HubServer, client: Client, files: dict[str, bytes]) -> None:
    hub.add(REPO, files)
    assert not client.load().error
    (weights,) = client.home.glob("hub/models--*/snapshots/*/model.safetensors")
    weights.resolve().write_bytes(files["model.safetensors"][:-1] + b"?")
    assert "model.safetensors has sha256" in client.refusal()


def test_an_interrupted_download_is_not_kept(hub: HubServer, client: Client, files: dict[str, bytes]) -> None:
    hub.add(REPO, files)
    hub.cut_downloads = True
    assert "the download failed" in client.refusal()
    hub.cut_downloads = False
    assert not client.load().error


def test_a_name_that_no_repository_can_have(client: Client) -> None:
    outcome = client.load("some--one/..")
    assert outcome.error.startswith("checkpoint some--one/..@main: the download failed (")
