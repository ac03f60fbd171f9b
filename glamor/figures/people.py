"""Several people: their attention over one scene, and every face in front of every scene."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.attention import composite_attention, draw_masked_face, draw_scale, scale_top
from glamor.figures.canvas import LINE, MARGIN, WIDTH, Box
from glamor.figures.colours import CONTEXT_COLOR, FACE_COLOR, INK, MUTED, QUIET_BAR, as_bytes
from glamor.words import percent

Floats = NDArray[np.floating]

EMPTY_BOX: Box = (0.0, 0.0, 0.0, 0.0)  # where no face is masked
OPACITY = 0.6
GAP = 0.12
TITLE = 0.2
HEAD = 0.72  # inches that a row's or a column's own picture takes
SMALLEST_CELL = 1.12
WORDS = 3 * LINE + 0.14  # under each picture of the matrix
# Who decided, by whether the pair's label is the one of the face, and of the scene, at home.
DECIDED = {
    (True, True): ("both agree", MUTED),
    (True, False): ("the face’s label", FACE_COLOR),
    (False, True): ("the scene’s label", CONTEXT_COLOR),
    (False, False): ("neither’s label", MUTED),
}


def people_figure(
    context: Floats, attention: Floats, titles: Sequence[str], masked_xyxy: Box = EMPTY_BOX, opacity: float = OPACITY
) -> Figure:
    """Draw several people's attention over one scene, side by side on one shared scale.

    Args:
        context: (T, T, 3) float RGB in [0, 1], the scene that all of them look at.
        attention: (n, h, w), each non-negative with sum 1.
        titles: n, whose map it is.
        masked_xyxy: the rectangle of the scene that was painted black, context pixels.
        opacity: of the maps, in [0, 1].

    Returns:
        A figure.
    """
    columns = 2 if len(titles) in (2, 4) else min(len(titles), 3)
    side = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
    rows = -(-len(titles) // columns)
    bottom = MARGIN + rows * (TITLE + side) + (rows - 1) * GAP
    figure = canvas.new_figure(bottom + MARGIN + canvas.BAR_HEIGHT)
    high = scale_top(*attention)
    for i, title in enumerate(titles):
        left, top = MARGIN + i % columns * (side + GAP), MARGIN + i // columns * (TITLE + side + GAP)
        frame = (left, top + TITLE, left + side, top + TITLE + side)
        canvas.add_text(figure, left, top, title, color=FACE_COLOR, fontsize=9.5, fontweight="bold")
        _draw_scene(figure, context, attention[i], high, frame, opacity)
        draw_masked_face(figure, canvas.inches(masked_xyxy, context.shape, frame), frame, words="")
        canvas.add_border(figure, frame, CONTEXT_COLOR)
    draw_scale(figure, bottom + MARGIN, *attention)
    return figure


def swap_figure(
    faces: Sequence[Floats],
    scenes: Sequence[Floats],
    attention: Floats,
    class_names: Sequence[str],
    probabilities: Floats,
    w_face: Floats,
) -> Figure:
    """Draw every face (rows) in front of every scene (columns): where it looks, what it answers, what weighs.

    Args:
        faces: n face inputs, (S, S, 3) float RGB in [0, 1].
        scenes: n context inputs, (T, T, 3) float RGB in [0, 1].
        attention: (n, n, h, w), of each pair, over the column's scene.
        class_names: one a class.
        probabilities: (n, n, classes), of each pair.
        w_face: (n, n), the fusion weight of the face.

    Returns:
        A figure, 3.6 inches wide for two people and wider for more; its diagonal, each face
        before its own scene, is framed.
    """
    n, high = len(faces), scale_top(*attention.reshape(-1, *attention.shape[2:]))
    cell = max(SMALLEST_CELL, (WIDTH - 2 * MARGIN - HEAD - n * GAP) / n)
    left, top = MARGIN + HEAD + GAP, MARGIN + TITLE + HEAD + GAP
    bottom = top + n * (cell + WORDS) + MARGIN
    figure = canvas.new_figure(bottom + MARGIN + canvas.BAR_HEIGHT, left + n * (cell + GAP) - GAP + MARGIN)
    labels = probabilities.argmax(axis=-1)
    home = labels.diagonal()
    _draw_heads(figure, faces, scenes, cell, (left, top))
    for i, j in np.ndindex(n, n):
        x, y = left + j * (cell + GAP), top + i * (cell + WORDS)
        frame = (x, y, x + cell, y + cell)
        _draw_scene(figure, scenes[j], attention[i, j], high, frame, OPACITY)
        canvas.add_border(figure, frame, INK if i == j else QUIET_BAR)
        label = labels[i, j]
        decided = ("own scene", INK) if i == j else DECIDED[bool(label == home[i]), bool(label == home[j])]
        _draw_words(figure, frame, f"{class_names[label]} {percent(probabilities[i, j, label])}", decided)
        _draw_weight(figure, frame, float(w_face[i, j]))
    draw_scale(figure, bottom, *attention.reshape(-1, *attention.shape[2:]))
    return figure


def _draw_scene(figure: Figure, scene: Floats, attention: Floats, high: float, frame: Box, opacity: float) -> None:
    side = round((frame[2] - frame[0]) * canvas.DPI)
    pixels = canvas.nearest(as_bytes(scene * 255), side, side)
    picture = composite_attention(pixels, attention, (0, 0, side, side), EMPTY_BOX, opacity, high)
    canvas.add_image(figure, picture, frame)


def _draw_heads(
    figure: Figure, faces: Sequence[Floats], scenes: Sequence[Floats], cell: float, corner: tuple[float, float]
) -> None:
    left, top = corner
    style = {"fontsize": 9.5, "fontweight": "bold"}
    canvas.add_text(figure, MARGIN, top - GAP - TITLE + 0.02, "Faces", color=FACE_COLOR, **style)
    canvas.add_text(figure, left, MARGIN, "Scenes, without their face", color=CONTEXT_COLOR, **style)
    for i, (face, scene) in enumerate(zip(faces, scenes, strict=True)):
        y, x = top + i * (cell + WORDS), left + i * (cell + GAP)
        row = (MARGIN, y, MARGIN + HEAD, y + HEAD)
        column = (x, MARGIN + TITLE, x + HEAD, MARGIN + TITLE + HEAD)
        for picture, frame, color in ((face, row, FACE_COLOR), (scene, column, CONTEXT_COLOR)):
            canvas.add_image(figure, as_bytes(picture * 255), frame)
            canvas.add_border(figure, frame, color)
        canvas.add_text(figure, MARGIN, y + HEAD + 0.05, f"face {i + 1}", color=FACE_COLOR)
        canvas.add_text(figure, x + HEAD + 0.07, MARGIN + TITLE, f"{i + 1}", color=CONTEXT_COLOR, **style)


def _draw_words(figure: Figure, frame: Box, label: str, decided: tuple[str, str]) -> None:
    canvas.add_text(figure, frame[0], frame[3] + 0.05, label, fontweight="bold")
    words, color = decided
    canvas.add_text(figure, frame[0], frame[3] + 0.05 + LINE, words, color=color)


def _draw_weight(figure: Figure, frame: Box, w_face: float) -> None:
    """Draw one bar, the face's weight in violet and the scene's in green, with the face's in numbers."""
    top, right = frame[3] + 0.05 + 2 * LINE + 0.04, frame[2] - 0.66
    split = frame[0] + w_face * (right - frame[0])
    canvas.add_bar(figure, (frame[0], top, split, top + 0.08), FACE_COLOR)
    canvas.add_bar(figure, (split, top, right, top + 0.08), CONTEXT_COLOR)
    style = {"ha": "right", "va": "center_baseline", "color": FACE_COLOR}
    canvas.add_text(figure, frame[2], top + 0.04, f"face {percent(w_face)}", **style)
