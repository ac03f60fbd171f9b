"""The parts of a face in one sentence, as patches on the face, and in numbers."""

from __future__ import annotations

from markupsafe import Markup

from demo import html
from demo.parts import words
from demo.pictures import img_tag
from glamor import figures
from glamor.explain.parts import NoParts, Parts
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction


def titled(content: Markup) -> Markup:
    """Return the card with its title."""
    return html.heading(words.TITLE) + content


def card(prediction: Prediction, parts: Parts | NoParts) -> Markup:
    """Return what the parts of a face add to its label, or why it has none."""
    if isinstance(parts, NoParts):
        return html.caption(parts.sentence)
    about = (words.VALUES, words.MISSING, words.EDGES)
    told = html.joined(
        [
            html.verdict(parts.sentence),
            html.caption(words.CAPTION.format(label=parts.target_name)),
            html.details(words.TABLE, _table(parts)),
            html.details(words.ABOUT, html.joined(Markup("<p>{}</p>").format(sentence) for sentence in about)),
        ]
    )
    return Markup('<div class="parts">{}<div>{}</div></div>').format(_picture(prediction, parts), told)


def _picture(prediction: Prediction, parts: Parts) -> Markup:
    face = chw_to_hwc(prediction.prepared.face)
    values = [(part.name, part.logit) for part in parts.parts]
    picture = figures.to_array(figures.parts_figure(face, parts.replaced, parts.owner, values, parts.target_name))
    return img_tag(picture, words.ALT.format(label=parts.target_name, sentence=parts.sentence))


def _table(parts: Parts) -> Markup:
    rows = [(part.name, f"{part.logit:+.2f}", f"{100 * part.probability:+.1f}") for part in parts.parts]
    ends = (
        (words.NONE, parts.logit_none, parts.probability_none),
        (words.ALL, parts.logit_all, parts.probability_all),
    )
    rows += [(name, f"{logit:.2f}", f"{100 * probability:.1f}") for name, logit, probability in ends]
    return html.scrolling("scroll", words.TABLE, html.table(words.HEADS, rows))
