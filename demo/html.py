"""Small pieces of HTML. What is no :class:`~markupsafe.Markup` yet is escaped, whoever wrote it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from markupsafe import Markup

from demo import words
from glamor.errors import GlamorError
from glamor.words import percent

NOTHING = Markup("")
_LOG = logging.getLogger("glamor.demo")


def message_of(error: Exception) -> str:
    """Return the sentence for a visitor; an unexpected error is logged, by type and place only."""
    if isinstance(error, GlamorError):
        return str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
        return words.OUT_OF_MEMORY  # on a CPU torch raises a plain RuntimeError
    place = traceback.extract_tb(error.__traceback__)[-1]
    # Not its message: that may quote a file name or a value that a visitor sent.
    _LOG.error("unexpected %s in %s, line %s", type(error).__name__, place.name, place.lineno)
    return words.UNEXPECTED


def note(words: str, kind: Literal["info", "warn"] = "info") -> Markup:
    """Return a message to the visitor; nothing for no message."""
    return Markup('<div class="note {}" role="status">{}</div>').format(kind, words) if words else NOTHING


def problem(error: Exception) -> Markup:
    """Return what went wrong as a warning in one sentence, see :func:`message_of`."""
    return note(message_of(error), "warn")


def heading(title: str) -> Markup:
    """Return the title of one panel."""
    return Markup("<h2>{}</h2>").format(title)


def caption(words: str) -> Markup:
    """Return the words under a picture."""
    return Markup('<p class="caption">{}</p>').format(words)


def empty(words: str) -> Markup:
    """Return what a panel says before there is anything to show."""
    return Markup('<p class="empty">{}</p>').format(words)


def verdict(words: str) -> Markup:
    """Return what a panel's numbers come to."""
    return Markup('<p class="verdict">{}</p>').format(words)


def label(name: str, share: float) -> Markup:
    """Return a label and its probability, large."""
    return Markup('<p class="label"><strong>{}</strong> <span>{}</span></p>').format(name, percent(share))


def picture(address: str, words: str) -> Markup:
    """Return a picture, told in ``words`` to those who cannot see it."""
    return Markup('<img src="{}" alt="{}">').format(address, words)


def details(summary: str, body: str) -> Markup:
    """Return what unfolds on demand."""
    return Markup('<details class="about"><summary>{}</summary>{}</details>').format(summary, body)


def terms(items: Iterable[tuple[str, str]], kind: str = "") -> Markup:
    """Return terms and what each means; ``kind`` is a class of the style sheet."""
    listed = joined(Markup("<dt>{}</dt><dd>{}</dd>").format(*item) for item in items)
    opened = Markup('<dl class="{}">').format(kind) if kind else Markup("<dl>")
    return opened + listed + Markup("</dl>")


def points(sentences: Iterable[str], kind: str = "points") -> Markup:
    """Return sentences as a list; ``kind`` is a class of the style sheet."""
    items = joined(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Markup('<ul class="{}">{}</ul>').format(kind, items)


def scrolling(kind: str, title: str, body: str) -> Markup:
    """Return what may be wider than its card; the keyboard must reach it to scroll it."""
    return Markup('<div class="{}" tabindex="0" role="region" aria-label="{}">{}</div>').format(kind, title, body)


def table(
    heads: Iterable[str], rows: Iterable[Sequence[str]], marked: Sequence[int] = (), *, named: bool = True
) -> Markup:
    """Return a table.

    Args:
        heads: one a column.
        rows: their cells.
        marked: indices of the rows to mark.
        named: whether the first cell of each row names it.
    """
    head = joined(Markup('<th scope="col">{}</th>').format(heading) for heading in heads)
    body = joined(_row(cells, i in marked, named) for i, cells in enumerate(rows))
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def joined(parts: Iterable[str]) -> Markup:
    """Return the parts one after the other."""
    return NOTHING.join(parts)


def _row(cells: Sequence[str], marked: bool, named: bool) -> Markup:
    first = Markup('<th scope="row">{}</th>' if named else "<td>{}</td>").format(cells[0])
    values = joined(Markup("<td>{}</td>").format(cell) for cell in cells[1:])
    return Markup('<tr class="marked">{}{}</tr>' if marked else "<tr>{}{}</tr>").format(first, values)
