"""What a sentence must look like, and where all of those lie that people read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from demo import words

MOST_WORDS = 25
# What fills a template, by the name of its field: as long as it usually gets. Any other is one word.
TYPICAL: Mapping[str, str] = {
    "advice": "Grad-CAM is shown first.",
    "dataset": "film frames",
    "description": "a word",
    "explanation.target_name": "Surprise",
    "face": "Integrated Gradients",
    "given": "tea leaves",
    "labels": "“Fear”, “Sad”, “Disgust”",
    "measured": " (measured: 82% to 91%)",
    "method": "Integrated Gradients",
    "method.name": "Integrated Gradients",
    "name": "Integrated Gradients",
    "names": "Anger, Disgust, Fear, Happy, Neutral, Sad or Surprise",
    "often": "9 of 10",
    "problem": "The photo is damaged",
    "reason": "no space left on the device",
    "said": "One.",
    "sentence": "One.",
    "things": "the face weighs 70%, the attention is uniform",
    "verdicts": "One.",
    "words": "finds the evidence only partly better than chance",
}
# A full stop ends no sentence after these, the last of which numbers a line.
_SHORTENED = r"(?<!\bal\.)(?<!\bArt\.)(?<!\beq\.)(?<!\be\.g\.)(?<!\n\d\.)"
_END = re.compile(
    rf"(?:(?<=[.?!])|(?<=[.?!][”\"’)])){_SHORTENED}(?<!\.\.\.)\s+"
    r"|(?<=\.\.\.)\s+(?=[A-Z])"  # after an ellipsis only a capital begins another
    r"|\n\s*\n|\n\s*(?=\d+\. |[-#*|] )"  # paragraphs, and the points of a list
)
_TAG = re.compile(r"<[^<>]+>")
_CODE = re.compile(r"=>|[;{]\s*\n|; }")  # of a style sheet or a script


def assert_sentence(message: str) -> None:
    """Assert that a refusal is one plain sentence that gives nothing of the inside away."""
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 400
    for leak in ("Traceback", "/tmp", "site-packages", "enabled verbose error reporting", words.UNEXPECTED):
        assert leak not in message


def sentences_in(text: str) -> list[str]:
    """Return the sentences of a text, without its markup."""
    return [sentence.strip() for sentence in _END.split(_TAG.sub("", text)) if sentence.strip()]


def too_long(text: str) -> list[str]:
    """Return those sentences of a text that have more than ``MOST_WORDS`` words."""
    return [sentence for sentence in sentences_in(text) if len(sentence.split()) > MOST_WORDS]


def filled(template: str) -> str:
    """Return a template of ``str.format`` with what usually fills it; what is none, as it is."""
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:
        return template
    return "".join(text + ("" if name is None else TYPICAL.get(name, "1")) for text, name, _, _ in pieces)


def written_in(path: Path) -> Iterator[tuple[int, str]]:
    """Give every text that a file's code may say, with its line: no docstrings, no scripts, no style sheets."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    silent |= {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        text = None if id(node) in silent else _text(node)
        if text and not _CODE.search(text):
            yield node.lineno, filled(text) if isinstance(node, ast.Constant) else text


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_piece, node.values))
    return None


def _piece(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return TYPICAL.get(ast.unparse(node.value), "1")
    return str(node.value) if isinstance(node, ast.Constant) else ""
