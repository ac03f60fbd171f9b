"""What the *Outputs* tab says of a checkpoint, as HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from demo import html
from demo.about import markdown, words
from glamor.checkpoint import Checkpoint
from glamor.evaluation.card import Card, Scores
from glamor.evaluation.evaluate import ATTENTION_ALONE, CONTEXT_BLANKED
from glamor.evaluation.scoring import ClassReport, Measure, Report
from glamor.sets import SetRule


def facts(checkpoint: Checkpoint) -> Markup:
    """Return where the weights come from and what they learned from."""
    config = checkpoint.config
    rows = (
        (words.SOURCE, checkpoint.source),
        (words.REVISION, checkpoint.revision or words.FOLDER),
        (words.HASH, checkpoint.sha256),
        (words.LICENSE, config.license or words.UNKNOWN),
        (words.TRAINED, config.trained_on or words.UNKNOWN),
        (words.LABELS, ", ".join(config.class_names)),
    )
    return html.terms(rows, "facts")


def scores(card: Card) -> Markup:
    """Return what was measured, one row a dataset and condition; a sentence if nothing was."""
    if not card.scores:
        return html.caption(words.NO_SCORES)
    rows = [
        _row(scores.dataset, report) for scores in card.scores for report in scores.reports if report.subset == "all"
    ]
    table = html.table(words.COLUMNS, rows, named=False)
    return html.scrolling("scroll", words.SCORES, table) + html.caption(words.SCORES_INFO)


def coverage(rule: SetRule | None) -> Markup:
    """Return how often prediction sets hold the right label, one row a source; nothing if there are none."""
    if rule is None:
        return html.NOTHING
    rows = [(row.source, f"{row.count:,}", f"{row.share:.1%}", f"{row.labels:.1f}") for row in rule.coverage]
    table = html.scrolling("scroll", words.SETS, html.table(words.SETS_COLUMNS, rows, named=False))
    return table + html.caption(words.SETS_INFO.format(level=rule.level))


def weaknesses(card: Card) -> Markup:
    """Return what the scores say about failures, and what nobody measured."""
    measured = _measured(card.scores[0]) if card.scores else []
    return html.points((*measured, *words.WEAK_ALWAYS))


def audited(card: Card) -> Markup:
    """Return which explanations an audit found worth showing; a sentence if there was none."""
    if card.audited is None:
        return html.caption(words.NO_AUDIT)
    found = card.audited
    return html.caption(words.AUDIT_WORDS.format(count=found.count, dataset=found.dataset, advice=found.advice))


def body(card: Card) -> Markup:
    """Return the model card itself."""
    if not card.body.strip():
        return html.caption(words.NO_CARD)
    return html.scrolling("model-card", words.CARD, markdown.render(card.body, card.pictures))


def _row(dataset: str, report: Report) -> Sequence[str]:
    condition = words.CONDITIONS.get(report.condition, report.condition)
    measures = (report.macro_recall, report.accuracy, report.calibration_error)
    luck = report.calibration_luck.value
    return (
        dataset,
        condition,
        f"{report.count:,}",
        *map(_shown, measures),
        "–" if math.isnan(luck) else f"{luck:.1%}",
    )


def _shown(measure: Measure) -> str:
    if math.isnan(measure.value):
        return "–"
    return f"{measure.value:.1%} ({100 * measure.low:.1f}–{100 * measure.high:.1f})"


def _measured(scores: Scores) -> list[str]:
    """Return sentences on the first, plain report of a dataset."""
    plain = scores.reports[0]
    recall, ranked = plain.macro_recall, sorted(_known(plain.classes, "recall"), key=lambda entry: entry.recall.value)
    sentences = [
        words.WEAK_RECALL.format(
            count=f"{plain.count:,}", dataset=scores.dataset, recall=recall.value, low=recall.low, high=recall.high,
            chance=1 / max(1, len(plain.classes)),
        )
    ]  # fmt: skip
    if len(ranked) > 1:
        first, second = ranked[:2]
        sentences.append(
            words.WEAK_CLASSES.format(
                first=first.name, first_recall=first.recall.value, second=second.name, second_recall=second.recall.value
            )
        )
    if spoken := _known(plain.classes, "precision"):
        worst = min(spoken, key=lambda entry: entry.precision.value)
        sentences.append(words.WEAK_PRECISION.format(name=worst.name, precision=worst.precision.value))
    sentences += [_of_scene(blanked, scores) for blanked in _under(scores, CONTEXT_BLANKED)]
    for alone in _under(scores, ATTENTION_ALONE):
        found = alone.macro_recall
        if found.low > 1 / max(1, len(plain.classes)):
            sentences.append(words.WEAK_ATTENTION.format(recall=found.value, low=found.low, high=found.high))
    return sentences


def _under(scores: Scores, condition: str) -> list[Report]:
    return [report for report in scores.reports if (report.condition, report.subset) == (condition, "all")]


def _of_scene(blanked: Report, scores: Scores) -> str:
    """Say what the scene adds, and plainly whether that can be told from so few photos."""
    plain, gain = scores.reports[0].macro_recall.value, scores.scene_gain
    sentence = words.WEAK_SCENE.format(recall=blanked.macro_recall.value, fused=plain)
    if gain is None or math.isnan(gain.low):
        return sentence
    verdict = words.SCENE_UNSURE
    if gain.low > 0:
        verdict = words.SCENE_HELPS
    elif gain.high < 0:
        verdict = words.SCENE_HARMS
    return sentence + verdict.format(low=100 * gain.low, high=100 * gain.high)


def _known(classes: Iterable[ClassReport], measure: str) -> list[ClassReport]:
    return [entry for entry in classes if not math.isnan(getattr(entry, measure).value)]
