"""The words, table and picture of *Two photos*."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from demo import html
from demo.pictures import Picture
from demo.swap import words
from demo.words import HOW_TO_READ_NUMBERS
from glamor import figures
from glamor.explain import SwapMatrix
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction
from glamor.words import percent

_BREAK = Markup("<br>")


def matrix_picture(predictions: Sequence[Prediction], matrix: SwapMatrix) -> Picture:
    """Return every face before every scene."""
    return figures.to_layer(
        figures.swap_figure(
            [chw_to_hwc(prediction.prepared.face) for prediction in predictions],
            [chw_to_hwc(prediction.prepared.context) for prediction in predictions],
            matrix.attention,
            predictions[0].class_names,
            matrix.probabilities,
            matrix.fusion_weights[..., 0],
        )
    )


def matrix_alt(matrix: SwapMatrix, names: Sequence[str]) -> str:
    """Return the matrix in words."""
    return words.ALT.format(count=len(matrix.labels), words=summary(matrix, names))


def summary(matrix: SwapMatrix, names: Sequence[str]) -> str:
    """Return how often the face's row and how often the scene's column decided."""
    count = len(matrix.labels)
    if not matrix.telling_pairs:
        return words.ALL_ALIKE.format(count=count, label=names[int(matrix.labels[0, 0])])
    return words.SUMMARY.format(
        telling=matrix.telling_pairs,
        face=matrix.face_decides,
        scene=matrix.scene_decides,
        neither=matrix.telling_pairs - matrix.face_decides - matrix.scene_decides,
    )


def matrix_words(matrix: SwapMatrix, predictions: Sequence[Prediction], sources: Sequence[int]) -> Markup:
    """Return the summary, how to read the matrix, and the matrix in words; ``sources`` number the photos."""
    names = predictions[0].class_names
    w_face, home = matrix.fusion_weights[..., 0], np.eye(len(predictions), dtype=bool)
    weight = words.WEIGHT.format(home=w_face[home].mean(), away=w_face[~home].mean())
    return (
        html.verdict(summary(matrix, names))
        + html.caption(weight)
        + html.caption(words.CAPTION)
        + html.details(words.TABLE, _table(matrix, names, sources))
        + html.details(HOW_TO_READ_NUMBERS, html.terms(words.ABOUT_ITEMS))
    )


def _table(matrix: SwapMatrix, names: Sequence[str], sources: Sequence[int]) -> Markup:
    home = matrix.labels.diagonal()
    count = range(len(home))
    head = html.joined(Markup('<th scope="col">{}</th>').format(words.SCENE_NUMBER.format(number=j + 1)) for j in count)
    rows = []
    for i in count:
        cells = html.joined(Markup("<td>{}</td>").format(_pair(matrix, names, home, i, j)) for j in count)
        face, photo = words.FACE_NUMBER.format(number=i + 1), words.FROM.format(photo=sources[i])
        row = Markup('<tr><th scope="row">{}<br><small>{}</small></th>{}</tr>')
        rows.append(row.format(face, photo, cells))
    table = Markup("<table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>")
    return html.scrolling("scroll", words.TABLE, table.format(head, html.joined(rows)))


def _pair(matrix: SwapMatrix, names: Sequence[str], home: np.ndarray, i: int, j: int) -> Markup:
    label = int(matrix.labels[i, j])
    won = {
        (True, True): words.BOTH,
        (True, False): words.FACE_WON,
        (False, True): words.SCENE_WON,
        (False, False): words.NEITHER,
    }[bool(label == home[i]), bool(label == home[j])]
    weight = words.CELL_WEIGHT.format(weight=percent(matrix.fusion_weights[i, j, 0]))
    named = Markup("<b>{} {}</b>").format(names[label], percent(matrix.probabilities[i, j, label]))
    return _BREAK.join([named, words.HOME if i == j else won, weight])
