"""What moved the answer: signed attribution maps on both of the network's inputs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.canvas import Box
from glamor.figures.colours import AGAINST_COLOR, FOR_COLOR, as_bytes, blend, luma, rgb255
from glamor.figures.inputs import CONTEXT_FRAME, CONTEXT_TITLE, FACE_FRAME, input_panels

ZERO_NOTE = "all zero: nothing\nmoved the answer"
FLAT_NOTE = "flat: every pixel\ncounts the same"
NOT_SCORED = "not scored"
# A handful of extreme pixels would otherwise leave all others without colour.
CLIPPED_SHARE = 0.005
NEUTRAL = 205
HOLE_GREY = (107, 112, 120)


def symmetric_limit(*maps: NDArray[np.floating]) -> float:
    """Return the value L of the scale [-L, L] that serves all the maps.

    L is the magnitude that at most half a per cent of the values exceed; the greatest magnitude
    where that would be zero; zero for maps that are zero everywhere.
    """
    magnitudes = np.abs(np.concatenate([np.ravel(values) for values in maps]))
    if not magnitudes.size:
        return 0.0
    limit = float(np.quantile(magnitudes, 1 - CLIPPED_SHARE, method="higher"))
    return limit or float(magnitudes.max())


def composite_attribution(
    image: NDArray[np.floating], values: NDArray[np.floating], limit: float, opacity: float
) -> NDArray[np.uint8]:
    """Colour a pale grey image: orange where the values are positive, blue where negative.

    The colour's strength is |value| / limit, at most 1; zero leaves the grey image as it is.

    Args:
        image: (H, W, 3) float RGB in [0, 1].
        values: (H, W), signed.
        limit: positive, the magnitude that takes the full colour; 0 colours nothing.
        opacity: of the full colour, in [0, 1].

    Returns:
        (H, W, 3) uint8 RGB.
    """
    strength = np.clip(values / limit, -1, 1) if limit > 0 else np.zeros_like(values)
    # Pale grey, so that the image's own colours and darkness are not mistaken for the map's.
    grey = 70 + 0.7 * luma(as_bytes(image * 255))
    return _tinted(np.repeat(grey, 3, axis=-1), strength, opacity)


def attribution_overlay(
    face: NDArray[np.floating],
    context: NDArray[np.floating],
    face_map: NDArray[np.floating],
    context_map: NDArray[np.floating],
    scored: NDArray[np.bool_],
    opacity: float = 0.9,
    target_name: str = "",
    limit: float | None = None,
    scene_title: str = CONTEXT_TITLE,
) -> Figure:
    """Draw both attribution maps side by side on one shared scale that is symmetric about zero.

    Args:
        face: (S, S, 3) float RGB in [0, 1], the face input.
        context: (T, T, 3) float RGB in [0, 1], the context input with the face blacked out.
        face_map: (S, S), signed contributions to the logit.
        context_map: (T, T), the same for the context.
        scored: (T, T), False where the context map says nothing (the blacked-out face).
        opacity: of the full colour, in [0, 1].
        target_name: the class whose logit is explained, for the scale's caption.
        limit: what takes the full colour, to compare several figures; None: these two maps' own
            :func:`symmetric_limit`.
        scene_title: what stands over the scene.

    Returns:
        A figure.
    """
    known = context_map[scored]
    limit = symmetric_limit(face_map, known) if limit is None else limit
    face_picture = composite_attribution(face, face_map, limit, opacity)
    context_picture = composite_attribution(context, np.where(scored, context_map, 0), limit, opacity)
    context_picture[~scored] = HOLE_GREY
    figure, bottom = input_panels(face_picture, context_picture, canvas.BAR_HEIGHT, scene_title)
    _hatch_hole(figure, scored)
    _note_if_flat(figure, face_map, np.ones(face_map.shape, bool), FACE_FRAME)
    _note_if_flat(figure, context_map, scored, CONTEXT_FRAME)
    clipped = max(np.abs(face_map).max(), np.abs(known).max(initial=0)) > limit
    draw_scale(figure, bottom + canvas.MARGIN, limit, bool(clipped), opacity, target_name)
    return figure


def _tinted(grey: NDArray[np.float32], strength: NDArray[np.floating], opacity: float) -> NDArray[np.uint8]:
    colours = np.where(strength[..., None] > 0, rgb255(FOR_COLOR), rgb255(AGAINST_COLOR))
    return as_bytes(blend(grey, colours, np.abs(strength)[..., None].astype(np.float32) * opacity))


def _hatch_hole(figure: Figure, scored: NDArray[np.bool_]) -> None:
    rows, columns = np.flatnonzero(~scored.all(axis=1)), np.flatnonzero(~scored.all(axis=0))
    if rows.size:
        pixels = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        hole = canvas.inches(pixels, scored.shape, CONTEXT_FRAME)
        canvas.add_hatch(figure, hole)
        canvas.add_label(figure, NOT_SCORED, hole, CONTEXT_FRAME)


def _note_if_flat(figure: Figure, values: NDArray[np.floating], scored: NDArray[np.bool_], frame: Box) -> None:
    known = values[scored]
    if not known.size or np.ptp(known) > 1e-6 * np.abs(known).max():
        return
    middle, half = (frame[1] + frame[3]) / 2, len(scored) // 2
    lower_is_free = scored[half:].sum() >= scored[:half].sum()
    place = (frame[0], middle, frame[2], frame[3]) if lower_is_free else (frame[0], frame[1], frame[2], middle)
    canvas.add_label(figure, FLAT_NOTE if known.any() else ZERO_NOTE, place, frame)


def draw_scale(figure: Figure, top: float, limit: float, clipped: bool, opacity: float, target_name: str) -> None:
    """Draw what the colours of a signed map mean.

    Args:
        figure: where to draw.
        top: of the scale, inches.
        limit: the magnitude that takes the full colour, 0 for a map that is zero everywhere.
        clipped: whether larger magnitudes take the same colour.
        opacity: of the full colour, in [0, 1].
        target_name: the class whose logit is explained; may be empty.
    """
    colours = _tinted(np.full((255, 3), NEUTRAL, np.float32), np.linspace(-1, 1, 255), opacity)
    low, high = ("≤ ", "≥ ") if clipped else ("", "")
    ticks = [(0.5, "0")]
    if limit:
        ticks += [(0.0, f"{low}−{limit:.2g}"), (1.0, f"{high}+{limit:.2g}")]
    what = f"the {target_name} logit" if target_name else "the logit"
    canvas.add_colour_bar(figure, top, colours, ticks, f"against  ←  contribution to {what}  →  for")
