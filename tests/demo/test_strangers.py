"""Two visitors at once: neither ever sees what is the other's."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from demo import words
from demo.page import MAX_VISITS
from tests.visitor import Visitor, without_folders

METHOD, OPACITY = "grad_cam", 0.7
PICTURES = ("photo-shown",)  # the map comes after it
ROUNDS = 3


@pytest.fixture(scope="module")
def app(small_app):
    return small_app


@pytest.fixture
def photos(astronaut, grace_hopper, tmp_path) -> tuple[Path, Path]:
    """Two different people's photos in files of one name."""
    for folder, photo in (("one", astronaut), ("other", grace_hopper)):
        (tmp_path / folder).mkdir()
        Image.fromarray(photo).save(tmp_path / folder / "me.png")
    return tmp_path / "one" / "me.png", tmp_path / "other" / "me.png"


def _seen(visitor: Visitor, screen: dict) -> list[bytes]:
    return [visitor.http.get(f"/gradio_api/file={screen[name]['value']['path']}").content for name in PICTURES]


def _paths(screen: dict) -> set[str]:
    return {screen[name]["value"]["path"] for name in PICTURES}


def _alone(url: str, photo: Path) -> tuple[dict, list[bytes], bytes]:
    with Visitor(url) as visitor:
        event = visitor.event("photo", "input")
        screen = visitor.act(event, None, visitor.upload(photo), METHOD, OPACITY)
        moved = visitor.act(visitor.then(event), None, OPACITY)["moved-picture"]["value"]["path"]
        return screen, _seen(visitor, screen), visitor.http.get(f"/gradio_api/file={moved}").content


def test_interleaved_visitors_get_what_each_would_get_alone(app, photos):
    alone = [_alone(app.url, photo) for photo in photos]
    assert alone[0][0]["answer"] != alone[1][0]["answer"]
    with Visitor(app.url) as one, Visitor(app.url) as other:
        visitors = (one, other)
        event = one.event("photo", "input")
        for _ in range(ROUNDS):
            uploads = [visitor.upload(photo) for visitor, photo in zip(visitors, photos, strict=True)]
            asked = [v.start(event, None, u, METHOD, OPACITY) for v, u in zip(visitors, uploads, strict=True)]
            screens = [_named(v, event, v.finish(name)) for v, name in zip(visitors, asked, strict=True)]
            asked = [v.start(v.then(event), None, OPACITY) for v in reversed(visitors)]
            maps = [_named(v, v.then(event), v.finish(n)) for v, n in zip(reversed(visitors), asked, strict=True)]
            for visitor, screen, moved, (lone, pictures, picture) in zip(
                visitors, screens, reversed(maps), alone, strict=True
            ):
                assert screen["answer"] == lone["answer"]
                assert _seen(visitor, screen) == pictures
                path = moved["moved-picture"]["value"]["path"]
                assert visitor.http.get(f"/gradio_api/file={path}").content == picture
            assert not _paths(screens[0]) & _paths(screens[1])


def test_a_visitor_without_a_photo_gets_nothing_of_anothers(app, photos):
    def does(visitor: Visitor) -> list[dict]:
        removed = visitor.act(visitor.event("remove-face", "click"), None, OPACITY)
        return [removed, visitor.act(visitor.event("opacity", "input"), None, 0.2)]

    with Visitor(app.url) as alone:
        expected = does(alone)  # with the example that every session begins with
    with Visitor(app.url) as one, Visitor(app.url) as other:
        mine = one.act(one.event("photo", "input"), None, one.upload(photos[1]), METHOD, OPACITY)
        got = does(other)
    assert not any(path in str(got) for path in _paths(mine))
    assert list(map(without_folders, got)) == list(map(without_folders, expected))


def test_programs_do_not_make_the_page_forget_a_visitor(app, photos):
    with Visitor(app.url) as visitor:
        visitor.act(visitor.event("photo", "input"), None, visitor.upload(photos[1]), METHOD, OPACITY)
        before = visitor.act(visitor.event("opacity", "input"), None, 0.2)
        for _ in range(MAX_VISITS + 6):  # each without a session, as curl does
            asked = visitor.http.post("/gradio_api/call/predict", json={"data": [None, None]}).json()["event_id"]
            assert "event: error" in visitor.http.get(f"/gradio_api/call/predict/{asked}").text
        after = visitor.act(visitor.event("opacity", "input"), None, 0.2)
        assert without_folders(after) == without_folders(before)


def test_a_visitor_does_not_wait_behind_a_programs_many_photos(app, photos):
    with Visitor(app.url) as visitor, httpx.Client(base_url=app.url, timeout=600) as http:
        calls, wish = "/gradio_api/call/predict", {"data": [visitor.upload(photos[1])]}
        asked = [http.post(calls, json=wish).json()["event_id"] for _ in range(60)]
        last = threading.Thread(target=http.get, args=(f"{calls}/{asked[-1]}",))
        last.start()
        visitor.act(visitor.event("opacity", "input"), None, 0.2)
        assert last.is_alive(), "the last of the program's photos is still waited for"
        last.join()


def test_a_forgotten_visitor_is_told_and_gets_nobody_elses_answer(app, photos):
    with Visitor(app.url) as visitor:
        visitor.act(visitor.event("photo", "input"), None, visitor.upload(photos[1]), METHOD, OPACITY)
        visitor.session = visitor.session[::-1]  # the page remembers as much of this one as of one that it forgot
        event = visitor.event("faces", "input")
        steps = ((event, (0, OPACITY), True), (visitor.then(event), (OPACITY,), False))
        for asked, values, told in steps:  # once a deed, not once a step of it
            refused = visitor.hear(visitor.start(asked, None, *values))
            assert not refused["success"]
            assert refused["output"]["error"] == words.VISIT_OVER
            assert refused["output"]["visible"] is told
        visitor.open()
        assert visitor.act(visitor.event("opacity", "input"), None, 0.2), "opened anew, it answers again"


def test_two_who_send_the_same_photo_have_no_file_in_common(app, photos):
    with Visitor(app.url) as one, Visitor(app.url) as other:
        event = one.event("photo", "input")

        def files(visitor: Visitor) -> set[Path]:
            sent = visitor.upload(photos[0])
            screen = visitor.act(event, None, sent, METHOD, OPACITY)
            return {Path(sent["path"]), Path(screen["photo-shown"]["value"]["path"])}

        ones, others = files(one), files(other)
        assert not ones & others
        one.act(one.event("delete-now", "click"), *[None] * len(one.event("delete-now", "click")["inputs"]))
        assert all(path.exists() for path in others)


def test_no_address_lists_what_visitors_sent(app, photos):
    with Visitor(app.url) as one:
        path = Path(one.upload(photos[0])["path"])
        for folder in (path.parent, path.parent.parent):
            assert httpx.get(f"{app.url}/gradio_api/file={folder}").status_code in (403, 404)
        # Nobody can guess the folder's name.
        assert len(path.parent.name) == 64
        assert np.asarray(Image.open(path)).shape == (512, 512, 3)


def _named(visitor: Visitor, event: dict, outputs: list) -> dict:
    names = {one["id"]: one["props"].get("elem_id") for one in visitor.config["components"]}
    return {names.get(block): value for block, value in zip(event["outputs"], outputs, strict=True)}
