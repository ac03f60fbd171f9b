"""No request reaches a file that was not uploaded or made here: whichever event, endpoint or address it goes to."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from demo import cache, parse, words
from demo.uploads import checked, own_file
from glamor.errors import PhotoError
from tests.demo.conftest import LiveApp
from tests.visitor import Visitor

CALL = "/gradio_api/call"
MARKED = {"meta": {"_type": "gradio.FileData"}}
PROGRAMS = {"predict": 2, "explain": 7, "intervene": 7, "trust": 5}  # endpoints and how many arguments they take
METHOD, OPACITY = "grad_cam", 0.7


@pytest.fixture(scope="module")
def app(small_app):
    return small_app


@pytest.fixture(scope="module")
def kept(app: LiveApp, astronaut: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A photo that was uploaded."""
    return _upload(app, astronaut, tmp_path_factory.mktemp("own"))


@pytest.fixture
def fresh(app: LiveApp, astronaut: Any, tmp_path: Path) -> str:
    """A photo that was uploaded this moment: after two minutes one that no event has used is deleted."""
    return _upload(app, astronaut, tmp_path)


def _upload(app: LiveApp, photo: Any, folder: Path) -> str:
    Image.fromarray(photo).save(folder / "me.png")
    with Visitor(app.url) as visitor:
        return str(visitor.upload(folder / "me.png")["path"])


@pytest.fixture(scope="module")
def outside(astronaut: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of the host's, which the app could open."""
    path = tmp_path_factory.mktemp("host") / "private.png"
    Image.fromarray(astronaut).save(path)
    return path


@pytest.fixture(scope="module")
def paths(app: LiveApp, kept: str, outside: Path) -> Iterator[dict[str, Any]]:
    """What a stranger may name, by what is the matter with it."""
    folder = app.cache / "planted"
    folder.mkdir()
    (folder / "link.png").symlink_to(outside)
    (folder / "link").symlink_to(outside.parent)
    (folder / "own-link.png").symlink_to(kept)
    os.mkfifo(folder / "pipe.png")
    to_outside = os.path.relpath(outside, app.cache)
    yield {
        "picture outside": str(outside),
        "nothing outside": str(outside.with_name("none.png")),
        "out by dots": f"{app.cache}/{to_outside}",
        "out by more dots": f"{kept}/../../{to_outside}",
        "nothing by dots": f"{app.cache}/../none.png",
        "from where the app runs": os.path.relpath(outside, Path(__file__).parents[2]),
        "link": str(folder / "link.png"),
        "link to an upload": str(folder / "own-link.png"),
        "folder that is a link": str(folder / "link" / outside.name),
        "pipe": str(folder / "pipe.png"),
        "folder": str(Path(kept).parent),
        "cache": str(app.cache),
        "root": "/",
        "nothing inside": str(Path(kept).with_name("none.png")),
        "folder with the cache's name before its own": f"{app.cache}-more/{outside.name}",
        "environment": "/proc/self/environ",
        "by the app's own folder": f"/proc/self/root{outside}",
        "device": "/dev/zero",
        "standard input": "/dev/stdin",
        "home": "/root/.bashrc",
        "tilde": f"~/../..{outside}",
        "address of a file": outside.as_uri(),
        "address with dots": f"{app.url}/gradio_api/file={app.cache}/{to_outside}",
        "own address": f"{app.url}/gradio_api/file={outside}",
        "coded address": f"{app.url}/gradio_api/file=%2F{str(outside)[1:].replace('/', '%2F')}",
        "coded": str(outside).replace("/", "%2F"),
        "zero byte": f"{outside}\0.png",
        "zero byte in an upload": f"{kept}\0",
        "half a letter": f"{app.cache}/\ud800.png",
        "very long": f"{app.cache}/{'a' * 300}.png",
        "far too long": "/" + "a/" * 500_000,
        "number": 5,
        "mapping": {"path": str(outside)},
        "list": [str(outside)],
    }
    shutil.rmtree(folder)


def _forms(path: Any) -> list[Any]:
    """Return the ways to name a file, with and without the mark by which Gradio knows one."""
    address = f"/gradio_api/file={path}"
    return [
        {"path": path},
        {"path": path} | MARKED,
        {"path": path, "url": address, "orig_name": "a.png", "size": 9, "mime_type": "image/png"} | MARKED,
        {"path": None, "url": address},
    ]


def _answer(http: httpx.Client, name: str, data: list[Any]) -> str:
    # (httpx's own JSON takes no half a letter.)
    asked = http.post(
        f"{CALL}/{name}", content=json.dumps({"data": data}), headers={"content-type": "application/json"}
    ).json()["event_id"]
    return http.get(f"{CALL}/{name}/{asked}").text


def _refusals(answers: dict[Any, str]) -> set[str]:
    """Return the sentences of answers that must be errors, in whole, so that they can be compared to the byte."""
    got = {key: answer for key, answer in answers.items() if "event: error" not in answer}
    assert got == {}
    return set(answers.values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_program_reads_a_file_that_was_not_uploaded_nor_learns_whether_it_is_there(app, paths, name):
    with httpx.Client(base_url=app.url, timeout=60) as http:
        told = {
            (matter, number): _answer(http, name, [form] + [None] * (PROGRAMS[name] - 1))
            for matter, path in paths.items()
            for number, form in enumerate(_forms(path))
        }
    (refused,) = _refusals(told)
    assert json.loads(refused.partition("data: ")[2])["error"] == words.BAD_INPUTS


def test_no_event_takes_a_file_that_was_not_uploaded_nor_tells_whether_it_is_there(app, paths):
    """Every event that the app lists, in every place of its inputs and inside lists, as galleries send them."""
    told = {}
    with Visitor(app.url) as visitor:
        events = [event for event in visitor.config["dependencies"] if event["backend_fn"] and event["inputs"]]
        assert len(events) > 60
        for event in events:
            asked = {}
            for number, (matter, form) in enumerate(product(("picture outside", "nothing outside", "pipe"), (0, 1))):
                named = _forms(paths[matter])[form]
                value = (named, [{"image": named, "caption": None}], {"files": [named]})[number % 3]
                asked[event["id"], number] = visitor.start(event, *[value] * len(event["inputs"]))
            told |= {key: visitor.hear(name) for key, name in asked.items()}
    assert {key for key, answer in told.items() if answer["success"]} == set()
    assert {answer["output"]["error"] for answer in told.values()} == {words.BAD_INPUTS}


def test_an_upload_is_answered_however_it_is_named(app, fresh):
    with httpx.Client(base_url=app.url, timeout=60) as http:
        for own in (fresh, f"{app.url}/gradio_api/file={fresh}", f"https://example.org/app/gradio_api/file={fresh}"):
            for form in _forms(own)[:2] if own != fresh else _forms(own)[:3]:
                assert "event: complete" in _answer(http, "predict", [form, None]), form


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_address_serves_a_file_that_is_not_in_the_cache_nor_tells_whether_it_is_there(app, paths, method):
    names = [name for name in paths.values() if isinstance(name, str) and len(name) < 5000 and "\ud800" not in name]
    asked = [f"/gradio_api/file={quote(name)}" for name in names]
    asked += [f"/gradio_api/file/{quote(name)}" for name in names]
    asked += [f"/gradio_api/proxy={app.url}/config", f"/gradio_api/file={app.url}/config", "/gradio_api/file="]
    answers = {}
    for path in asked:
        plain = HTTPConnection(app.url.removeprefix("http://"), timeout=60)  # httpx would resolve the dots itself
        plain.request(method, path)
        answer = plain.getresponse()
        answers[path] = answer.status, answer.read()
        plain.close()
    assert {path: answer for path, answer in answers.items() if answer[0] != 404} == {}
    assert len({answer for path, answer in answers.items() if path.startswith("/gradio_api/file=")}) == 1


def test_a_file_of_the_cache_is_served_whole_and_in_parts(app, fresh):
    whole = Path(fresh).read_bytes()
    with httpx.Client(base_url=app.url, timeout=60) as http:
        address = f"/gradio_api/file={fresh}"
        assert http.get(address).content == whole
        assert http.head(address).headers["content-length"] == str(len(whole))
        part = http.get(address, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
        assert http.get(address, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "report.zip", "unknown"])
def test_what_could_run_in_a_browser_is_only_ever_downloaded(app, tmp_path, name):
    (tmp_path / name).write_text("<script>alert(1)</script>")
    with Visitor(app.url) as visitor:
        answer = visitor.http.get(visitor.upload(tmp_path / name)["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["../../../me.png", "/etc/me.png", "..\\..\\me.png", "..", "a/../../me.png"])
def test_an_upload_lies_in_a_folder_that_whoever_has_not_the_app_cannot_name(app, name):
    content = b"a photo of somebody"
    with httpx.Client(base_url=app.url, timeout=60) as http:
        answer = http.post("/gradio_api/upload", files={"files": (name, content)})
    if answer.status_code != 200:
        assert name == ".."
        return
    (path,) = map(Path, answer.json())
    assert app.cache in path.parents
    assert path == Path(os.path.normpath(path))
    assert len(path.parent.name) == 64
    assert path.parent.name not in {hash_(content).hexdigest() for hash_ in (hashlib.sha256, hashlib.blake2s)}
    with httpx.Client(base_url=app.url, timeout=60) as http:
        (again,) = map(Path, http.post("/gradio_api/upload", files={"files": (name, content)}).json())
    assert again.parent != path.parent, "whoever has the photo, too, does not know where another's lies"


def test_deleting_a_visit_deletes_nothing_outside_the_cache_whatever_it_named(app, outside):
    victim = app.scratch / "letter.txt"
    victim.write_text("dear diary")
    named = [f"{app.cache}/../scratch/letter.txt", f"{app.cache}/../{os.path.relpath(victim, app.cache.parent)}"]
    with Visitor(app.url) as visitor:
        for name in named:
            visitor.hear(visitor.start(visitor.event("photo", "input"), None, None, name, OPACITY))
        event = visitor.event("delete-now", "click")
        visitor.act(event, None, *[None] * (len(event["inputs"]) - 1))
        visitor.act(visitor.then(event))
    assert victim.exists()
    victim.unlink()


def test_the_last_door_is_closed_as_well(tmp_path, astronaut):
    path = tmp_path / "photo.png"
    Image.fromarray(astronaut).save(path)
    for name in (str(path), str(path.with_name("none.png")), f"{cache.FOLDER}/../{path}", "", "\0", "."):
        if name:
            with pytest.raises(PhotoError) as refused:
                parse.photo_source({"path": name})
            assert str(refused.value) == words.BAD_INPUTS
    assert parse.photo_source({"path": ""}) is None


def test_a_file_is_found_where_the_caches_own_folder_is_a_link(tmp_path):
    (tmp_path / "real" / "one").mkdir(parents=True)
    (tmp_path / "real" / "one" / "a.png").write_bytes(b"x")
    (tmp_path / "cache").symlink_to("real")
    folder = tmp_path / "cache"
    expected = folder / "one" / "a.png"
    assert own_file(str(expected), folder) == expected
    assert own_file(str(tmp_path / "real" / "one" / "a.png"), folder) == expected
    with pytest.raises(PhotoError):
        own_file(str(folder), folder)


def test_what_names_no_file_is_left_as_it_is():
    values = ["text /etc/passwd", 5, None, True, [[1.0, 2.0]], {"value": "x", "more": {"deep": ["y"]}}]
    assert checked(values) == values
    inline = {"path": None, "url": "data:image/png;base64,AAAA", "orig_name": "a.png"}
    assert checked([inline]) == [inline]
    web = {"path": "https://example.org/a.png", "url": "https://example.org/a.png"}
    assert checked(web | MARKED) == web | MARKED, "which Gradio fetches if it is public"
    with pytest.raises(PhotoError):
        checked(web)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/a", "http://[", "//etc/passwd", "x"])
def test_an_address_that_is_neither_inline_nor_of_the_web_is_refused(address):
    for value in ({"path": None, "url": address} | MARKED, {"deep": [{"url": address}]}, {"path": address} | MARKED):
        with pytest.raises(PhotoError) as refused:
            checked(value)
        assert str(refused.value) == words.BAD_INPUTS
