"""The words, tables and bars of the tabs Interventions and Two photos; every value is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from demo import markup, text
from demo.lab import AS_IS, BLACK, BLURRED, SHUFFLED, UNIFORM, Bench, Outcome, Setting
from glamor.explain import FusionCurve, People, SwapMatrix
from glamor.predictor import Prediction

SEEN = {AS_IS: text.LAB_AS_IS, BLACK: text.LAB_BLACK, BLURRED: text.LAB_BLURRED}
ALIKE = 0.05  # a share of the attention that is too small to speak of


def about(items: Sequence[tuple[str, str]]) -> str:
    """Return what every number is, how to read it and where it comes from, to unfold."""
    listed = "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in items)
    return f'<details class="about"><summary>{text.LAB_ABOUT}</summary><dl>{listed}</dl></details>'


def answer(bench: Bench, setting: Setting, outcome: Outcome) -> str:
    """Return the untouched answer beside the present one, with every change."""
    before, now = bench.prediction, outcome.answer
    percent = f"{now.probabilities.max():.0%}"
    label = f'<p class="label"><strong>{escape(now.emotion)}</strong> <span>{percent}</span></p>'
    rows = [
        _row(name, float(old), float(new), "best" if name == now.emotion else "")
        for name, old, new in zip(now.class_names, before.probabilities, now.probabilities, strict=True)
    ]
    weights = zip((text.FACE, text.SCENE), before.fusion_weights, now.fusion_weights, strict=True)
    rows += [_row(name, old, new, kind) for (name, old, new), kind in zip(weights, ("face", "scene"), strict=True)]
    head = "".join(f'<th scope="col">{words}</th>' for words in (text.LAB_BEFORE, text.LAB_NOW, text.LAB_CHANGE))
    return (
        f'{label}<p class="verdict">{escape(_verdict(setting, before.emotion, now.emotion))}</p>'
        f'<table class="changes"><thead><tr><td></td><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        f"{markup.caption(_set_by_hand(bench, setting))}"
    )


def flips(curve: FusionCurve, names: Sequence[str]) -> str:
    """Return in words where the label flips as the face's weight grows."""
    first = curve.flips[0].before if curve.flips else int(curve.probabilities[0].argmax())
    if not curve.flips:
        return text.LAB_NO_FLIP.format(label=names[first])
    steps = [text.LAB_FLIP_STEP.format(label=names[flip.after], weight=flip.w_face) for flip in curve.flips]
    return text.LAB_FLIPS.format(labels=", ".join([names[first], *steps]))


def curve_alt(curve: FusionCurve, names: Sequence[str]) -> str:
    """Return the fusion curve in words."""
    return text.LAB_CURVE_ALT.format(flips=flips(curve, names), own=curve.learned_w_face)


def board_alt(setting: Setting, outcome: Outcome) -> str:
    """Return the attention editor's picture in words."""
    attention = outcome.answer.attention
    row, column = np.unravel_index(int(attention.argmax()), attention.shape)
    return text.LAB_BOARD_ALT.format(
        rows=attention.shape[0],
        columns=attention.shape[1],
        cells=attention.size,
        removed=len(setting.removed),
        row=row + 1,
        column=column + 1,
        peak=attention.max() * attention.size,
    )


def people_verdict(found: People, numbers: Sequence[int]) -> str:
    """Return whether the face steers the look, with the pair that differs most."""
    first, second = np.unravel_index(int(found.distance.argmax()), found.distance.shape)
    most = float(found.distance.max())
    words = text.LAB_PEOPLE_ALIKE if most < ALIKE else text.LAB_PEOPLE_DIFFER
    low, high = sorted((numbers[int(first)], numbers[int(second)]))
    return words.format(most=most, first=low, second=high)


def people(found: People, numbers: Sequence[int], scene: int, count: int) -> str:
    """Return how far each face's look lies from that of the one whose scene it is.

    Args:
        found: the maps and their distances.
        numbers: of the faces that were compared.
        scene: place in ``numbers`` of the one whose scene it is.
        count: how many faces the photo has.
    """
    rows = [
        text.LAB_PEOPLE_ROW.format(
            number=number,
            distance=found.distance[i, scene],
            scene=numbers[scene],
            weight=found.fusion_weights[i, 0],
        )
        for i, number in enumerate(numbers)
        if i != scene
    ]
    left_out = text.LAB_PEOPLE_FIRST.format(count=count, limit=len(numbers)) if count > len(numbers) else ""
    listed = "".join(f"<li>{escape(row)}</li>" for row in rows)
    return (
        f'<p class="verdict">{escape(people_verdict(found, numbers))}</p>'
        f'<ul class="plain">{listed}</ul>'
        f"{markup.caption(text.LAB_PEOPLE_CAPTION.format(scene=numbers[scene]))}"
        f"{markup.caption(left_out) if left_out else ''}"
        f'<details class="about"><summary>{text.LAB_ABOUT}</summary>{escape(text.LAB_PEOPLE_ABOUT)}</details>'
    )


def swap_summary(matrix: SwapMatrix, names: Sequence[str]) -> str:
    """Return how often the face's row and how often the scene's column decided."""
    count = len(matrix.labels)
    if not matrix.telling_pairs:
        return text.SWAP_ALL_ALIKE.format(count=count, label=names[int(matrix.labels[0, 0])])
    return text.SWAP_SUMMARY.format(
        telling=matrix.telling_pairs,
        face=matrix.face_decides,
        scene=matrix.scene_decides,
        neither=matrix.telling_pairs - matrix.face_decides - matrix.scene_decides,
    )


def swap(matrix: SwapMatrix, predictions: Sequence[Prediction], sources: Sequence[int]) -> str:
    """Return the summary, how to read the matrix, and the matrix in words; ``sources`` number the photos."""
    names = predictions[0].class_names
    w_face, home = matrix.fusion_weights[..., 0], np.eye(len(predictions), dtype=bool)
    weight = text.SWAP_WEIGHT.format(home=w_face[home].mean(), away=w_face[~home].mean())
    return (
        f'<p class="verdict">{escape(swap_summary(matrix, names))}</p>'
        f"{markup.caption(weight)}{markup.caption(text.SWAP_CAPTION)}"
        f'<details class="about"><summary>{text.SWAP_TABLE}</summary>{_swap_table(matrix, names, sources)}</details>'
        f"{about(text.SWAP_ABOUT_ITEMS)}"
    )


def swap_alt(matrix: SwapMatrix, names: Sequence[str]) -> str:
    """Return the matrix in words."""
    return text.SWAP_ALT.format(count=len(matrix.labels), words=swap_summary(matrix, names))


def _verdict(setting: Setting, before: str, after: str) -> str:
    if setting.untouched:
        return text.LAB_NOTHING_SET
    if before == after:
        return text.LAB_STAYS.format(label=after)
    return text.LAB_FLIPPED.format(before=before, after=after)


def _set_by_hand(bench: Bench, setting: Setting) -> str:
    cells = bench.prediction.attention.size
    looks = {UNIFORM: text.LAB_SET_UNIFORM, SHUFFLED: text.LAB_SET_SHUFFLED.format(seed=setting.seed)}
    things = [
        text.LAB_SET_WEIGHT.format(weight=setting.w_face) if setting.w_face is not None else "",
        looks.get(setting.attention, ""),
        text.LAB_SET_CELLS.format(count=len(setting.removed), cells=cells) if setting.removed else "",
        text.LAB_SET_SCENE.format(how=SEEN[setting.scene].lower()) if setting.scene != AS_IS else "",
        text.LAB_SET_FACE.format(how=SEEN[setting.face].lower()) if setting.face != AS_IS else "",
    ]
    named = ", ".join(thing for thing in things if thing)
    return text.LAB_SET.format(things=named) if named else ""


def _row(name: str, before: float, now: float, kind: str) -> str:
    """Return one line: a bar of the present value with a tick at the untouched one, both, and the change."""
    points = round(100 * (now - before), 1) + 0.0  # no minus zero
    sign = "up" if points > 0 else "down" if points < 0 else "same"
    shown = f"{points:+.1f}".replace("-", "−") if points else "0.0"
    bar = f'<b aria-hidden="true"><i style="width:{now:.2%}"></i><u style="left:{before:.2%}"></u></b>'
    return (
        f'<tr class="{kind}"><th scope="row">{escape(name)}</th><td class="bar">{bar}</td>'
        f'<td>{before:.1%}</td><td>{now:.1%}</td><td class="{sign}">{shown}</td></tr>'
    )


def _swap_table(matrix: SwapMatrix, names: Sequence[str], sources: Sequence[int]) -> str:
    home = matrix.labels.diagonal()
    count = len(home)
    head = "".join(f'<th scope="col">{text.SWAP_SCENE.format(number=j + 1)}</th>' for j in range(count))
    rows = []
    for i in range(count):
        cells = "".join(f"<td>{_pair(matrix, names, home, i, j)}</td>" for j in range(count))
        name = f"{text.SWAP_FACE.format(number=i + 1)}<br><small>{text.SWAP_FROM.format(photo=sources[i])}</small>"
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scroll" role="region" aria-label="{text.SWAP_TABLE}" tabindex="0">{table}</div>'


def _pair(matrix: SwapMatrix, names: Sequence[str], home: np.ndarray, i: int, j: int) -> str:
    label = int(matrix.labels[i, j])
    won = {
        (True, True): text.SWAP_BOTH,
        (True, False): text.SWAP_FACE_WON,
        (False, True): text.SWAP_SCENE_WON,
        (False, False): text.SWAP_NEITHER,
    }[bool(label == home[i]), bool(label == home[j])]
    words = text.SWAP_HOME if i == j else won
    weight = text.SWAP_CELL_WEIGHT.format(weight=matrix.fusion_weights[i, j, 0])
    probability = f"{matrix.probabilities[i, j, label]:.0%}"
    return f"<b>{escape(names[label])} {probability}</b><br>{words}<br>{weight}"
