"""The words and tables of the tab *Trust*."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from demo import html
from demo.trust import words
from glamor.explain.trust import Curves, Reliability, Removal, Trust
from glamor.words import percent


def verdict(trust: Trust) -> Markup:
    """Return the answer in a word, and in a sentence with its numbers."""
    attention = trust.faithfulness.pixels.curves[0]
    return Markup('<p class="lead">{}</p><p class="label"><strong>{}</strong></p><p class="sentence">{}</p>').format(
        words.QUESTION, words.ANSWERS[attention.outcome], attention.verdict
    )


def order(trust: Trust) -> Markup:
    """Return the areas of every map, whether they beat chance, and its agreement with attention."""
    faith = trust.faithfulness
    pairs = zip(faith.pixels.curves, faith.weights.curves, (None, *faith.agreement), strict=True)
    rows = [_order_row(*row, is_attention=i == 0) for i, row in enumerate(pairs)]
    band = faith.pixels.random_auc
    random = f"{band.mean:.2f} ({band.low:.2f} to {band.high:.2f})"
    rows.append([words.RANDOM_ROW, random, random, "", "", ""])
    return _sheet(words.ORDER_TITLE, words.ORDER_HEADS, rows)


def reliance(trust: Trust) -> Markup:
    """Return stated against effective reliance in a sentence."""
    return html.caption(trust.reliance.verdict)


def reliability(trust: Trust) -> Markup:
    """Return every map's figures, then the warnings in words."""
    rows = [_reliability_row(entry) for entry in trust.reliability]
    bad = [i for i, entry in enumerate(trust.reliability) if entry.warnings]
    warnings = [warning for entry in trust.reliability for warning in entry.warnings]
    listed = html.points(warnings, "warnings") if warnings else html.caption(words.NO_WARNINGS)
    flat = trust.reliability[0].flat_infidelity
    compared = html.NOTHING if flat is None else html.caption(words.FLAT_ERROR.format(flat=flat))
    return _sheet(words.RELIABILITY_TITLE, words.RELIABILITY_HEADS, rows, bad) + listed + compared


def stability(trust: Trust) -> Markup:
    """Return the answer to every variant, changed labels marked, and the sum in a sentence."""
    plain, *others = trust.stability.variants
    heads = [head.format(target=plain.label_name) for head in words.STABILITY_HEADS]
    rows = [
        [
            words.PLAIN_VARIANT if variant is plain else variant.name,
            f"{variant.label_name} ({words.CHANGED})" if variant.changed else variant.label_name,
            percent(variant.probability),
            percent(variant.w_face),
            _number(variant.attention_correlation),
        ]
        for variant in (plain, *others)
    ]
    changed = [i for i, variant in enumerate((plain, *others)) if variant.changed]
    return html.caption(trust.stability.verdict) + _sheet(words.STABILITY_TITLE, heads, rows, changed)


def removal_alt(removal: Removal) -> str:
    """Return the curves in words."""
    return words.REMOVAL_ALT.format(verdicts=" ".join(curves.verdict for curves in removal.curves))


def cascade_alt(trust: Trust) -> str:
    """Return where the curves of cascading randomisation end."""
    figures = ", ".join(f"{entry.name} {entry.similarity[-1]:.2f}" for entry in trust.reliability)
    return words.CASCADE_ALT.format(figures=figures)


def _sheet(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[int] = ()) -> Markup:
    """Return a table that scrolls by itself where it is wider than the screen."""
    return html.scrolling("sheet", title, html.table(heads, rows, marked))


def _order_row(pixels: Curves, weights: Curves, agreement: float | None, *, is_attention: bool) -> list[str]:
    return [
        pixels.name,
        f"{pixels.deletion_auc:.2f}",
        f"{pixels.insertion_auc:.2f}",
        words.OUTCOMES[pixels.outcome],
        words.OUTCOMES[weights.outcome],
        "" if is_attention else _number(agreement),
    ]


def _reliability_row(entry: Reliability) -> list[str]:
    return [
        entry.name,
        words.NOT_DEFINED if entry.convergence is None else f"{entry.convergence:.1%}",
        f"{entry.sensitivity:.2f}",
        _number(entry.infidelity),
        f"{entry.similarity[-1]:.2f}",
    ]


def _number(value: float | None) -> str:
    return words.NOT_DEFINED if value is None else f"{value:.2f}".replace("-", "−")
