"""Texts and prompts for assistants, served by the protocol's own server.

Gradio (6.31) would make an endpoint of each, call it over HTTP from itself, and list it among the API's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp import types

LONGEST_ARGUMENT = 2**21  # letters


@dataclass(frozen=True)
class Text:
    """Something to read.

    Attributes:
        uri: by which it is asked for.
        name, about: for people.
        kind: its MIME type.
        read: returns it.
    """

    uri: str
    name: str
    about: str
    kind: str
    read: Callable[[], str]


@dataclass(frozen=True)
class Prompt:
    """A question that a person can have an assistant begin with.

    Attributes:
        name, about: for people.
        arguments: what each must be given, by name.
        fill: returns the question with these filled in.
    """

    name: str
    about: str
    arguments: Mapping[str, str]
    fill: Callable[[Mapping[str, str]], str]


@dataclass(frozen=True)
class Texts:
    """All of them."""

    texts: tuple[Text, ...] = ()
    prompts: tuple[Prompt, ...] = ()


def offer(server: Any, offered: Texts) -> None:
    """Have Gradio's MCP server list and serve them."""
    texts, prompts = {text.uri: text for text in offered.texts}, {prompt.name: prompt for prompt in offered.prompts}

    async def list_texts(request: types.ListResourcesRequest) -> types.ServerResult:
        return types.ServerResult(types.ListResourcesResult(resources=[_listed(text) for text in texts.values()]))

    async def read(request: types.ReadResourceRequest) -> types.ServerResult:
        text = texts.get(str(request.params.uri))
        if text is None:
            raise ValueError("There is no such text; read one of those that are listed.")
        content = types.TextResourceContents(uri=request.params.uri, mimeType=text.kind, text=text.read())
        return types.ServerResult(types.ReadResourceResult(contents=[content]))

    async def list_prompts(request: types.ListPromptsRequest) -> types.ServerResult:
        return types.ServerResult(types.ListPromptsResult(prompts=[_prompt(prompt) for prompt in prompts.values()]))

    async def fill(request: types.GetPromptRequest) -> types.ServerResult:
        prompt, given = prompts.get(request.params.name), request.params.arguments or {}
        if prompt is None:
            raise ValueError(f"There is no such prompt; ask for one of {', '.join(prompts)}.")
        if given.keys() != prompt.arguments.keys() or any(len(value) > LONGEST_ARGUMENT for value in given.values()):
            raise ValueError(f"The prompt {prompt.name} needs {', '.join(prompt.arguments)}, and nothing else.")
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=prompt.fill(given)))
        return types.ServerResult(types.GetPromptResult(description=prompt.about, messages=[message]))

    server.mcp_server.request_handlers |= {
        types.ListResourcesRequest: list_texts,
        types.ReadResourceRequest: read,
        types.ListPromptsRequest: list_prompts,
        types.GetPromptRequest: fill,
    }


def _listed(text: Text) -> types.Resource:
    values = {"uri": text.uri, "name": text.name, "description": text.about, "mimeType": text.kind}
    return types.Resource.model_validate(values)


def _prompt(prompt: Prompt) -> types.Prompt:
    arguments = [
        types.PromptArgument(name=name, description=about, required=True) for name, about in prompt.arguments.items()
    ]
    return types.Prompt(name=prompt.name, description=prompt.about, arguments=arguments)
