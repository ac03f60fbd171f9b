"""What lies on the disk and in memory although nobody asked for it; against a running app of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import pytest
from PIL import Image

from demo import cache
from demo.gradio_internals.answers import Answers
from demo.gradio_internals.unfetched import Unfetched
from demo.limits import Limits
from tests.live_app import LiveApp, start, stop
from tests.visitor import Visitor

METHOD, OPACITY = "grad_cam", 0.7
UNUSED, UNFETCHED = 3, 4  # seconds
PATIENCE = 120


class Answer:
    """As Gradio holds one: what it is about stands in ``output``."""

    def __init__(self, size: int) -> None:
        self.output = {"data": [bytes(size)]}


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def hasty(small_weights: tuple[Path, Path]) -> Iterator[LiveApp]:
    """An app that keeps what nobody needs for seconds."""
    settings = {
        "GLAMOR_MAX_UNUSED_SECONDS": str(UNUSED),
        "GLAMOR_MAX_ANSWER_SECONDS": str(UNFETCHED),
        "GLAMOR_DEVICE": "cpu",
    }
    app, process = start("app.py", "--checkpoint", str(small_weights[0]), **settings)
    yield app
    stop(app, process)


@pytest.fixture
def photo(astronaut, tmp_path: Path) -> Path:
    path = tmp_path / "somebody-at-home.png"
    Image.fromarray(astronaut).save(path)
    return path


def _places(app: LiveApp) -> set[Path]:
    """Return all that lies anywhere under the app's folders, empty folders too."""
    return {path for place in (app.cache, app.scratch) for path in place.rglob("*")}


def _until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def _delete_now(visitor: Visitor) -> None:
    """Press the button of a page whose places for files are empty."""
    event = visitor.event("delete-now", "click")
    visitor.act(event, *[None] * len(event["inputs"]))
    visitor.act(visitor.then(event))


def test_delete_now_takes_uploads_that_no_event_has_used(app, photo):
    before = _places(app)
    with Visitor(app.url) as visitor:
        visitor.upload(photo)
        assert _places(app) - before
        _delete_now(visitor)
    assert _places(app) <= before


def test_delete_now_leaves_what_came_from_somebody_else(app, photo):
    with Visitor(app.url) as visitor, Visitor(app.url) as other:
        other.http.headers["User-Agent"] = "another browser"
        theirs = Path(other.upload(photo)["path"])
        _delete_now(visitor)
        assert theirs.exists()
        _delete_now(other)
        assert not theirs.exists()


def test_delete_now_leaves_a_program_of_the_same_address_what_it_asks_about(app, photo):
    with Visitor(app.url) as visitor, httpx.Client(base_url=app.url, timeout=600) as http:
        wish = {"data": [visitor.upload(photo), "integrated_gradients"]}
        asked = [http.post("/gradio_api/call/explain", json=wish).json()["event_id"] for _ in range(4)]
        _delete_now(visitor)  # while the last of them wait in the queue
        for event in asked:
            assert "event: complete" in http.get(f"/gradio_api/call/explain/{event}").text


def test_delete_now_takes_the_results_of_many_photos_with_all_that_lies_beside_them(app, photo, tmp_path):
    before = _places(app)
    broken = tmp_path / "somebodys-broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no photo")
    with Visitor(app.url) as visitor:
        event = visitor.event("many-files", "upload")
        sent = [visitor.upload(photo), visitor.upload(broken)]
        visitor.act(
            visitor.then(event) if event["trigger_after"] is None and len(event["outputs"]) < 4 else event, None, sent
        )
        made = _places(app) - before
        assert any(path.name == "failed.csv" for path in made)
        _delete_now(visitor)
    assert _places(app) <= before


def test_what_a_session_shows_is_never_written_for_links(app, photo):
    before = _places(app)
    with Visitor(app.url) as visitor:
        visitor.act(visitor.event("photo", "input"), None, visitor.upload(photo), METHOD, OPACITY)
        wish = {"session_hash": visitor.session}
        assert visitor.http.get("/gradio_api/deep_link", params=wish).status_code == 404
        assert not [path for path in _places(app) - before if path.name == "state.json"]
        _delete_now(visitor)


def test_an_upload_that_no_event_has_used_is_swept_and_a_used_one_is_not(hasty, photo, tmp_path):
    used = tmp_path / "used.png"
    used.write_bytes(photo.read_bytes()[:-12] + b"\0\0\0\0tEXt\x1b\xbf\x8a\xb9" + photo.read_bytes()[-12:])
    before = _places(hasty)
    with Visitor(hasty.url) as visitor:
        kept = Path(visitor.upload(used)["path"])
        given = {"path": str(kept), "meta": {"_type": "gradio.FileData"}}
        screen = visitor.act(visitor.event("photo", "input"), None, given, METHOD, OPACITY)
        unused = Path(visitor.upload(photo)["path"])
        assert kept != unused
        assert _until(lambda: not unused.parent.exists())
        assert kept.exists()
        assert Path(screen["photo-shown"]["value"]["path"]).exists()
        _delete_now(visitor)
    assert _until(lambda: _places(hasty) <= before)


def test_an_upload_that_breaks_off_is_swept(hasty):
    before = _places(hasty)

    def half() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="me.png"\r\n\r\n' + bytes(300_000)
        assert _until(lambda: bool(_places(hasty) - before))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        httpx.post(
            f"{hasty.url}/gradio_api/upload", content=half(),
            headers={"Content-Type": "multipart/form-data; boundary=x"}, timeout=60,
        )  # fmt: skip
    assert _until(lambda: _places(hasty) <= before)


def test_answers_that_nobody_fetches_are_thrown_away(hasty, photo):
    with Visitor(hasty.url) as visitor:
        wish = {"data": [visitor.upload(photo), METHOD]}
        asked = [visitor.http.post("/gradio_api/call/explain", json=wish).json()["event_id"] for _ in range(3)]
        first = visitor.http.get(f"/gradio_api/call/explain/{asked[0]}").text
        assert "event: complete" in first, "whoever comes in time gets it"
        time.sleep(3 * UNFETCHED)
        late = [visitor.http.get(f"/gradio_api/call/explain/{event}") for event in asked]
        assert [one.status_code for one in late] == [404] * 3, "fetched before, and not fetched in time"
        assert {one.json()["error"].partition(":")[0] for one in late} == {"There is no such answer"}


def test_a_stream_of_answers_that_were_thrown_away_ends(hasty, photo):
    with Visitor(hasty.url) as visitor, Visitor(hasty.url) as other:
        given = {"path": visitor.upload(photo)["path"], "meta": {"_type": "gradio.FileData"}}
        event = visitor.event("photo", "input")
        wish = {"data": [None, given, METHOD, OPACITY], "fn_index": event["id"], "session_hash": visitor.session}
        visitor.http.post("/gradio_api/queue/join", json=wish)
        time.sleep(3 * UNFETCHED)
        told = visitor.http.get("/gradio_api/queue/data", params={"session_hash": visitor.session}, timeout=60).text
        assert '"session_not_found":true' in told
        assert other.act(other.event("photo", "input"), None, other.upload(photo), METHOD, OPACITY)


def test_where_a_session_listens_its_next_answer_will_come_although_none_is_awaited():
    async def left() -> list[str]:
        with gr.Blocks() as page:
            page.queue()
        here = page._queue.pending_messages_per_session
        for name in ("listening", "gone"):
            here[name], page._queue.pending_event_ids_session[name] = asyncio.Queue(), set()
        heard = asyncio.create_task(here["listening"].get())
        await asyncio.sleep(0)
        Answers(page, Limits()).drop()
        kept = list(here)
        here["listening"].put_nowait("answer")
        return [*kept, await heard]

    with ThreadPoolExecutor(1) as thread:  # in this one another test may have a loop that runs
        assert thread.submit(lambda: asyncio.run(left())).result() == ["listening", "answer"]


def test_an_answer_is_overdue_when_its_time_is_over_and_none_has_come_after_it():
    unfetched, one, two = Unfetched(age=300, most=10**9), Answer(10), Answer(10)
    assert unfetched.overdue({"a": [one]}, 0) == []
    assert unfetched.overdue({"a": [one], "b": [two]}, 299) == []
    assert unfetched.overdue({"a": [one, two], "b": [two]}, 300) == [], "something new has come for a"
    assert unfetched.overdue({"a": [one, two], "b": [two]}, 598) == []
    assert unfetched.overdue({"a": [one, two], "b": [two]}, 599) == ["b"]
    assert unfetched.overdue({"a": [one, two]}, 600) == ["a"]
    assert unfetched.overdue({"a": [one, two]}, 600) == ["a"]
    assert unfetched.overdue({}, 601) == []
    assert unfetched.overdue({"a": [one, two]}, 602) == [], "fetched meanwhile, and asked again"


def test_of_too_many_answers_the_oldest_go_first():
    unfetched = Unfetched(age=300, most=2_500_000)
    waiting = {}
    for number in range(4):
        waiting[f"{number}"] = [Answer(1_000_000)]
        gone = unfetched.overdue(waiting, number)
        for name in gone:
            del waiting[name]
    assert list(waiting) == ["2", "3"]


def test_an_empty_folder_goes_when_nothing_was_in_it_for_long(tmp_path):
    (tmp_path / "deep" / "empty").mkdir(parents=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.png").write_bytes(b"x")
    cache.delete_empty(3600, tmp_path)
    assert (tmp_path / "deep" / "empty").exists(), "an upload is about to be moved there"
    time.sleep(0.05)
    for _ in range(2):
        cache.delete_empty(0, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
