"""The figures of a bundle, each as PNG and as SVG with its result in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glamor import figures
from glamor.explain.parts import NoParts, Parts
from glamor.images import chw_to_hwc, data_uri, shrink
from glamor.remarks import scene_title
from glamor.report import words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from glamor.explain import Explanation
    from glamor.photo import Photo
    from glamor.predictor import Prediction

LONGEST = 1280  # pixels; a photo is drawn no larger than this


@dataclass(frozen=True)
class Picture:
    """One figure.

    Attributes:
        name: of its files, without their endings.
        alt: what it shows, for people who do not see it.
        png, svg: the files.
    """

    name: str
    alt: str
    png: bytes
    svg: bytes


def pictures(
    photo: Photo,
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    parts: Parts | NoParts | None = None,
) -> tuple[Picture, ...]:
    """Draw all figures of an analysis, in the order in which the page shows them.

    Args:
        photo: (H, W, 3) uint8 RGB.
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.
        parts: of that face, drawn if it has any.
    """
    prediction = predictions[selected]
    face, context = chw_to_hwc(prediction.prepared.face), chw_to_hwc(prediction.prepared.context)
    title = scene_title(prediction.prepared.geometry)
    return (
        _boxes(photo, predictions, selected),
        _drawn(
            "probabilities",
            words.answer_alt(prediction),
            figures.probability_bar(prediction.class_names, prediction.probabilities),
        ),
        _drawn("saw", words.saw_alt(prediction), figures.saw_figure(face, context, title)),
        _drawn("attention", words.attention_alt(prediction), _attention(photo, prediction)),
        _drawn("fusion", words.fusion_alt(prediction), figures.fusion_bar(prediction.fusion_weights)),
        _drawn(
            "attributions",
            words.attribution_alt(explanation),
            figures.attribution_overlay(
                face,
                context,
                explanation.face,
                explanation.context,
                explanation.scored,
                target_name=explanation.target_name,
                scene_title=title,
            ),
        ),
        *(_parts(face, parts) if isinstance(parts, Parts) else ()),
    )


def _parts(face: NDArray[np.float32], parts: Parts) -> tuple[Picture, ...]:
    values = [(part.name, part.logit) for part in parts.parts]
    figure = figures.parts_figure(face, parts.replaced, parts.owner, values, parts.target_name)
    return (_drawn("parts", words.parts_alt(parts), figure),)


def _drawn(name: str, alt: str, figure: Figure) -> Picture:
    return Picture(name, alt, figures.to_png(figure), figures.to_svg(figure, alt))


def _attention(photo: Photo, prediction: Prediction) -> Figure:
    return figures.attention_overlay(
        photo,
        prediction.attention,
        prediction.attention_region_xyxy,
        prediction.prepared.geometry.face_box_xyxy,
    )


def _boxes(photo: Photo, predictions: Sequence[Prediction], selected: int) -> Picture:
    """Draw the numbered boxes on the photo: pixels alone, so nothing of its metadata can follow."""
    scale = min(1.0, LONGEST / max(photo.shape[:2]))
    boxes = [tuple(side * scale for side in prediction.face_box_xyxy) for prediction in predictions]
    drawn = figures.draw_boxes(shrink(photo, scale), boxes, selected)
    file = BytesIO()
    Image.fromarray(drawn).save(file, format="PNG")
    alt = words.boxes_alt(predictions, selected)
    return Picture("boxes", alt, file.getvalue(), _around(file.getvalue(), drawn.shape, alt))


def _around(png: bytes, shape: tuple[int, ...], alt: str) -> bytes:
    """Return an SVG file of one picture: a photo has no lines that could be drawn sharper."""
    height, width = shape[:2]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<title>{escape(alt)}</title><image width="{width}" height="{height}" href="{data_uri(png)}"/></svg>\n'
    ).encode()
