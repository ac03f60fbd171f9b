"""The words, bars and pictures of the tab *Interventions*."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from demo import html
from demo.interventions import words
from demo.pictures import Picture
from demo.words import FACE, HOW_TO_READ_NUMBERS, SCENE
from glamor import figures
from glamor.explain import FusionCurve, People
from glamor.explain.what_if import (
    AS_IS,
    BLACK,
    BLURRED,
    SHUFFLED,
    UNIFORM,
    InterventionState,
    Outcome,
    Setting,
    seen_as,
)
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction
from glamor.words import percent

SEEN = {AS_IS: words.AS_IS, BLACK: words.BLACK, BLURRED: words.BLURRED}
ALIKE = 0.05  # a share of the attention that is too small to speak of


def answer(state: InterventionState, setting: Setting, outcome: Outcome) -> Markup:
    """Return the untouched answer beside the present one, with every change."""
    before, now = state.prediction, outcome.answer
    rows = [
        _change(name, float(old), float(new), "best" if name == now.emotion else "")
        for name, old, new in zip(now.class_names, before.probabilities, now.probabilities, strict=True)
    ]
    weights = zip((FACE, SCENE), before.fusion_weights, now.fusion_weights, strict=True)
    rows += [_change(name, old, new, kind) for (name, old, new), kind in zip(weights, ("face", "scene"), strict=True)]
    heads = (words.BEFORE, words.NOW, words.CHANGE)
    head = html.joined(Markup('<th scope="col">{}</th>').format(name) for name in heads)
    table = Markup(
        '<table class="changes"><thead><tr><td></td><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(head, html.joined(rows))
    return (
        html.label(now.emotion, now.probabilities.max())
        + html.verdict(_verdict(setting, before.emotion, now.emotion))
        + table
        + html.caption(_set_by_hand(state, setting))
    )


def flips(curve: FusionCurve, names: Sequence[str]) -> str:
    """Return in words where the label flips as the face's weight grows."""
    first = curve.flips[0].before if curve.flips else int(curve.probabilities[0].argmax())
    if not curve.flips:
        return words.NO_FLIP.format(label=names[first])
    steps = [words.FLIP_STEP.format(label=names[flip.after], weight=flip.w_face) for flip in curve.flips]
    return words.FLIPS.format(labels=", ".join([names[first], *steps]))


def curve_alt(curve: FusionCurve, names: Sequence[str]) -> str:
    """Return the fusion curve in words."""
    return words.CURVE_ALT.format(flips=flips(curve, names), own=curve.learned_w_face)


def curve_picture(setting: Setting, outcome: Outcome) -> Picture:
    """Return the seven probabilities for every weight of the face."""
    found = outcome.curve
    places = [flip.w_face for flip in found.flips]
    names = outcome.answer.class_names
    return figures.to_array(
        figures.fusion_figure(names, found.w_face, found.probabilities, places, found.learned_w_face, setting.w_face)
    )


def board_alt(setting: Setting, outcome: Outcome) -> str:
    """Return the attention editor's picture in words."""
    attention = outcome.answer.attention
    row, column = np.unravel_index(int(attention.argmax()), attention.shape)
    return words.BOARD_ALT.format(
        rows=attention.shape[0],
        columns=attention.shape[1],
        cells=attention.size,
        removed=len(setting.removed),
        row=row + 1,
        column=column + 1,
        peak=attention.max() * attention.size,
    )


def board_picture(state: InterventionState, setting: Setting, outcome: Outcome) -> Picture:
    """Return the scene as the network gets it, with the grid and the attention to edit."""
    prepared = seen_as(state.prediction.prepared, setting.scene, setting.face)
    attention = outcome.answer.attention
    removed = np.zeros(attention.shape, bool)
    for row, column in setting.removed:
        removed[row, column] = True
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    return figures.to_array(figures.attention_board(chw_to_hwc(prepared.context), attention, removed, masked))


def people_verdict(found: People, numbers: Sequence[int]) -> str:
    """Return whether the face steers the look, with the pair that differs most."""
    first, second = np.unravel_index(int(found.distance.argmax()), found.distance.shape)
    most = float(found.distance.max())
    sentence = words.PEOPLE_ALIKE if most < ALIKE else words.PEOPLE_DIFFER
    low, high = sorted((numbers[int(first)], numbers[int(second)]))
    return sentence.format(most=most, first=low, second=high)


def people(found: People, numbers: Sequence[int], scene: int, count: int) -> Markup:
    """Return how far each face's look lies from that of the one whose scene it is.

    Args:
        found: the maps and their distances.
        numbers: of the faces that were compared.
        scene: place in ``numbers`` of the one whose scene it is.
        count: how many faces the photo has.
    """
    rows = [
        words.PEOPLE_ROW.format(
            number=number,
            distance=found.distance[i, scene],
            scene=numbers[scene],
            weight=percent(found.fusion_weights[i, 0]),
        )
        for i, number in enumerate(numbers)
        if i != scene
    ]
    left_out = words.PEOPLE_FIRST.format(count=count, limit=len(numbers)) if count > len(numbers) else ""
    return (
        html.verdict(people_verdict(found, numbers))
        + html.points(rows, "plain")
        + html.caption(words.PEOPLE_CAPTION.format(scene=numbers[scene]))
        + (html.caption(left_out) if left_out else html.NOTHING)
        + html.details(HOW_TO_READ_NUMBERS, words.PEOPLE_ABOUT)
    )


def people_picture(scene: Prediction, found: People, numbers: Sequence[int]) -> Picture:
    """Return several people's attention over one scene; ``numbers`` name them."""
    prepared = scene.prepared
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    titles = [words.FACE_NUMBER.format(number=number) for number in numbers]
    return figures.to_array(figures.people_figure(chw_to_hwc(prepared.context), found.attention, titles, masked))


def _verdict(setting: Setting, before: str, after: str) -> str:
    if setting.untouched:
        return words.NOTHING_SET
    if before == after:
        return words.STAYS.format(label=after)
    return words.FLIPPED.format(before=before, after=after)


def _set_by_hand(state: InterventionState, setting: Setting) -> str:
    cells = state.prediction.attention.size
    looks = {UNIFORM: words.SET_UNIFORM, SHUFFLED: words.SET_SHUFFLED.format(seed=setting.seed)}
    things = [
        words.SET_WEIGHT.format(weight=setting.w_face) if setting.w_face is not None else "",
        looks.get(setting.attention, ""),
        words.SET_CELLS.format(count=len(setting.removed), cells=cells) if setting.removed else "",
        words.SET_SCENE.format(how=SEEN[setting.scene].lower()) if setting.scene != AS_IS else "",
        words.SET_FACE.format(how=SEEN[setting.face].lower()) if setting.face != AS_IS else "",
    ]
    named = ", ".join(thing for thing in things if thing)
    return words.SET.format(things=named) if named else ""


def _change(name: str, before: float, now: float, kind: str) -> Markup:
    """Return one line: a bar of the present value with a tick at the untouched one, both, and the change."""
    points = round(round(100 * now, 1) - round(100 * before, 1), 1) + 0.0  # of what is shown; no minus zero
    sign = "up" if points > 0 else "down" if points < 0 else "same"
    gained = f"{points:+.1f}".replace("-", "−") if points else "0.0"
    return Markup(
        '<tr class="{kind}"><th scope="row">{name}</th><td class="bar"><b aria-hidden="true">'
        '<i style="width:{now:.2%}"></i><u style="left:{before:.2%}"></u></b></td>'
        '<td>{before:.1%}</td><td>{now:.1%}</td><td class="{sign}">{gained}</td></tr>'
    ).format(kind=kind, name=name, now=now, before=before, sign=sign, gained=gained)
