"""Programs at the running app: the README's own examples, and a client of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import jsonschema
import numpy as np
import pytest
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from glamor.evaluation.card import read_card, read_verdicts
from glamor.explain import METHODS
from glamor.serialise import prediction_to_dict
from tests.live_app import ROOT
from tests.sentences import assert_sentence
from tests.visitor import Visitor


@pytest.fixture
def folder(astronaut, tmp_path):
    """A folder with the photo that the examples speak of."""
    Image.fromarray(astronaut).save(tmp_path / "photo.jpg", quality=95)
    return tmp_path


def _example(language: str) -> str:
    section = (ROOT / "README.md").read_text().partition("## For programs\n")[2].partition("\n## ")[0]
    (code,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(code)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_example_runs_and_prints_the_librarys_numbers(app, folder, predictor):
    code = _example("python").replace("http://127.0.0.1:7860", app.url)
    printed = _run([sys.executable, "-c", code], folder)
    (expected,) = predictor.predict(folder / "photo.jpg")
    assert f"\n{expected.emotion} " in printed
    assert str(expected.probabilities.tolist()[0]) in printed
    assert "Happy" in printed.splitlines()[-1]


def test_the_curl_example_runs_and_prints_the_librarys_numbers(app, folder, predictor):
    assert shutil.which("curl"), "the example needs curl"
    printed = _run(["bash", "-euc", _example("sh").replace("http://127.0.0.1:7860", app.url)], folder)
    predicted, explained = (
        json.loads(line.removeprefix("data: ")) for line in printed.splitlines() if line.startswith("data: [")
    )
    (expected,) = predictor.predict(folder / "photo.jpg")
    assert predicted[0] == {"faces": [json.loads(json.dumps(prediction_to_dict(expected)))]}
    assert (explained[0]["explanation"]["method"], explained[0]["explanation"]["target_name"]) == ("grad_cam", "Happy")


def _with_tools(app, act):
    async def talk():
        async with (
            streamable_http_client(f"{app.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await act(session)

    # In a thread of its own: asyncio.run would take away the loop that Gradio has set up in this one.
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, talk()).result()


@pytest.fixture
def inline(folder):
    return f"data:image/jpeg;base64,{base64.b64encode((folder / 'photo.jpg').read_bytes()).decode()}"


def test_tools_say_in_their_schemas_what_the_docstrings_say(app):
    tools = {tool.name: tool for tool in _with_tools(app, lambda session: session.list_tools()).tools}
    assert tools.keys() >= {"predict_photo", "explain_photo"}
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.inputSchema)
        assert tool.inputSchema["required"] == ["photo"]
        for name, argument in tool.inputSchema["properties"].items():
            assert argument.get("description"), f"{tool.name} does not say what {name} is"
    assert "It is not what the person feels" in tools["predict_photo"].description
    assert tools["explain_photo"].inputSchema["properties"]["opacity"]["default"] == 0.7


def _keys(value):
    """Every name that a JSON value uses, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("name", ["predict_photo", "explain_photo", "intervene_on_photo"])
def test_a_tool_names_what_comes_back_as_it_is_named_there(app, inline, name):
    arguments = {"photo": inline} | ({"method": "grad_cam", "parts": True} if name == "explain_photo" else {})

    async def asked(session):
        listed = (await session.list_tools()).tools
        return listed, await session.call_tool(name, arguments)

    listed, answer = _with_tools(app, asked)
    tools = {tool.name: tool.description for tool in listed}
    named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", tools[name].partition("Returns: ")[2])) - tools.keys()
    assert named, "nothing is said of what comes back"
    assert named <= _keys(json.loads(answer.content[0].text))


def test_whoever_knows_the_tools_only_is_told_which_to_use_when_and_what_a_label_is_not(app):
    tools = {tool.name: tool for tool in _with_tools(app, lambda session: session.list_tools()).tools}
    others = tools.keys() - {"predict_photo"}
    assert all(other in tools["predict_photo"].description for other in others)
    assert all("Use it " in tools[other].description for other in others)
    assert "not about the person" in tools["explain_photo"].description
    assert "does not tell whether the label is right" in tools["trust_photo"].description
    for tool in tools.values():
        for name, argument in tool.inputSchema["properties"].items():
            told = "default" in argument or "Default:" in argument["description"]
            assert told or name == "photo", f"{tool.name} does not say what happens without {name}"


def test_a_tool_answers_an_inline_photo_with_the_librarys_numbers_and_a_picture(app, inline, folder, predictor):
    answer = _with_tools(app, lambda session: session.call_tool("predict_photo", {"photo": inline}))
    assert not answer.isError
    (expected,) = predictor.predict(folder / "photo.jpg")
    assert json.loads(answer.content[0].text)["faces"] == [json.loads(json.dumps(prediction_to_dict(expected)))]
    assert (answer.content[1].type, answer.content[1].mimeType) == ("image", "image/jpeg")


def test_a_tool_takes_an_inline_photo_as_programs_write_it(app, folder):
    wrapped = "data:image/jpeg;base64," + base64.urlsafe_b64encode((folder / "photo.jpg").read_bytes()).decode()
    wrapped = "\n".join(wrapped[at : at + 76] for at in range(0, len(wrapped), 76)).rstrip("=")
    answer = _with_tools(app, lambda session: session.call_tool("predict_photo", {"photo": wrapped}))
    assert not answer.isError, answer.content


def test_a_program_sends_an_inline_photo_as_it_is(app, inline):
    called = f"{app.url}/gradio_api/call/predict"
    event = httpx.post(called, json={"data": [inline]}).json()["event_id"]
    told = httpx.get(f"{called}/{event}", timeout=60).text
    assert "event: complete" in told, told
    assert '"faces"' in told


def test_a_tool_explains_a_photo_at_the_apps_own_address(app, folder):
    with Visitor(app.url) as visitor:
        url = app.url + visitor.upload(folder / "photo.jpg")["url"]
    arguments = {"photo": url, "method": "grad_cam", "target": "Fear", "box": [100, 50, 300, 250], "maps": False}
    told = []

    async def heard(progress, total, message):
        told.append(message)

    answer = _with_tools(app, lambda session: session.call_tool("explain_photo", arguments, progress_callback=heard))
    assert not answer.isError, answer.content
    values = json.loads(answer.content[0].text)
    assert values["prediction"]["face_box_xyxy"] == [100, 50, 300, 250]
    assert values["explanation"]["target_name"] == "Fear"
    assert [part.type for part in answer.content].count("image") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "tea_leaves"}, "choose one of"),
        ({"target": "Boredom"}, "Choose one of Anger"),
        ({"face": 9}, "Enter a whole number"),
        ({"photo": "data:image/jpeg;base64,AAAA"}, "convert it to JPEG"),
        ({"photo": "data:image/jpeg;base64,%%"}, "not base64"),
    ],
)
def test_a_tool_refuses_in_one_sentence(app, inline, arguments, words):
    answer = _with_tools(app, lambda session: session.call_tool("explain_photo", {"photo": inline} | arguments))
    assert answer.isError
    assert words in answer.content[0].text
    assert "Traceback" not in answer.content[0].text


def test_a_tool_fetches_nothing_from_inside_the_network(app):
    url = f"{app.url}/config"
    answer = _with_tools(app, lambda session: session.call_tool("predict_photo", {"photo": url}))
    assert answer.isError
    assert "Nothing can be fetched" in answer.content[0].text


def test_an_own_address_is_no_way_to_other_files(app):
    url = f"{app.url}/gradio_api/file=/etc/passwd"
    answer = _with_tools(app, lambda session: session.call_tool("predict_photo", {"photo": url}))
    assert answer.isError
    assert "root:" not in str(answer.content)
    assert np.size(answer.content) == 1


def test_an_assistant_reads_the_card_the_audit_and_what_each_method_does(app, predictor):
    async def read(session):
        listed = (await session.list_resources()).resources
        return {str(each.uri): (each, (await session.read_resource(each.uri)).contents[0]) for each in listed}

    found = _with_tools(app, read)
    assert found.keys() == {"glamor://card", "glamor://audit", *(f"glamor://method/{key}" for key in METHODS)}
    assert all(each.description and each.mimeType == content.mimeType for each, content in found.values())
    assert found["glamor://card"][1].text == read_card(predictor.checkpoint).body.strip()
    verdicts = read_verdicts(predictor.checkpoint)
    told = json.loads(found["glamor://audit"][1].text)
    assert told["default"] == verdicts.default
    assert {key: verdict["outcome"] for key, verdict in told["methods"].items()} == {
        key: verdict.outcome for key, verdict in verdicts.methods.items()
    }
    for key, method in METHODS.items():
        assert method.caption in found[f"glamor://method/{key}"][1].text
        assert verdicts.note(key) in found[f"glamor://method/{key}"][1].text


def test_an_assistant_is_given_a_prompt_whose_tools_and_texts_there_are(app):
    photo = "https://example.org/{photo}.jpg"

    async def filled(session):
        (prompt,) = (await session.list_prompts()).prompts
        told = await session.get_prompt(prompt.name, {prompt.arguments[0].name: photo})
        tools, texts = await session.list_tools(), await session.list_resources()
        return told.messages[0].content.text, {tool.name for tool in tools.tools}, {str(t.uri) for t in texts.resources}

    told, tools, texts = _with_tools(app, filled)
    assert photo in told
    assert "not what the person feels" in told
    assert set(re.findall(r"\w+_photo\b", told)) <= tools
    assert set(re.findall(r"glamor://\w+", told)) <= texts
    assert len(tools) == 4, "prompts and texts are no tools"


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: session.read_resource("glamor://etc/passwd"),
        lambda session: session.get_prompt("another"),
        lambda session: session.get_prompt("explain_a_photo", {}),
        lambda session: session.get_prompt("explain_a_photo", {"photo": "x", "more": "y"}),
        lambda session: session.get_prompt("explain_a_photo", {"photo": "x" * (2**21 + 1)}),
    ],
)
def test_what_an_assistant_cannot_have_is_refused_in_one_sentence(app, ask):
    async def refused(session):
        with pytest.raises(McpError) as caught:
            await ask(session)
        return str(caught.value)

    assert_sentence(_with_tools(app, refused))
