"""Programs are refused long before they shut visitors out, by whatever way they come."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from demo import words
from demo.limits import MIB
from tests.limited_app import SMALL
from tests.live_app import LiveApp
from tests.visitor import Visitor

CALL = "/gradio_api/call/trust"
MANY = words.MANY_PROGRAMS.format(waiting=SMALL.waiting_programs)
AT_ONCE = 2  # of one queue of programs run while the others wait


@pytest.fixture
def visitor(limited: LiveApp) -> Iterator[Visitor]:
    with Visitor(limited.url) as one:
        yield one


def _ended(http: httpx.Client, answers: list[httpx.Response]) -> list[str]:
    names = [answer.json()["event_id"] for answer in answers if answer.status_code == 200]
    return [http.get(f"{CALL}/{name}").text for name in names]


def test_waiting_programs_do_not_shut_the_pages_visitors_out(visitor: Visitor, portrait: Path) -> None:
    photo = visitor.upload(portrait)
    event = visitor.event("photo", "input")
    visitor.act(event, None, photo, "attention", 0.7)
    answers = [visitor.http.post(CALL, json={"data": [photo]}) for _ in range(SMALL.waiting)]
    taken = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(taken) == AT_ONCE + SMALL.waiting_programs
    assert {(answer.status_code, answer.json()["error"]) for answer in refused} == {(503, MANY)}
    assert all(answer.headers["retry-after"] for answer in refused)
    assert visitor.act(visitor.event("opacity", "input"), None, 0.3)["moved-picture"]["value"]
    ended = _ended(visitor.http, taken)
    assert len(ended) == len(taken)
    assert all("event: complete" in answer for answer in ended)


def test_every_way_in_is_counted(limited: LiveApp, visitor: Visitor, portrait: Path) -> None:
    photo = visitor.upload(portrait)
    (trust,) = [one for one in visitor.config["dependencies"] if one["api_name"] == "trust"]
    ways = {
        "/gradio_api/call/trust": {"data": [photo]},
        "/gradio_api/call/v2/trust": {"photo": photo},
        "/gradio_api/queue/join": {"data": [photo], "fn_index": trust["id"], "session_hash": "a-program"},
    }
    filling = [visitor.http.post(CALL, json={"data": [photo]}) for _ in range(AT_ONCE + SMALL.waiting_programs)]
    for path, body in ways.items():
        answer = visitor.http.post(path, json=body)
        assert (answer.status_code, answer.json()) == (503, {"error": MANY}), path
    assert "Queue is full" in _tool(limited, "trust_photo", {"photo": _inline(portrait)})
    assert all("event: complete" in answer for answer in _ended(visitor.http, filling))


@pytest.mark.parametrize(("way", "told"), [("run", "join the queue"), ("api", words.NO_SUCH_ADDRESS)])
def test_nobody_goes_round_the_queue(limited: LiveApp, visitor: Visitor, portrait: Path, way: str, told: str) -> None:
    photo = visitor.upload(portrait)
    for one in visitor.config["dependencies"]:
        queued = one["queue"] is not False
        if not one["backend_fn"] or not queued:
            continue
        name = one["api_name"] if one["api_visibility"] == "public" else "predict"
        for path in (f"/gradio_api/{way}/{name}", f"/gradio_api/{way}/{name}/"):
            asked = {"data": [photo], "fn_index": one["id"], "session_hash": visitor.session}
            answer = visitor.http.post(path, json=asked)
            assert answer.status_code == 404, (path, one["id"])
            assert told in answer.text
    begins = [one for one in visitor.config["dependencies"] if one["backend_fn"] and one["queue"] is False]
    assert all([name for _, name in one["targets"]] == ["load"] for one in begins), "only a visit's begin is at once"


@pytest.mark.parametrize("path", ["/gradio_api/component_server", "/gradio_api/process_recording"])
def test_gradios_other_ways_in_are_closed(limited: LiveApp, portrait: Path, path: str) -> None:
    for answer in (
        httpx.post(limited.url + path, json={"data": 1, "component_id": 1, "session_hash": "x", "fn_name": "y"}),
        httpx.post(limited.url + path + "/", files={"video": portrait.read_bytes()}),
    ):
        assert (answer.status_code, answer.json()) == (404, {"error": words.NO_SUCH_ADDRESS})
    assert not [path for path in limited.scratch.rglob("*") if path.is_file()]


def test_what_waits_is_held_up_to_a_limit(visitor: Visitor, portrait: Path) -> None:
    long = {"path": None, "url": _inline(portrait, MIB * 7 // 5), "meta": {"_type": "gradio.FileData"}}
    answers = [visitor.http.post(CALL, json={"data": [long]}) for _ in range(AT_ONCE + 3)]
    assert [answer.status_code for answer in answers] == [200] * (AT_ONCE + 2) + [503]
    assert answers[-1].json() == {"error": words.MANY_BODIES}
    assert all("event: complete" in answer for answer in _ended(visitor.http, answers))


def test_tools_are_called_up_to_a_limit_and_files_are_handed_out_meanwhile(
    limited: LiveApp, visitor: Visitor, portrait: Path
) -> None:
    with ThreadPoolExecutor(SMALL.tool_calls + 2) as pool:
        asked = [pool.submit(_post_tool, limited, portrait) for _ in range(SMALL.tool_calls + 2)]
        kept = visitor.upload(portrait)
        assert visitor.http.get(kept["url"]).content == portrait.read_bytes()
        statuses = sorted(job.result().status_code for job in asked)
    assert statuses == [200] * SMALL.tool_calls + [429] * 2
    refused = [job.result() for job in asked if job.result().status_code == 429]
    assert {answer.json()["error"] for answer in refused} == {words.MANY_TOOLS.format(most=SMALL.tool_calls)}


def _inline(photo: Path, length: int = 0) -> str:
    """Return a photo inside an address; what is added behind its end makes it longer, bytes."""
    return "data:image/jpeg;base64," + base64.b64encode(photo.read_bytes().ljust(length, b"\0")).decode()


def _post_tool(app: LiveApp, photo: Path) -> httpx.Response:
    wish = {"name": "trust_photo", "arguments": {"photo": _inline(photo)}}
    return httpx.post(
        f"{app.url}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": wish},
        headers={"accept": "application/json, text/event-stream"},
        timeout=300,
    )


def _tool(app: LiveApp, name: str, arguments: dict[str, Any]) -> str:
    """Return the refusal of a tool."""

    async def talk() -> Any:
        async with (
            streamable_http_client(f"{app.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await session.call_tool(name, arguments)

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(asyncio.run, talk()).result()
    assert answer.isError
    return str(answer.content[0].text)


@pytest.mark.parametrize("name", ["predict", "explain", "intervene", "trust"])
def test_more_arguments_than_an_endpoint_has_are_an_error(visitor: Visitor, portrait: Path, name: str) -> None:
    (endpoint,) = [one for one in visitor.config["dependencies"] if one["api_name"] == name]
    most = len(endpoint["inputs"])
    data = [visitor.upload(portrait), *[None] * most]
    asked = visitor.http.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
    kind, _, rest = visitor.http.get(f"/gradio_api/call/{name}/{asked}").text.strip().partition("\n")
    told = json.loads(rest.removeprefix("data: "))["error"]
    assert kind == "event: error"
    assert told.startswith(f"{name} was given {most + 1} arguments, but takes {most}: photo, ")
    asked = visitor.http.post(f"/gradio_api/call/v2/{name}", json={"photo": data[0], "mood": "good"})
    assert asked.status_code == 422
    assert asked.json()["error"].startswith(f"These are not the arguments of {name}, which takes photo, ")


def test_a_tool_says_which_arguments_it_takes(limited: LiveApp, portrait: Path) -> None:
    told = _tool(limited, "predict_photo", {"photo": _inline(portrait), "mood": "good"})
    assert told == words.BAD_ARGUMENTS.format(name="predict", names="photo, boxes")


def test_a_tool_does_not_quote_a_long_request(limited: LiveApp, portrait: Path) -> None:
    told = _tool(limited, "predict_photo", {"photo": _inline(portrait), "boxes": "x" * MIB})
    assert len(told) < 500


def test_more_values_than_an_event_of_the_page_takes_are_an_error(visitor: Visitor, portrait: Path) -> None:
    photo = visitor.upload(portrait)
    for one in visitor.config["dependencies"]:
        if not one["backend_fn"] or one["api_visibility"] == "public" or one["queue"] is False or one["cancels"]:
            continue
        most = len(one["inputs"])
        heard = visitor.hear(visitor.start(one, *[photo] * (most + 1)))
        assert not heard["success"]
        assert heard["output"]["error"] == words.TOO_MANY_VALUES.format(given=most + 1, most=most), one["targets"]
