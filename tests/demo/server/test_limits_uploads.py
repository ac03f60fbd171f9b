"""Uploads stay within limits of length, number, room and pace, and nothing half-written stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from demo import words
from demo.limits import MIB
from demo.room import Room
from tests.limited_app import ELSEWHERE, SMALL, client_from, uploads
from tests.live_app import LiveApp
from tests.raw_http import RawClient
from tests.visitor import Visitor

UPLOAD = "/gradio_api/upload"
FORM = "content-type: multipart/form-data; boundary=x"
CHUNKED = "transfer-encoding: chunked"
PATIENCE = 60.0
TOO_LONG = words.UPLOAD_TOO_LONG.format(files=SMALL.upload_files, limit=SMALL.upload_mib)


def _part(name: str = "photo.jpg", field: str = "files") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()


def _soon(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()


def _post(app: LiveApp, *files: bytes, field: str = "files") -> httpx.Response:
    form = [(field, (f"{number}.bin", content)) for number, content in enumerate(files)]
    return httpx.post(app.url + UPLOAD, files=form, timeout=120)


def test_files_within_the_limits_are_taken(limited: LiveApp) -> None:
    answer = _post(limited, *(b"%d" % number * MIB for number in range(SMALL.upload_files)))
    assert answer.status_code == 200
    assert [Path(path).stat().st_size for path in answer.json()] == [MIB] * SMALL.upload_files
    for path in answer.json():
        Path(path).unlink()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([b"x" * (MIB + 1)], words.FILE_TOO_LONG.format(limit=SMALL.upload_mib)),
        ([b"x", b"x" * (MIB + 1)], words.FILE_TOO_LONG.format(limit=SMALL.upload_mib)),
        ([b"x"] * (SMALL.upload_files + 1), words.TOO_MANY_FILES.format(limit=SMALL.upload_files)),
        ([b"x" * MIB] * (SMALL.upload_files + 1), TOO_LONG),
        ([b"x" * 20 * MIB], TOO_LONG),
    ],
)
def test_files_beyond_the_limits_are_refused_and_not_kept(limited: LiveApp, files: list[bytes], told: str) -> None:
    before = uploads(limited)
    answer = _post(limited, *files)
    assert (answer.status_code, answer.json()) == (413, {"error": told})
    assert uploads(limited) == before


def test_a_file_that_goes_on_is_refused_on_the_way(limited: LiveApp) -> None:
    before = uploads(limited)
    with RawClient(limited.url) as client:
        client.head(UPLOAD, FORM, CHUNKED)
        client.chunk(_part())
        for _ in range(SMALL.upload_mib + 1):
            client.chunk(b"x" * MIB)
        answer = client.answer()  # it would go on
    assert (answer.status, answer.body) == (413, {"error": words.FILE_TOO_LONG.format(limit=SMALL.upload_mib)})
    assert uploads(limited) == before


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\n' + b"x" * MIB,
        _part(field="others") + b"x\r\n--x--\r\n",
        _part() + b"x",
        b"no form",
    ],
)
@pytest.mark.parametrize("query", ["", "?upload_id=abc"])
def test_what_is_no_form_of_files_is_told_so_and_not_kept(limited: LiveApp, body: bytes, query: str) -> None:
    before = uploads(limited)
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = httpx.post(limited.url + UPLOAD + query, content=body, headers=kind, timeout=120)
    assert (answer.status_code, answer.json()) == (400, {"error": words.NOT_AN_UPLOAD})
    assert uploads(limited) == before
    assert "Traceback" not in limited.log.read_text()


def test_a_file_that_breaks_off_is_not_kept(limited: LiveApp) -> None:
    before = uploads(limited)
    with RawClient(limited.url) as client:
        client.head(UPLOAD, FORM, CHUNKED)
        client.chunk(_part() + b"x" * 100_000)
        assert _soon(lambda: uploads(limited) != before), "it is being written"
    assert _soon(lambda: uploads(limited) == before)


def test_files_that_do_not_come_on_are_given_up_and_others_are_told_when_there_are_too_many(
    limited: LiveApp, portrait: Path
) -> None:
    before = uploads(limited)
    addresses = ["127.0.0.1"] * 3 + [ELSEWHERE] * 2 + ["127.0.0.3"]
    clients = [RawClient(limited.url, address) for address in addresses]
    for client in clients:
        client.head(UPLOAD, FORM, CHUNKED)
        client.chunk(_part() + b"x" * 1000)
    mine, all_of_us = clients[2].answer(), clients[5].answer()
    assert (mine.status, mine.body["error"]) == (
        429,
        words.MANY_ARRIVING_FROM_YOU.format(most=SMALL.arriving_per_address),
    )
    assert (all_of_us.status, all_of_us.body["error"]) == (429, words.MANY_ARRIVING.format(most=SMALL.arriving))
    assert httpx.get(limited.url + "/config", timeout=60).status_code == 200
    for client in clients[:2] + clients[3:5]:
        given_up = client.answer()
        assert given_up.status == 408
        assert given_up.body["error"] == words.STALLED.format(seconds=SMALL.stall_seconds)
        assert client.is_closed()
    assert _soon(lambda: uploads(limited) == before)
    for client in clients:
        client.socket.close()
    with Visitor(limited.url) as visitor:
        Path(visitor.upload(portrait)["path"]).unlink()  # the places are free again


def test_a_file_that_comes_drop_by_drop_is_given_up(limited: LiveApp) -> None:
    with RawClient(limited.url) as client:
        client.head(UPLOAD, FORM, CHUNKED)
        client.chunk(_part())
        client.socket.settimeout(0.2)
        end, said = time.monotonic() + PATIENCE, b""
        while not said and time.monotonic() < end:
            client.chunk(b"x")
            try:
                said = client.socket.recv(100)
            except TimeoutError:
                continue
    assert b" 408 " in said


def _cache(app: LiveApp) -> Path:
    """Return the folder that the app's present run writes into."""
    (folder,) = app.cache.glob("run-*/cache")
    return folder


def test_a_full_cache_takes_no_more_files_until_there_is_room(limited: LiveApp, portrait: Path) -> None:
    filler = _cache(limited) / "filler"
    with Visitor(limited.url) as visitor:
        photo = visitor.upload(portrait)
        event = visitor.event("photo", "input")
        visitor.act(event, None, photo, "attention", 0.7)
        filler.write_bytes(bytes(SMALL.cache_mib * MIB))
        time.sleep(1.1)  # the folder is looked at once a second
        try:
            before = uploads(limited)
            answer = _post(limited, b"x" * 1000)
            assert (answer.status_code, answer.json()) == (507, {"error": words.CACHE_FULL})
            told = visitor.hear(visitor.start(visitor.event("opacity", "input"), None, 0.34))
            assert words.CACHE_FULL in str(told["output"])
            tool = {"name": "predict_photo", "arguments": {"photo": "data:image/jpeg;base64," + "A" * 1000}}
            answer = httpx.post(
                f"{limited.url}/gradio_api/mcp/",
                json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool},
                headers={"accept": "application/json, text/event-stream"},
            )
            assert (answer.status_code, answer.json()) == (507, {"error": words.CACHE_FULL})
            assert uploads(limited) == before
        finally:
            filler.unlink()
        time.sleep(1.1)
        assert visitor.act(visitor.event("opacity", "input"), None, 0.35)["moved-picture"]["value"]


def test_a_cache_that_fills_while_a_file_comes_ends_it(limited: LiveApp) -> None:
    before, filler = uploads(limited), _cache(limited) / "filler"
    with client_from(limited, ELSEWHERE) as other, RawClient(limited.url) as client:
        client.head(UPLOAD, FORM, CHUNKED)
        client.chunk(_part() + b"x" * 1000)
        filler.write_bytes(bytes(SMALL.cache_mib * MIB))
        time.sleep(1.1)
        try:
            assert other.post(UPLOAD, files={"files": b"x"}).status_code == 507
            client.chunk(b"x" * 1000)
            answer = client.answer()
            assert (answer.status, answer.body) == (507, {"error": words.CACHE_FULL})
        finally:
            filler.unlink()
    assert uploads(limited) == before


def test_room_is_counted_between_two_looks_and_measured_anew(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "photo").write_bytes(bytes(600))
    (tmp_path / "link").symlink_to("/")
    rest = 2000 - 600 - (tmp_path / "link").lstat().st_size
    room = Room(2000, tmp_path)
    room.measure()
    assert (room.fits(rest), room.fits(rest + 1)) == (True, False)
    assert (room.take(rest), room.take(1)) == (True, False)
    (tmp_path / "folder" / "photo").unlink()
    time.sleep(1.1)
    assert not room.take(1), "nobody has looked"
    room.measure()
    assert (room.take(rest + 600), room.take(1)) == (True, False)
