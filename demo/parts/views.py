"""The parts of a face in one sentence, as patches on the face, and in numbers."""

from __future__ import annotations

from markupsafe import Markup

from demo import html
from demo.parts import words
from demo.parts.tries import settings
from demo.pictures import img_tag
from demo.visits import key_of
from glamor import figures
from glamor.explain.flips import KINDS, Flips, sentence
from glamor.explain.parts import NoParts, Parts
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction


def titled(content: Markup) -> Markup:
    """Return the card with its title."""
    return html.heading(words.TITLE) + content


def card(prediction: Prediction, parts: Parts | NoParts, flips: Flips | None = None) -> Markup:
    """Return what the parts of a face add to its label, or why it has none, and what would turn it if that is known."""
    turned = html.NOTHING if flips is None else _flips(prediction, flips)
    if isinstance(parts, NoParts):
        return html.caption(parts.sentence) + turned
    about = (words.VALUES, words.MISSING[parts.replacement], words.MISSING_SCENE, words.EDGES)
    told = html.joined(
        [
            html.verdict(parts.sentence),
            html.caption(words.CAPTION.format(label=parts.target_name)),
            html.details(words.TABLE, _table(parts)),
            html.details(words.ABOUT, html.joined(Markup("<p>{}</p>").format(sentence) for sentence in about)),
        ]
    )
    return Markup('<div class="parts">{}<div>{}</div></div>').format(_picture(prediction, parts), told) + turned


def _flips(prediction: Prediction, flips: Flips) -> Markup:
    key = key_of(prediction)
    items = html.joined(_flip(flips, kind, key) for kind in KINDS if sentence(flips, kind))
    shown = any(settings(flips, kind) for kind in KINDS)
    told = html.caption(words.FLIPS_CAPTION) if shown else html.NOTHING
    return Markup('<div class="flips"><h3>{}</h3>{}<ul>{}</ul></div>').format(words.FLIPS, told, items)


def _flip(flips: Flips, kind: str, key: str) -> Markup:
    """Return a sentence: a button that sets the living picture, if that can show it."""
    said, tried = sentence(flips, kind), settings(flips, kind)
    if tried:
        button = Markup('<li><button type="button" data-try="{}" data-key="{}">{}</button></li>')
        return button.format(tried, key, said)
    note = words.NOT_SHOWN if kind == "parts" and flips.parts is not None else ""
    return Markup("<li>{}{}</li>").format(said, Markup(" <small>{}</small>").format(note) if note else "")


def _picture(prediction: Prediction, parts: Parts) -> Markup:
    face = chw_to_hwc(prediction.prepared.face)
    values = [(part.name, part.logit) for part in parts.parts]
    picture = figures.to_layer(figures.parts_figure(face, parts.replaced, parts.owner, values, parts.target_name))
    return img_tag(picture, words.ALT.format(label=parts.target_name, sentence=parts.sentence))


def _table(parts: Parts) -> Markup:
    rows = [(part.name, f"{part.logit:+.2f}", f"{100 * part.probability:+.1f}") for part in parts.parts]
    ends = (
        (words.NONE, parts.logit_none, parts.probability_none),
        (words.ALL, parts.logit_all, parts.probability_all),
    )
    rows += [(name, f"{logit:.2f}", f"{100 * probability:.1f}") for name, logit, probability in ends]
    return html.scrolling("scroll", words.TABLE, html.table(words.HEADS, rows))
