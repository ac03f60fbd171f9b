"""A model card as HTML that can do no harm: a stranger may have written it.

HTML in it is shown as the letters it is made of, links lead to web pages only, and pictures are those that came with
the checkpoint, inlined; none is fetched from elsewhere, which would tell a third party who reads the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from PIL import Image

from demo import html
from glamor.images import data_uri

LEVELS_DOWN = 2  # a card's headings stand below those of the page that shows it
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def render(markdown: str, pictures: Mapping[str, bytes] | None = None) -> Markup:
    """Return Markdown as HTML.

    Args:
        markdown: CommonMark with tables, without front matter.
        pictures: files that it may show, by the name it uses.
    """
    shown = {name: uri for name, content in (pictures or {}).items() if (uri := _inlined(content))}
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _image(shown))
    reader.add_render_rule("link_open", _link_open)
    reader.add_render_rule("link_close", _link_close)
    tokens = reader.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + LEVELS_DOWN)}"
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def _image(shown: Mapping[str, str]) -> Any:
    def draw(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        alt, source = token.content, str(token.attrGet("src") or "")
        return html.picture(shown[source], alt) if source in shown else Markup("<em>{}</em>").format(alt)

    return draw


def _link_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    address = str(tokens[index].attrGet("href") or "")
    if not address.startswith(("https://", "http://")):
        return "<span>"  # a file of a repository, or a place on a page that this is not
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">').format(address)


def _link_close(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    opened = next(token for token in reversed(tokens[:index]) if token.type == "link_open")
    leads = str(opened.attrGet("href") or "").startswith(("https://", "http://"))
    return "</a>" if leads else "</span>"


def _inlined(content: bytes) -> str:
    """Return a picture's address in itself; empty for what is no picture."""
    try:
        with Image.open(BytesIO(content), formats=tuple(_KINDS)) as image:
            return data_uri(content, _KINDS[str(image.format)])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
