"""Where it looked: the attention map on the part of the photo that the network saw."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.canvas import Box
from glamor.figures.colours import ATTENTION_MAP, CONTEXT_COLOR, FACE_COLOR, as_bytes, blend, luma
from glamor.figures.inputs import CONTEXT_FRAME, CONTEXT_TITLE, input_panels

FLAT_NOTE = "flat: every cell has the same attention"
MASK_LABEL, OUTSIDE_LABEL = "masked face", "face, not in the scene seen"
# A photo taller than this is shown narrower than the figure, so that a phone shows it whole.
MAX_ASPECT = 1.25
# Cells that differ by less than one per cent of uniform attention have the same shade to the eye.
FLAT_SPREAD = 0.01


def composite_attention(
    photo: NDArray[np.uint8],
    attention: NDArray[np.floating],
    region_xyxy: Box,
    face_box_xyxy: Box,
    opacity: float,
    high: float | None = None,
) -> NDArray[np.uint8]:
    """Lay an attention map over the region that it belongs to, cell by cell.

    The colour runs from no attention to twice the uniform one, or to the map's peak if that is
    higher: a nearly flat map is not stretched into a vivid one, and the peak of a clear one takes
    the top colour. The photo loses its own colours as the map gains opacity, lest they be read as
    attention; the face, which the network saw as black, is black under the map.

    Args:
        photo: (H, W, 3) uint8 RGB.
        attention: (h, w), non-negative, sums to 1.
        region_xyxy: the rectangle that the map covers, photo pixels.
        face_box_xyxy: the rectangle that was painted black, photo pixels; empty for none.
        opacity: of the map, in [0, 1].
        high: what takes the top colour, in multiples of uniform attention, to compare several maps;
            None: this map's own :func:`scale_top`.

    Returns:
        (H, W, 3) uint8 RGB, a new array; equal to ``photo`` outside the region.
    """
    result = photo.copy()
    rows, cell_rows = _cells_of(region_xyxy[1], region_xyxy[3], photo.shape[0], attention.shape[0])
    columns, cell_columns = _cells_of(region_xyxy[0], region_xyxy[2], photo.shape[1], attention.shape[1])
    window = result[rows, columns]
    window[_inside(face_box_xyxy, photo.shape)[rows, columns]] = 0
    # Greys of middling lightness only, for the map's own lightness to be seen.
    greyed = blend(window, 50 + 0.55 * luma(window), opacity)
    colours = _colours(attention, high or scale_top(attention))[cell_rows[:, None], cell_columns[None, :]]
    result[rows, columns] = as_bytes(blend(greyed, colours, opacity))
    return result


def attention_overlay(
    photo: NDArray[np.uint8],
    attention: NDArray[np.floating],
    region_xyxy: Box,
    face_box_xyxy: Box,
    opacity: float = 0.6,
) -> Figure:
    """Draw a photo with its attention map, the region's border, the masked face and a scale.

    Args:
        photo: (H, W, 3) uint8 RGB, any size.
        attention: (h, w), non-negative, sums to 1.
        region_xyxy: the rectangle that the map covers, photo pixels.
        face_box_xyxy: the rectangle that was painted black, photo pixels; empty for none.
        opacity: of the map, in [0, 1].

    Returns:
        A figure; its scale counts in multiples of uniform attention, 1 / (h * w).
    """
    small = _fitted(photo)
    height, width = small.shape[0] / canvas.DPI, small.shape[1] / canvas.DPI
    left, top = (canvas.WIDTH - width) / 2, canvas.MARGIN
    frame = (left, top, left + width, top + height)
    to_small = (0.0, 0.0, float(small.shape[1]), float(small.shape[0]))
    boxes = [canvas.inches(box, photo.shape, to_small) for box in (region_xyxy, face_box_xyxy)]
    picture = composite_attention(small, attention, boxes[0], boxes[1], opacity)
    figure = canvas.new_figure(2 * canvas.MARGIN + height + canvas.BAR_HEIGHT)
    canvas.add_image(figure, picture, frame)
    region = canvas.inches(region_xyxy, photo.shape, frame)
    draw_grid(figure, region, attention.shape)
    face = canvas.inches(face_box_xyxy, photo.shape, frame)
    draw_masked_face(figure, face, frame, MASK_LABEL if _meet(face, region) else OUTSIDE_LABEL)
    canvas.add_border(figure, region, CONTEXT_COLOR)
    draw_scale(figure, frame[3] + canvas.MARGIN, attention)
    return figure


def attention_on_inputs(
    face: NDArray[np.floating],
    context: NDArray[np.floating],
    attention: NDArray[np.floating],
    masked_xyxy: Box,
    opacity: float = 0.6,
    scene_title: str = CONTEXT_TITLE,
) -> Figure:
    """Draw the network's two inputs side by side with the attention over the scene; the face has none.

    Args:
        face: (S, S, 3) float RGB in [0, 1].
        context: (T, T, 3) float RGB in [0, 1], the face blacked out.
        attention: (h, w), non-negative, sums to 1.
        masked_xyxy: the rectangle that was painted black, context pixels; empty for none.
        opacity: of the map, in [0, 1].
        scene_title: what stands over the scene.

    Returns:
        A figure of the size of :func:`~glamor.figures.attribution_overlay`'s.
    """
    scene = as_bytes(context * 255)
    whole = (0.0, 0.0, float(scene.shape[1]), float(scene.shape[0]))
    lit = composite_attention(scene, attention, whole, masked_xyxy, opacity)
    figure, bottom = input_panels(as_bytes(face * 255), lit, canvas.BAR_HEIGHT, scene_title)
    draw_grid(figure, CONTEXT_FRAME, attention.shape)
    draw_masked_face(figure, canvas.inches(masked_xyxy, scene.shape, CONTEXT_FRAME), CONTEXT_FRAME)
    draw_scale(figure, bottom + canvas.MARGIN, attention)
    return figure


def _cells_of(start: float, stop: float, pixels: int, cells: int) -> tuple[slice, NDArray[np.intp]]:
    """Return the pixels whose centres lie in [start, stop) and the cell that each falls in."""
    centres = np.arange(pixels) + 0.5
    index = np.floor((centres - start) / max(stop - start, 1e-9) * cells)
    inside = np.flatnonzero((index >= 0) & (index < cells))
    first, last = (int(inside[0]), int(inside[-1]) + 1) if inside.size else (0, 0)
    return slice(first, last), index[first:last].astype(np.intp)


def _inside(box_xyxy: Box, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5
    x1, y1, x2, y2 = box_xyxy
    return ((rows >= y1) & (rows < y2))[:, None] & ((columns >= x1) & (columns < x2))[None, :]


def _meet(a: Box, b: Box) -> bool:
    return max(a[0], b[0]) < min(a[2], b[2]) and max(a[1], b[1]) < min(a[3], b[3])


def scale_top(*maps: NDArray[np.floating]) -> float:
    """Return the upper end of the scale that serves all the maps, in multiples of uniform attention."""
    return max(2.0, *(float(attention.max()) * attention.size for attention in maps))


def _colours(attention: NDArray[np.floating], high: float) -> NDArray[np.float32]:
    share = attention * attention.size / high
    return np.asarray(ATTENTION_MAP(share)[..., :3] * 255, np.float32)


def _fitted(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the photo at the resolution at which the figure shows it."""
    height, width = photo.shape[:2]
    room = (canvas.WIDTH - 2 * canvas.MARGIN) * canvas.DPI
    factor = min(room / width, room * MAX_ASPECT / height)
    return canvas.resized(photo, max(1, round(height * factor)), max(1, round(width * factor)))


def draw_grid(figure: Figure, region: Box, cells_hw: tuple[int, ...]) -> None:
    """Draw the lines between the cells of a grid that fills ``region`` (inches)."""
    x1, y1, x2, y2 = region
    down = [((x, y1), (x, y2)) for x in np.linspace(x1, x2, cells_hw[1] + 1)[1:-1]]
    across = [((x1, y), (x2, y)) for y in np.linspace(y1, y2, cells_hw[0] + 1)[1:-1]]
    canvas.add_lines(figure, down + across, "white", alpha=0.35)


def draw_masked_face(figure: Figure, face: Box, frame: Box, words: str = MASK_LABEL) -> None:
    """Mark the part of ``face`` that lies in ``frame`` (inches) as masked, with or without words."""
    x1, y1, x2, y2 = max(face[0], frame[0]), max(face[1], frame[1]), min(face[2], frame[2]), min(face[3], frame[3])
    if x2 <= x1 or y2 <= y1:
        return
    canvas.add_hatch(figure, (x1, y1, x2, y2))
    canvas.add_border(figure, (x1, y1, x2, y2), FACE_COLOR, dashed=True)
    if words:
        canvas.add_label(figure, words, (x1, y1, x2, y2), frame)


def draw_scale(figure: Figure, top: float, *maps: NDArray[np.floating]) -> None:
    """Draw the scale that serves all the maps, ``canvas.BAR_HEIGHT`` high."""
    high, cells = scale_top(*maps), maps[0].size
    flat = max(float(np.ptp(attention)) for attention in maps) * cells < FLAT_SPREAD
    caption = FLAT_NOTE if flat else f"attention, as a multiple of uniform (1/{cells})"
    draw_multiples(figure, top, high, f"{high:.1f}×" if high < 10 else f"{high:.0f}×", caption)


def draw_multiples(figure: Figure, top: float, high: float, words: str, caption: str) -> None:
    """Draw the scale from none to ``high`` times uniform attention, whose end reads ``words``."""
    colours = as_bytes(ATTENTION_MAP(np.linspace(0, 1, 256))[:, :3] * 255)
    ticks = [(0.0, "0"), (1.0, words)]
    if 1 / high > 0.08:  # else it would touch the zero
        ticks.append((1 / high, "1×"))
    canvas.add_colour_bar(figure, top, colours, ticks, caption)
