"""One running app, broken in one way after another: each time it says so, and goes on."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import words
from tests.faults.breakable_app import BROKEN_WIDTH, GREEDY_METHOD, MOST_PROGRAMS, MOST_WAITING
from tests.hub_server import HubServer
from tests.live_app import LiveApp, start, stop
from tests.visitor import Visitor

REPO = "someone/glamor-net"
ALMOST_FULL = 30_000  # bytes that a file may have: enough for the log, too few for a picture


@dataclass(frozen=True)
class Running:
    app: LiveApp
    process: subprocess.Popen[bytes]
    client: Client
    hub: HubServer


@pytest.fixture(scope="module")
def running(random_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The app, started while the Hub broke off in the middle of its weights."""
    with HubServer() as hub:
        hub.add(REPO, {path.name: path.read_bytes() for path in random_checkpoint.iterdir()})
        hub.cut_downloads = True
        hub_settings = {
            "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "NO_PROXY": "*",
            "HF_HOME": str(tmp_path_factory.mktemp("hf")), "GLAMOR_CHECKPOINT": REPO,
            "GLAMOR_MAX_WAITING": str(MOST_WAITING), "GLAMOR_MAX_WAITING_PROGRAMS": str(MOST_PROGRAMS),
        }  # fmt: skip
        app, process = start("-m", "tests.faults.breakable_app", **hub_settings)
        with_files = Client(app.url, verbose=False, analytics_enabled=False)
        yield Running(app, process, with_files, hub)
        with_files.close()
        stop(app, process)


@pytest.fixture
def portrait(astronaut, tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.fromarray(astronaut).save(path)
    return path


def _works(client: Client, portrait: Path) -> bool:
    values, _ = client.predict(handle_file(portrait), api_name="/predict")
    return len(values["faces"]) == 1


def test_the_hub_broke_off_and_the_page_says_which_weights_it_uses(running, portrait):
    assert any("/blob/" in path for path in running.hub.downloads()), "the download had begun"
    with Visitor(running.app.url) as visitor:
        config = visitor.config
    (notice,) = [one for one in config["components"] if one["props"].get("elem_id") == "start-notice"]
    assert f"{REPO} could not be loaded" in notice["props"]["value"]
    assert "the download failed" in notice["props"]["value"]
    assert _works(running.client, portrait)


def test_a_detector_that_fails_is_one_sentence_and_its_words_stay_inside(running, portrait, tmp_path):
    broken = tmp_path / "broken.png"
    Image.new("RGB", (BROKEN_WIDTH, 200)).save(broken)
    with pytest.raises(AppError) as told:
        running.client.predict(handle_file(broken), api_name="/predict")
    assert words.UNEXPECTED in str(told.value)
    log = running.app.log.read_text()
    assert "unexpected RuntimeError" in log
    assert "holiday" not in log + str(told.value)
    assert _works(running.client, portrait)


def test_a_method_that_finds_no_memory_says_what_to_do(running, portrait):
    with pytest.raises(AppError) as told:
        running.client.predict(handle_file(portrait), GREEDY_METHOD, api_name="/explain")
    assert words.OUT_OF_MEMORY in str(told.value)
    assert _works(running.client, portrait)


def test_whoever_finds_the_queue_full_is_told_so(running, portrait):
    with Visitor(running.app.url) as visitor:
        event = visitor.event("photo", "input")
        visitor.act(event, None, visitor.upload(portrait), "integrated_gradients", 0.7)
        wish = {"data": [None, 0.7], "fn_index": visitor.then(event)["id"], "session_hash": visitor.session}
        asked = [visitor.http.post("/gradio_api/queue/join", json=wish) for _ in range(4 * MOST_WAITING)]
        taken = [answer for answer in asked if answer.status_code == 200]
        refused = [answer for answer in asked if answer.status_code != 200]
        assert len(taken) >= MOST_WAITING
        told = {(answer.status_code, answer.json()["error"]) for answer in refused}
        assert told == {(503, words.BUSY.format(waiting=MOST_WAITING))}
        for answer in taken:
            assert visitor.hear(answer.json()["event_id"])["success"]
    assert _works(running.client, portrait)


def test_a_cache_that_cannot_be_written_says_so_and_is_used_again_when_it_can(running, portrait):
    inline = Visitor(running.app.url)
    cache, aside = running.app.cache, running.app.cache.with_name("aside")
    with inline:
        event = inline.event("photo", "input")
        photo = inline.upload(portrait)
        inline.act(event, None, photo, "attention", 0.7)
        cache.rename(aside)
        cache.write_bytes(b"a file where the folder was: not even the superuser can write into it")
        try:
            name = inline.start(inline.event("opacity", "input"), None, 0.31)
            with pytest.raises(AssertionError) as told:
                inline.finish(name)
        finally:
            cache.unlink()
            aside.rename(cache)
        assert words.CACHE_UNWRITABLE in str(told.value)
        redrawn = inline.act(inline.event("opacity", "input"), None, 0.32)
        assert redrawn["moved-picture"]["value"]
    assert "portrait" not in running.app.log.read_text()


def test_a_disk_that_takes_no_more_says_so_and_the_app_goes_on(running, portrait):
    unlimited = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    with Visitor(running.app.url) as visitor:
        visitor.act(visitor.event("photo", "input"), None, visitor.upload(portrait), "attention", 0.7)
        # Every longer file ends there, as on a full disk.
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (ALMOST_FULL, unlimited[1]))
        try:
            with pytest.raises(AssertionError) as told:
                visitor.act(visitor.event("opacity", "input"), None, 0.41)
        finally:
            resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, unlimited)
        assert words.CACHE_UNWRITABLE in str(told.value)
        assert visitor.act(visitor.event("opacity", "input"), None, 0.42)["moved-picture"]["value"]
    assert _works(running.client, portrait)


def test_terminated_in_the_middle_of_work_it_ends_in_good_order(running, portrait):
    with Visitor(running.app.url) as quick, Visitor(running.app.url) as slow:
        event = quick.event("photo", "input")
        for visitor, method in ((slow, "kernel_shap"), (quick, "grad_cam")):
            visitor.act(event, None, visitor.upload(portrait), method, 0.7)
        asked = {visitor: visitor.start(visitor.then(event), None, 0.7) for visitor in (slow, quick)}
        running.process.send_signal(signal.SIGTERM)
        assert quick.finish(asked[quick])[0]["value"], "what could be answered in time was"
        given_up = slow.finish(asked[slow])
        assert words.CLOSING in str(given_up) or given_up[0].get("value"), "the other says why, unless it was done"
    assert running.process.wait(timeout=120) == 0
    assert "Traceback" not in running.app.log.read_text()
    assert not [path for path in running.app.cache.rglob("*") if path.is_file()]
