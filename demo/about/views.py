"""What the *About* tab says of a checkpoint, as HTML; every value is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from demo import markup, text
from demo.about import markdown
from glamor.card import Card, Scores
from glamor.checkpoint import Checkpoint
from glamor.evaluate import ATTENTION_ALONE, CONTEXT_BLANKED
from glamor.scoring import ClassReport, Measure, Report


def facts(checkpoint: Checkpoint) -> str:
    """Return where the weights come from and what they learned from."""
    config = checkpoint.config
    rows = (
        (text.ABOUT_SOURCE, checkpoint.source),
        (text.ABOUT_REVISION, checkpoint.revision or text.ABOUT_FOLDER),
        (text.ABOUT_HASH, checkpoint.sha256),
        (text.ABOUT_LICENSE, config.license or text.ABOUT_UNKNOWN),
        (text.ABOUT_TRAINED, config.trained_on or text.ABOUT_UNKNOWN),
        (text.ABOUT_LABELS, ", ".join(config.class_names)),
    )
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="facts">{items}</dl>'


def scores(card: Card) -> str:
    """Return what was measured, one row a dataset and condition; a sentence if nothing was."""
    if not card.scores:
        return markup.caption(text.ABOUT_NO_SCORES)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in text.ABOUT_COLUMNS)
    rows = "".join(_row(one.dataset, report) for one in card.scores for report in one.reports if report.subset == "all")
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"{_scrolling('scroll', text.ABOUT_SCORES, table)}{markup.caption(text.ABOUT_SCORES_INFO)}"


def weaknesses(card: Card) -> str:
    """Return what the scores say about failures, and what nobody measured."""
    measured = _measured(card.scores[0]) if card.scores else []
    return points((*measured, *text.ABOUT_WEAK_ALWAYS))


def audited(card: Card) -> str:
    """Return which explanations an audit found worth showing; a sentence if there was none."""
    if card.audited is None:
        return markup.caption(text.ABOUT_NO_AUDIT)
    found = card.audited
    return markup.caption(text.ABOUT_AUDIT_WORDS.format(count=found.count, dataset=found.dataset, advice=found.advice))


def points(sentences: Iterable[str]) -> str:
    """Return sentences as a list."""
    return f'<ul class="points">{"".join(f"<li>{escape(one)}</li>" for one in sentences)}</ul>'


def body(card: Card) -> str:
    """Return the model card itself."""
    if not card.body.strip():
        return markup.caption(text.ABOUT_NO_CARD)
    return _scrolling("model-card", text.ABOUT_CARD, markdown.render(card.body, card.pictures))


def _scrolling(kind: str, label: str, html: str) -> str:
    """Return what may be wider than its card; the keyboard must reach it to scroll it."""
    return f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(label)}">{html}</div>'


def _row(dataset: str, report: Report) -> str:
    condition = text.ABOUT_CONDITIONS.get(report.condition, report.condition)
    measures = (report.macro_recall, report.accuracy, report.calibration_error)
    luck = report.calibration_luck.value
    cells = (
        dataset,
        condition,
        f"{report.count:,}",
        *map(_shown, measures),
        "–" if math.isnan(luck) else f"{luck:.1%}",
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _shown(measure: Measure) -> str:
    if math.isnan(measure.value):
        return "–"
    return f"{measure.value:.1%} ({100 * measure.low:.1f}–{100 * measure.high:.1f})"


def _measured(scores: Scores) -> list[str]:
    """Return sentences on the first, plain report of a dataset."""
    plain = scores.reports[0]
    recall, ranked = plain.macro_recall, sorted(_known(plain.classes, "recall"), key=lambda one: one.recall.value)
    said = [
        text.ABOUT_WEAK_RECALL.format(
            count=f"{plain.count:,}", dataset=scores.dataset, recall=recall.value, low=recall.low, high=recall.high,
            chance=1 / max(1, len(plain.classes)),
        )
    ]  # fmt: skip
    if len(ranked) > 1:
        first, second = ranked[:2]
        said.append(
            text.ABOUT_WEAK_CLASSES.format(
                first=first.name, first_recall=first.recall.value, second=second.name, second_recall=second.recall.value
            )
        )
    if spoken := _known(plain.classes, "precision"):
        worst = min(spoken, key=lambda one: one.precision.value)
        said.append(text.ABOUT_WEAK_PRECISION.format(name=worst.name, precision=worst.precision.value))
    said += [_of_scene(blanked, scores) for blanked in _under(scores, CONTEXT_BLANKED)]
    for alone in _under(scores, ATTENTION_ALONE):
        found = alone.macro_recall
        if found.low > 1 / max(1, len(plain.classes)):
            said.append(text.ABOUT_WEAK_ATTENTION.format(recall=found.value, low=found.low, high=found.high))
    return said


def _under(scores: Scores, condition: str) -> list[Report]:
    return [one for one in scores.reports if (one.condition, one.subset) == (condition, "all")]


def _of_scene(blanked: Report, scores: Scores) -> str:
    """Say what the scene adds, and plainly whether that can be told from so few photos."""
    plain, gain = scores.reports[0].macro_recall.value, scores.scene_gain
    said = text.ABOUT_WEAK_SCENE.format(recall=blanked.macro_recall.value, fused=plain)
    if gain is None or math.isnan(gain.low):
        return said
    verdict = text.ABOUT_SCENE_UNSURE
    if gain.low > 0:
        verdict = text.ABOUT_SCENE_HELPS
    elif gain.high < 0:
        verdict = text.ABOUT_SCENE_HARMS
    return said + verdict.format(low=100 * gain.low, high=100 * gain.high)


def _known(classes: Iterable[ClassReport], measure: str) -> list[ClassReport]:
    return [one for one in classes if not math.isnan(getattr(one, measure).value)]
