"""Nobody fills the app's memory, or keeps it from the others, with one request."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import words
from demo.limits import MIB, Limits, read_limits, variable
from glamor.errors import GlamorError
from tests.limited_app import ELSEWHERE, SMALL
from tests.live_app import LiveApp
from tests.raw_http import RawClient

CALL, MCP = "/gradio_api/call/predict", "/gradio_api/mcp/"
DOORS = (CALL, "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/v2/predict", MCP)
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
TOO_LONG = words.TOO_LONG.format(limit=SMALL.body_mib)
TOO_MANY = words.TOO_MANY_PARTS.format(limit=SMALL.body_parts)


def _predict(app: LiveApp, portrait: Path) -> dict[str, Any]:
    """Have a photo predicted, as a program does from elsewhere, and return the values."""
    with httpx.Client(base_url=app.url, timeout=60, transport=httpx.HTTPTransport(local_address=ELSEWHERE)) as http:
        with portrait.open("rb") as file:
            (kept,) = http.post("/gradio_api/upload", files={"files": ("portrait.jpg", file)}).json()
        photo = {"path": kept, "meta": {"_type": "gradio.FileData"}}
        asked = http.post(CALL, json={"data": [photo]}).json()["event_id"]
        answer = http.get(f"{CALL}/{asked}").text
        assert "event: complete" in answer, answer
        values, _ = json.loads(answer.partition("data: ")[2])
        return dict(values)


@pytest.mark.parametrize("path", DOORS)
def test_a_request_that_says_it_is_too_long_is_refused_before_it_comes(limited: LiveApp, path: str) -> None:
    with RawClient(limited.url) as client:
        client.head(path, "content-type: application/json", f"content-length: {SMALL.body_mib * MIB + 1}")
        answer = client.answer()
    assert (answer.status, answer.body) == (413, {"error": TOO_LONG})


@pytest.mark.parametrize("path", DOORS)
def test_a_request_that_does_not_say_how_long_it_is_is_refused_on_the_way(limited: LiveApp, path: str) -> None:
    with RawClient(limited.url) as client:
        client.head(path, "content-type: application/json", "transfer-encoding: chunked")
        client.chunk(b'{"data": ["')
        for _ in range(SMALL.body_mib):
            client.chunk(b"x" * MIB)
        answer = client.answer()  # it would go on
    assert (answer.status, answer.body) == (413, {"error": TOO_LONG})


def test_a_string_of_a_hundred_megabytes_is_refused_by_default(app: LiveApp) -> None:
    answer = httpx.post(app.url + CALL, json={"data": ["x" * 100_000_000]}, timeout=120)
    told = words.TOO_LONG.format(limit=24)
    assert (answer.status_code, answer.json()) == (413, {"error": told})
    assert "upload the photo as a file" in told


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"data": [' + b",".join([b"1"] * 10**5) + b"]}", TOO_MANY),
        (b'{"data": [' + b",".join([b"[]"] * 10**5) + b"]}", TOO_MANY),
        (b'{"data": [' + b"[" * 200 + b"]" * 200 + b"]}", words.TOO_DEEP.format(limit=64)),
        (b'{"data": [' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"]}", words.TOO_DEEP.format(limit=64)),
    ],
)
def test_a_request_of_very_many_values_is_refused_unread(limited: LiveApp, path: str, body: bytes, told: str) -> None:
    answer = httpx.post(limited.url + path, content=body, headers=JSON, timeout=120)
    assert (answer.status_code, answer.json()) == (413, {"error": told})


def test_very_long_numbers_are_not_read(limited: LiveApp) -> None:
    body = b'{"data": [' + b",".join([b"7" * 4000] * 400) + b"]}"
    answer = httpx.post(limited.url + CALL, content=body, headers=JSON, timeout=120)
    assert (answer.status_code, answer.json()) == (422, {"error": words.NOT_A_REQUEST})


CALLS_A_TOOL = (
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"predict_photo","arguments":{"photo":%s}}}'
)


@pytest.mark.parametrize(
    "body", [CALLS_A_TOOL % (b"7" * 641), CALLS_A_TOOL % rb'"\ud800"', b'{"jsonrpc":', b"\xff\xfe{}"]
)
def test_a_tools_request_that_cannot_be_read_is_told_so(limited: LiveApp, body: bytes) -> None:
    answer = httpx.post(limited.url + "/gradio_api/mcp/", content=body, headers=JSON, timeout=120)
    assert (answer.status_code, answer.json()) == (400, {"error": words.UNREADABLE.format(digits=640)})


@pytest.mark.parametrize("given", [b"7" * 640, b'"\xc3\xa9"', rb'"\u00e9"'])
def test_a_tools_request_that_can_be_read_is(limited: LiveApp, given: bytes) -> None:
    body = CALLS_A_TOOL % given
    answer = httpx.post(limited.url + "/gradio_api/mcp/", content=body, headers=JSON, timeout=120)
    assert answer.status_code == 200
    assert "isError" in answer.text


def test_a_photo_is_answered_while_others_send_the_worst_that_is_let_in(app: LiveApp, portrait: Path) -> None:
    most, room = Limits(), Limits().body_mib * MIB
    worst = (
        b'{"data": [' + b",".join([b"1"] * (room // 2 - 100)) + b"]}",
        b'{"data": [' + b",".join([b"7" * 640] * (most.body_parts - 10)) + b"]}",
        b'{"data": ["' + rb"\u00e9" * (room // 6 - 100) + b'"]}',
        b'{"data": [{"path": null, "url": "data:image/jpeg;base64,' + b"A" * (room - 200) + b'"}]}',
    )
    statuses: list[int] = []

    def flood() -> None:
        for body in worst:
            statuses.append(httpx.post(app.url + CALL, content=body, headers=JSON, timeout=300).status_code)

    flooding = threading.Thread(target=flood)
    flooding.start()
    assert _predict(app, portrait)["faces"]
    flooding.join()
    assert statuses == [413, 200, 200, 200]


def test_a_photo_is_answered_while_long_requests_are_half_way_and_a_third_of_them_is_refused(
    limited: LiveApp, portrait: Path
) -> None:
    halves = [RawClient(limited.url) for _ in range(3)]
    for client in halves:
        client.head(CALL, "content-type: application/json", "transfer-encoding: chunked")
        client.chunk(b'{"data": ["' + b"x" * 100_000)
    refused = halves[2].answer()
    told = words.MANY_ARRIVING_FROM_YOU.format(most=SMALL.arriving_per_address)
    assert (refused.status, refused.body) == (429, {"error": told})
    assert _predict(limited, portrait)["faces"]
    for client in halves[:2]:  # nothing more comes from these
        assert client.answer().status == 408
        assert client.is_closed()
    for client in halves:
        client.socket.close()


def test_a_request_shorter_than_it_says_is_given_up(limited: LiveApp) -> None:
    with RawClient(limited.url) as client:
        client.head(CALL, "content-type: application/json", "content-length: 100")
        client.send(b'{"data": []}')
        answer = client.answer()
        assert (answer.status, answer.body) == (408, {"error": words.STALLED.format(seconds=SMALL.stall_seconds)})
        assert client.is_closed()


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5", "1e3", "٣", "9" * 5000, "1000001"])
def test_a_limit_that_is_no_number_ends_the_start_with_one_sentence(given: str) -> None:
    with pytest.raises(GlamorError, match=r"GLAMOR_MAX_BODY_MIB is .*Set it to a whole number from 1 to") as told:
        read_limits({"GLAMOR_MAX_BODY_MIB": given})
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 200


def test_every_limit_is_set_by_its_variable_and_stands_in_the_documentation() -> None:
    hosting = (Path(__file__).parents[3] / "docs" / "hosting.md").read_text(encoding="utf-8")
    for name, default in vars(Limits()).items():
        assert f"| `{variable(name)}` | `{default}` |" in hosting
        most = {"GLAMOR_MAX_WAITING": "900"} | {variable(name): "77"}
        if name == "waiting":
            most["GLAMOR_MAX_WAITING_PROGRAMS"] = "5"
        assert vars(read_limits(most))[name] == 77
    assert read_limits({"GLAMOR_MAX_BODY_MIB": " "}) == read_limits({}) == Limits()


def test_programs_may_not_be_given_the_whole_queue() -> None:
    with pytest.raises(GlamorError, match="GLAMOR_MAX_WAITING_PROGRAMS is 9 and GLAMOR_MAX_WAITING is 9"):
        read_limits({"GLAMOR_MAX_WAITING_PROGRAMS": "9", "GLAMOR_MAX_WAITING": "9"})
