"""Predictions and explanations as the pictures of the page and the API."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from PIL import Image

from demo import html
from demo.kept import OnScreen
from demo.visits import Analysis, Point
from glamor import figures
from glamor.explain import Explanation
from glamor.explain.trust import SANITY_LIMIT, Removal, Trust
from glamor.images import chw_to_hwc, data_uri
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction
from glamor.remarks import scene_title

Picture = NDArray[np.uint8]
# Of a photo of 640x480, PNG's usual level takes 131 ms for 458 kB, this one 29 ms for 504 kB: no line is that slow.
# As a JPEG, enough for a photo with boxes, it takes 1.3 ms for 82 kB; colour as fine as light keeps digits sharp.
PACKING = {"compress_level": 1, "quality": 90, "subsampling": 0}


def encode(picture: Picture) -> Image.Image:
    """Return a picture that Gradio packs quickly: asked for PNG, no pixel changes; asked for JPEG, none that shows."""
    image = Image.fromarray(picture)
    image.encoderinfo = dict(PACKING)
    return image


def image_update(picture: Picture, words: str) -> Any:
    """Return the update that puts a picture into its place, told in ``words`` to those who cannot see it."""
    return gr.update(value=encode(picture), alt_text=words, visible=True)


def img_tag(picture: Picture, words: str) -> Markup:
    """Return a picture as one piece of HTML that needs no file, told in ``words`` to those who cannot see it."""
    data = BytesIO()
    Image.fromarray(picture).save(data, "png", **PACKING)
    return html.picture(data_uri(data.getvalue()), words)


def boxed_photo(analysis: Analysis) -> Picture:
    """Return the photo at most LONGEST_SHOWN long, with numbered boxes and the first corner of a new one."""
    chosen = analysis.request.face if analysis.request else None
    photo = analysis.photo.on_screen()
    picture = numbered_photo(photo, analysis.predictions, chosen)
    return picture if analysis.corner is None else _with_cross(picture, analysis.corner, photo.scale)


def numbered_photo(photo: OnScreen, predictions: tuple[Prediction, ...], chosen: int | None) -> Picture:
    """Return the photo with a numbered box around each face."""
    boxes = [_scaled(prediction.face_box_xyxy, photo.scale) for prediction in predictions]
    return figures.draw_boxes(photo.pixels, boxes, chosen)


def looked(photo: OnScreen, prediction: Prediction, opacity: float) -> Picture:
    """Return the photo with the attention map over the region that it covers."""
    region = _scaled(prediction.attention_region_xyxy, photo.scale)
    masked = _scaled(prediction.prepared.geometry.face_box_xyxy, photo.scale)
    return figures.to_layer(figures.attention_overlay(photo.pixels, prediction.attention, region, masked, opacity))


def looked_at(prediction: Prediction, opacity: float) -> Picture:
    """Return the network's two inputs with the attention map over the scene."""
    prepared = prediction.prepared
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    return figures.to_layer(
        figures.attention_on_inputs(
            chw_to_hwc(prepared.face),
            chw_to_hwc(prepared.context),
            prediction.attention,
            masked,
            opacity,
            scene_title(prepared.geometry),
        )
    )


def moved(prediction: Prediction, explanation: Explanation, opacity: float, limit: float | None = None) -> Picture:
    """Return the attribution maps over the network's two inputs; ``limit`` takes the full colour."""
    prepared = prediction.prepared
    return figures.to_layer(
        figures.attribution_overlay(
            chw_to_hwc(prepared.face),
            chw_to_hwc(prepared.context),
            explanation.face,
            explanation.context,
            explanation.scored,
            opacity,
            explanation.target_name,
            limit,
            scene_title(prepared.geometry),
        )
    )


def limit_of(explanations: Iterable[Explanation]) -> float:
    """Return the largest of the maps' own limits: the one scale on which all of them can be compared."""
    limits = (
        figures.symmetric_limit(explanation.face, explanation.context[explanation.scored])
        for explanation in explanations
    )
    return max(limits, default=0.0)


def removal(trust: Trust, found: Removal) -> Picture:
    """Return deletion and insertion curves of every map over the band of random orders."""
    curves = found.curves
    return figures.to_layer(
        figures.removal_figure(
            [curve.name for curve in curves],
            np.stack([curve.deletion for curve in curves]),
            np.stack([curve.insertion for curve in curves]),
            found.random_mean,
            found.random_low,
            found.random_high,
            trust.faithfulness.target_name,
        )
    )


def cascade(trust: Trust) -> Picture:
    """Return how similar each map stays while the network is randomised."""
    names, stages = [entry.name for entry in trust.reliability], trust.reliability[0].stages
    similarity = np.stack([entry.similarity for entry in trust.reliability])
    return figures.to_layer(figures.cascade_figure(names, stages, similarity, SANITY_LIMIT))


def reliance(trust: Trust) -> Picture:
    """Return what the network says it relies on above what it does rely on."""
    found = trust.reliance
    return figures.to_layer(figures.reliance_figure(found.fusion_weights, found.attribution, found.probability_lost))


def _scaled(box_xyxy: BoxXyxy, scale: float) -> BoxXyxy:
    x1, y1, x2, y2 = box_xyxy
    return x1 * scale, y1 * scale, x2 * scale, y2 * scale


def _with_cross(picture: Picture, corner: Point, scale: float) -> Picture:
    """Mark a point with a cross that shows on any ground."""
    marked = picture.copy()
    height, width = picture.shape[:2]
    x, y = (int(value * scale) for value in corner)
    reach = max(6, max(height, width) // 60)
    for thick, tone in ((2, 255), (1, 0)):
        marked[max(0, y - thick) : y + thick, max(0, x - reach) : x + reach] = tone
        marked[max(0, y - reach) : y + reach, max(0, x - thick) : x + thick] = tone
    return marked
