"""What it saw: the boxes on the photo, and the two pictures that went into the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glamor.figures import canvas
from glamor.figures.canvas import Box
from glamor.figures.colours import CONTEXT_COLOR, FACE_COLOR, INK, as_bytes

GAP = 0.12
TITLE = 0.2
PANEL = (canvas.WIDTH - 2 * canvas.MARGIN - GAP) / 2
FACE_TITLE, CONTEXT_TITLE = "Face", "Scene, face hidden"
_TOP = canvas.MARGIN + TITLE
FACE_FRAME: Box = (canvas.MARGIN, _TOP, canvas.MARGIN + PANEL, _TOP + PANEL)
CONTEXT_FRAME: Box = (canvas.MARGIN + PANEL + GAP, _TOP, canvas.WIDTH - canvas.MARGIN, _TOP + PANEL)


def saw_figure(face: NDArray[np.floating], context: NDArray[np.floating], scene_title: str = CONTEXT_TITLE) -> Figure:
    """Draw the network's two inputs next to each other, pixel by pixel as they are.

    Args:
        face: (S, S, 3) float RGB in [0, 1].
        context: (T, T, 3) float RGB in [0, 1], the face blacked out.
        scene_title: what stands over the scene.
    """
    return input_panels(as_bytes(face * 255), as_bytes(context * 255), 0.0, scene_title)[0]


def input_panels(
    face: NDArray[np.uint8], context: NDArray[np.uint8], below: float, scene_title: str = CONTEXT_TITLE
) -> tuple[Figure, float]:
    """Return a figure with a face and a context picture, titled and framed in their colours.

    Args:
        face: (S, S, 3) RGB, shown in ``FACE_FRAME``.
        context: (T, T, 3) RGB, shown in ``CONTEXT_FRAME``.
        below: inches to leave free under the pictures.
        scene_title: what stands over the scene.

    Returns:
        The figure, and where the free part begins, in inches.
    """
    bottom = FACE_FRAME[3]
    figure = canvas.new_figure(bottom + canvas.MARGIN + below)
    _draw_panel(figure, face, FACE_FRAME, FACE_TITLE, FACE_COLOR)
    _draw_panel(figure, context, CONTEXT_FRAME, scene_title, CONTEXT_COLOR)
    return figure, bottom


def draw_boxes(photo: NDArray[np.uint8], boxes_xyxy: Sequence[Box], selected: int | None) -> NDArray[np.uint8]:
    """Draw numbered boxes on a photo; lines and labels grow with it.

    Args:
        photo: (H, W, 3) uint8 RGB.
        boxes_xyxy: photo pixels; the first is labelled 1. Parts outside the photo are not drawn.
        selected: index of the box in the face colour, drawn last; None for none.

    Returns:
        (H, W, 3) uint8 RGB, a new array.
    """
    picture = Image.fromarray(photo)
    pencil = ImageDraw.Draw(picture)
    others = [index for index in range(len(boxes_xyxy)) if index != selected]
    for index in others + ([] if selected is None else [selected]):
        _draw_box(pencil, boxes_xyxy[index], str(index + 1), picture.size, index == selected)
    return np.array(picture)


def _draw_panel(figure: Figure, picture: NDArray[np.uint8], frame: Box, title: str, color: str) -> None:
    canvas.add_text(figure, frame[0], canvas.MARGIN, title, color=color, fontsize=9.5, fontweight="bold")
    canvas.add_image(figure, picture, frame)
    canvas.add_border(figure, frame, color)


def _draw_box(pencil: ImageDraw.ImageDraw, box_xyxy: Box, number: str, size: tuple[int, int], chosen: bool) -> None:
    line = max(1, round(max(size) / (160 if chosen else 240)))
    color, casing, ink = (FACE_COLOR, "white", "white") if chosen else ("white", INK, INK)
    x1, y1, x2, y2 = _clipped(box_xyxy, size)
    half = max(1, line // 2)
    pencil.rectangle((x1 - half, y1 - half, x2 + half, y2 + half), outline=casing, width=line + 2 * half)
    pencil.rectangle((x1, y1, x2, y2), outline=color, width=line)
    font = ImageFont.truetype(_font_file(), _label_height(box_xyxy, size))
    left, top, right, bottom = pencil.textbbox((0, 0), number, font=font)
    high, wide = bottom - top + font.size // 2, max(right - left, bottom - top) + font.size // 2
    x, y = max(0, min(x1, size[0] - 1 - wide)), y1 - high if y1 >= high else y1
    pencil.rectangle((x, y, x + wide, y + high), fill=color, outline=casing, width=half)
    pencil.text((x + wide / 2, y + high / 2), number, fill=ink, font=font, anchor="mm")


def _clipped(box_xyxy: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (round(value) for value in box_xyxy)
    left, top = min(max(x1, 0), size[0] - 1), min(max(y1, 0), size[1] - 1)
    return left, top, max(left, min(x2, size[0] - 1)), max(top, min(y2, size[1] - 1))


def _label_height(box_xyxy: Box, size: tuple[int, int]) -> int:
    """Return the number's height: 14 pixels on a phone, less where faces are small and many."""
    long, side = max(size), min(box_xyxy[2] - box_xyxy[0], box_xyxy[3] - box_xyxy[1])
    return max(8, round(min(long / 26, max(side * 0.5, long / 45))))


def _font_file() -> str:
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")
