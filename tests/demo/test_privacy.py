"""What is kept of a visitor, looked for on the disk, in the log and in what leaves; against the running app."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import pytest
from gradio.state_holder import StateHolder
from PIL import Image

from demo import cache
from demo.analyse import words as analyse_words
from demo.gradio_internals.sessions import Page
from demo.limits import Limits
from demo.visits import Session
from tests.live_app import ROOT, LiveApp, files_in, free_port, live_app, wait
from tests.visitor import Visitor, without_folders

METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def _files(app: LiveApp) -> set[Path]:
    return files_in(app.cache)


def _analyse(visitor: Visitor, photo: dict) -> dict:
    event = visitor.event("photo", "input")
    screen = visitor.act(event, None, photo, METHOD, OPACITY)
    return screen | visitor.act(visitor.then(event), None, OPACITY)


def _rendered(visitor: Visitor) -> dict:
    """Return what is shown of the session that the server remembers."""
    return visitor.act(visitor.render(), None, METHOD, OPACITY)


def _pictures(screen: dict) -> list[str]:
    return [screen[name]["value"]["path"] for name in ("photo-shown", "moved-picture")]


def _delete_now(visitor: Visitor, photo: dict) -> None:
    event = visitor.event("delete-now", "click")
    forgetting = visitor.then(event)
    visitor.act(event, None, photo, *[None] * (len(event["inputs"]) - 2))
    visitor.act(forgetting)


@pytest.fixture
def told_photo(astronaut, tmp_path):
    """A photo that tells where it was taken, in its metadata and in its name."""
    exif = Image.Exif()
    exif[0x010E] = "at home in the garden"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    path = tmp_path / "somebody-at-home.jpg"
    Image.fromarray(astronaut).save(path, exif=exif, quality=95)
    return path


def test_delete_now_takes_all_files_of_the_visit_from_the_disk_at_once(app, told_photo):
    before = _files(app)
    with Visitor(app.url) as visitor:
        photo = visitor.upload(told_photo)
        _analyse(visitor, photo)
        made = _files(app) - before
        assert Path(photo["path"]) in made
        assert len(made) == 3, "the upload and two pictures"
        own = _rendered(visitor)
        _delete_now(visitor, photo)
        assert _files(app) <= before
        assert not any(path.parent.exists() for path in made)
        visitor.open()  # in the same session, which no browser does: nothing of it is left
        with Visitor(app.url) as stranger:
            shown = [without_folders(screen) for screen in (_rendered(visitor), _rendered(stranger), own)]
        assert shown[0] == shown[1] != shown[2], "and from memory"


def test_delete_now_also_takes_an_upload_that_was_never_used(app, told_photo):
    before = _files(app)
    with Visitor(app.url) as visitor:
        _delete_now(visitor, visitor.upload(told_photo))
    assert _files(app) <= before


def test_delete_now_leaves_another_visitor_what_both_were_told_of(app, told_photo):
    with Visitor(app.url) as one, Visitor(app.url) as other:
        photo = one.upload(told_photo)
        pictures = _pictures(_analyse(other, photo))
        _analyse(one, photo)
        _delete_now(one, photo)
        assert all(Path(path).exists() for path in [photo["path"], *pictures])
        _delete_now(other, photo)
        assert not any(Path(path).exists() for path in [photo["path"], *pictures])


def test_delete_now_leaves_the_page_its_own_pictures(app, told_photo):
    with Visitor(app.url) as visitor:
        own = visitor.parts["moved-picture"]["props"]["value"]
        _delete_now(visitor, visitor.upload(told_photo))
        assert visitor.http.get(f"/gradio_api/file={own['path']}").status_code == 200


def test_metadata_is_in_nothing_that_is_drawn(app, told_photo):
    with Visitor(app.url) as visitor:
        screen = _analyse(visitor, visitor.upload(told_photo))
        assert "somebody" not in str({name: part for name, part in screen.items() if name != "photo"})
        for path in _pictures(screen):
            data = visitor.http.get(f"/gradio_api/file={path}").content
            assert b"garden" not in data
            assert b"Exif" not in data
            with Image.open(path) as image:
                assert not image.getexif()


def test_neither_a_photo_nor_a_refused_file_leaves_a_word_in_the_log(app, told_photo, tmp_path):
    rubbish = tmp_path / "somebody-elses-letter.jpg"
    rubbish.write_text("dear diary")
    with Visitor(app.url) as visitor:
        _analyse(visitor, visitor.upload(told_photo))
        event = visitor.event("photo", "input")
        refused = visitor.act(event, None, visitor.upload(rubbish), METHOD, OPACITY)
        assert "note warn" in refused["notice"]
        assert "somebody-elses-letter.jpg: " in refused["notice"], "only whoever sent it is told its name"
    log = app.log.read_text()
    for trace in ("somebody", "diary", "garden", "Traceback", "astronaut"):
        assert trace not in log


def test_nothing_is_written_beside_the_cache(app, told_photo):
    with Visitor(app.url) as visitor:
        _analyse(visitor, visitor.upload(told_photo))
    assert [path for path in app.scratch.rglob("*") if path.is_file()] == []


def _ask_for_much(visitor: Visitor, photo: Path) -> str:
    """Add a photo, start the slowest explanation of it, and return the request's name without waiting."""
    event = visitor.event("photo", "input")
    visitor.act(event, None, visitor.upload(photo), "kernel_shap", OPACITY)
    return visitor.start(visitor.then(event), None, OPACITY)


def test_slow_work_of_two_visitors_holds_up_neither_a_third_nor_its_own_stop(told_photo):
    url = live_app().url  # where the network is large enough for its explanation to be slow
    with Visitor(url) as one, Visitor(url) as two, Visitor(url) as third:
        slow = {visitor: _ask_for_much(visitor, told_photo) for visitor in (one, two)}
        waiting = _ask_for_much(third, told_photo)
        assert "moved-picture" in third.act(third.event("opacity", "input"), None, 0.1)
        stopped = third.act(third.event("stop", "click"), None)
        assert analyse_words.MOVED_STOPPED in stopped["moved-words"]
        assert not any(name in visitor.done for visitor, name in slow.items())
        for visitor, name in slow.items():
            assert "value" in visitor.finish(name)[0]
        assert "value" not in third.finish(waiting)[0], "the stopped work leaves the panel alone"


async def _page_with_a_visit() -> tuple[Page, gr.State]:
    # Inside a loop: elsewhere Gradio makes loops of its own, which nobody closes.
    with Page(limits=Limits()) as page:
        return page, gr.State(Session(), time_to_live=3600, delete_callback=page.forget_visit)


def test_the_end_of_a_visits_time_is_the_end_of_its_files_and_memory():
    with ThreadPoolExecutor(1) as apart:  # the browser tests keep a loop running in this thread
        page, remembered = apart.submit(lambda: asyncio.run(_page_with_a_visit())).result()
    holder = StateHolder()
    holder.set_blocks(page)
    photo = cache.FOLDER / "visit" / "holiday.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"a photo")
    page._note(holder["someone"], [{"path": str(photo)}])
    remembered.delete_callback(Session())
    assert photo.exists(), "another visit's time was over"
    remembered.delete_callback(holder["someone"][remembered._id])
    assert "someone" not in holder
    assert not photo.parent.exists()


def test_sweeping_deletes_what_is_old_and_spares_what_is_the_pages_own(tmp_path):
    for name in ("stray", "own"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.png").write_bytes(b"x")
    cache.sweep((), age=3600, folder=tmp_path)
    assert len(list(tmp_path.rglob("*.png"))) == 2, "not old enough"
    time.sleep(0.05)
    cache.sweep([str(tmp_path / "own" / "file.png")], age=0, folder=tmp_path)
    assert list(tmp_path.rglob("*")) == [tmp_path / "own", tmp_path / "own" / "file.png"]


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_no_jump_of_the_clock_keeps_a_file_longer_than_the_hour(tmp_path, monkeypatch, jump):
    (tmp_path / "photo.png").write_bytes(b"x")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    cache.sweep((), folder=tmp_path)
    assert not (tmp_path / "photo.png").exists()


def test_a_small_step_of_the_clock_takes_no_picture_away(tmp_path, monkeypatch):
    (tmp_path / "photo.png").write_bytes(b"x")
    now = time.time()
    for jump in (-60, 60):
        monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
        cache.sweep((), folder=tmp_path)
        assert (tmp_path / "photo.png").exists()


def test_only_files_in_the_cache_are_ever_deleted(tmp_path):
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"x")
    (tmp_path / "cache").mkdir()
    cache.delete([outside, tmp_path / "cache" / "none.png"], folder=tmp_path / "cache")
    assert outside.exists()


def test_an_app_that_is_stopped_leaves_nothing_behind(tmp_path, small_weights):
    environment = os.environ | {"TMPDIR": str(tmp_path), "GLAMOR_DEVICE": "cpu"}
    environment.pop("GRADIO_TEMP_DIR", None)
    port = free_port()
    command = [sys.executable, "app.py", "--checkpoint", str(small_weights[0]), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait(f"http://127.0.0.1:{port}", process)
        assert list(tmp_path.rglob("*.png")), "the first example is in a folder of its own"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
    finally:
        process.kill()
        process.wait()
    assert list(tmp_path.rglob("*")) == []
