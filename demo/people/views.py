"""The people of a photo before one scene, in words and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from demo import html
from demo.people import words
from demo.pictures import Picture
from demo.words import HOW_TO_READ_NUMBERS
from glamor import figures
from glamor.explain import People
from glamor.images import chw_to_hwc
from glamor.predictor import Prediction
from glamor.words import percent

ALIKE = 0.05  # a share of the attention that is too small to speak of


def verdict(found: People, numbers: Sequence[int]) -> str:
    """Return whether the face steers the look, with the pair that differs most."""
    first, second = np.unravel_index(int(found.distance.argmax()), found.distance.shape)
    most = float(found.distance.max())
    sentence = words.ALIKE if most < ALIKE else words.DIFFER
    low, high = sorted((numbers[int(first)], numbers[int(second)]))
    return sentence.format(most=most, first=low, second=high)


def told(found: People, numbers: Sequence[int], scene: int, count: int) -> Markup:
    """Return how far each face's look lies from that of the one whose scene it is.

    Args:
        found: the maps and their distances.
        numbers: of the faces that were compared.
        scene: place in ``numbers`` of the one whose scene it is.
        count: how many faces the photo has.
    """
    rows = [
        words.ROW.format(
            number=number,
            distance=found.distance[i, scene],
            scene=numbers[scene],
            weight=percent(found.fusion_weights[i, 0]),
        )
        for i, number in enumerate(numbers)
        if i != scene
    ]
    left_out = words.FIRST.format(count=count, limit=len(numbers)) if count > len(numbers) else ""
    return (
        html.verdict(verdict(found, numbers))
        + html.points(rows, "plain")
        + html.caption(words.CAPTION.format(scene=numbers[scene]))
        + (html.caption(left_out) if left_out else html.NOTHING)
        + html.details(HOW_TO_READ_NUMBERS, words.ABOUT)
    )


def picture(scene: Prediction, found: People, numbers: Sequence[int]) -> Picture:
    """Return several people's attention over one scene; ``numbers`` name them."""
    prepared = scene.prepared
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    titles = [words.FACE_NUMBER.format(number=number) for number in numbers]
    return figures.to_layer(figures.people_figure(chw_to_hwc(prepared.context), found.attention, titles, masked))
