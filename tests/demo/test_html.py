from __future__ import annotations

import logging
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from demo import html
from demo.words import OUT_OF_MEMORY, UNEXPECTED
from glamor.errors import PhotoError

EVIL = """<b onclick='x("y")'>&amp;</b>"""
PIECES = {
    "note": lambda words: html.note(words, "warn"),
    "heading": html.heading,
    "caption": html.caption,
    "empty": html.empty,
    "verdict": html.verdict,
    "label": lambda words: html.label(words, 0.5),
    "picture": lambda words: html.picture(words, words),
    "details": lambda words: html.details(words, words),
    "terms": lambda words: html.terms([(words, words)], words),
    "points": lambda words: html.points([words], words),
    "scrolling": lambda words: html.scrolling(words, words, words),
    "table": lambda words: html.table([words], [[words, words]], [0]),
    "joined": lambda words: html.joined([words, html.caption(words)]),
}


class _Read(HTMLParser):
    """What a browser makes of a piece: its tags, its attributes' names, its words."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.open: list[str] = []
        self.words = ""
        self.feed(str(piece))
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= dict(attributes)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize("name", PIECES)
def test_words_are_shown_never_obeyed(name):
    read = _Read(PIECES[name](EVIL))
    assert "onclick" not in read.attributes
    assert "b" not in read.tags
    assert read.open == []
    assert EVIL in read.words or EVIL in read.attributes.values()


def test_markup_is_left_alone():
    assert "<b>bold</b>" in html.note(Markup("<b>bold</b>"))


def test_a_message_is_announced_to_screen_readers():
    assert _Read(html.note("hello")).attributes["role"] == "status"
    assert html.note("") == ""


def test_a_row_is_marked_and_named_as_asked():
    read = html.table(["a", "b"], [["1", "2"], ["3", "4"]], [1])
    assert read.count('class="marked"') == 1
    assert read.index('class="marked"') > read.index("2")
    assert 'scope="row"' in read
    assert 'scope="row"' not in html.table(["a"], [["1"]], named=False)


def test_a_refusal_is_told_as_it_is_and_a_fault_by_its_place_alone(caplog):
    assert html.message_of(PhotoError("The photo is blue; send a red one.")) == "The photo is blue; send a red one."
    assert html.message_of(MemoryError()) == OUT_OF_MEMORY
    with caplog.at_level(logging.ERROR):
        with pytest.raises(ValueError, match="secret") as caught:
            raise ValueError("secret.jpg")
        assert html.message_of(caught.value) == UNEXPECTED
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
