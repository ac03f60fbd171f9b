"""The words and tables of the tab *Trust*: small pieces of HTML, every value escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from demo import markup, text
from glamor.explain.trust import (
    CONVERGENCE_LIMIT,
    SANITY_LIMIT,
    SENSITIVITY_LIMIT,
    Curves,
    Reliability,
    Removal,
    Trust,
)

LIMITS = {"convergence": CONVERGENCE_LIMIT, "sensitivity": SENSITIVITY_LIMIT, "similarity": SANITY_LIMIT}


def info(*keys: str) -> str:
    """Return what figures are, how to read them and who proposed them, unfolded on demand."""
    return "".join(_info(*text.TRUST_INFOS[key]) for key in keys)


def verdict(trust: Trust) -> str:
    """Return the answer in a word, and in a sentence with its numbers."""
    attention = trust.faithfulness.pixels.curves[0]
    return (
        f'<p class="lead">{escape(text.TRUST_QUESTION)}</p>'
        f'<p class="label"><strong>{text.TRUST_ANSWERS[attention.outcome]}</strong></p>'
        f'<p class="sentence">{escape(attention.verdict)}</p>'
    )


def order(trust: Trust) -> str:
    """Return the areas of every map, whether they beat chance, and its agreement with attention."""
    faith = trust.faithfulness
    pairs = zip(faith.pixels.curves, faith.weights.curves, (None, *faith.agreement), strict=True)
    rows = [_order_row(*row, is_attention=i == 0) for i, row in enumerate(pairs)]
    band = faith.pixels.random_auc
    random = f"{band.mean:.2f} ({band.low:.2f} to {band.high:.2f})"
    rows.append([text.RANDOM_ROW, random, random, "", "", ""])
    return table(text.ORDER_TITLE, text.ORDER_HEADS, rows)


def reliance(trust: Trust) -> str:
    """Return stated against effective reliance in a sentence."""
    return markup.caption(trust.reliance.verdict)


def reliability(trust: Trust) -> str:
    """Return every map's figures, then the warnings in words."""
    rows = [_reliability_row(one) for one in trust.reliability]
    bad = [i for i, one in enumerate(trust.reliability) if one.warnings]
    warnings = [warning for one in trust.reliability for warning in one.warnings]
    words = "".join(f"<li>{escape(warning)}</li>" for warning in warnings)
    listed = f'<ul class="warnings">{words}</ul>' if warnings else markup.caption(text.NO_WARNINGS)
    flat = trust.reliability[0].flat_infidelity
    compared = "" if flat is None else markup.caption(text.FLAT_ERROR.format(flat=flat))
    return table(text.RELIABILITY_TITLE, text.RELIABILITY_HEADS, rows, bad) + listed + compared


def stability(trust: Trust) -> str:
    """Return the answer to every variant, changed labels marked, and the sum in a sentence."""
    plain, *others = trust.stability.variants
    heads = [head.format(target=plain.label_name) for head in text.STABILITY_HEADS]
    rows = [
        [
            text.PLAIN_VARIANT if one is plain else one.name,
            f"{one.label_name} ({text.CHANGED})" if one.changed else one.label_name,
            f"{one.probability:.0%}",
            f"{one.w_face:.0%}",
            _number(one.attention_correlation),
        ]
        for one in (plain, *others)
    ]
    changed = [i for i, one in enumerate((plain, *others)) if one.changed]
    return markup.caption(trust.stability.verdict) + table(text.STABILITY_TITLE, heads, rows, changed)


def removal_alt(removal: Removal) -> str:
    """Return the curves in words."""
    return text.REMOVAL_ALT.format(verdicts=" ".join(curves.verdict for curves in removal.curves))


def cascade_alt(trust: Trust) -> str:
    """Return where the curves of forgetting end."""
    figures = ", ".join(f"{one.name} {one.similarity[-1]:.2f}" for one in trust.reliability)
    return text.CASCADE_ALT.format(figures=figures)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[int] = ()) -> str:
    """Return a table that scrolls by itself where it is wider than the screen.

    Args:
        title: what it is, for those who cannot see it.
        heads: one a column.
        rows: cells in words; the first of each names its row.
        marked: indices of the rows to mark.
    """
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(_row(cells, i in marked) for i, cells in enumerate(rows))
    return (
        f'<div class="sheet" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[str], marked: bool) -> str:
    first, *others = (escape(cell) for cell in cells)
    values = "".join(f"<td>{cell}</td>" for cell in others)
    kind = ' class="marked"' if marked else ""
    return f'<tr{kind}><th scope="row">{first}</th>{values}</tr>'


def _info(name: str, what: str, reading: str, source: str) -> str:
    reading = reading.format(**LIMITS)
    return (
        f'<details class="about"><summary>{escape(name)}</summary><p>{escape(what)}</p>'
        f"<p><b>{text.HOW_TO_READ}</b> {escape(reading)}</p><p><b>{text.SOURCE}</b> {escape(source)}.</p></details>"
    )


def _order_row(pixels: Curves, weights: Curves, agreement: float | None, *, is_attention: bool) -> list[str]:
    return [
        pixels.name,
        f"{pixels.deletion_auc:.2f}",
        f"{pixels.insertion_auc:.2f}",
        text.OUTCOMES[pixels.outcome],
        text.OUTCOMES[weights.outcome],
        "" if is_attention else _number(agreement),
    ]


def _reliability_row(one: Reliability) -> list[str]:
    return [
        one.name,
        text.NOT_DEFINED if one.convergence is None else f"{one.convergence:.1%}",
        f"{one.sensitivity:.2f}",
        _number(one.infidelity),
        f"{one.similarity[-1]:.2f}",
    ]


def _number(value: float | None) -> str:
    return text.NOT_DEFINED if value is None else f"{value:.2f}".replace("-", "−")
