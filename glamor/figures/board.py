"""The attention editor's board: the scene as the network gets it, one square a cell, to be clicked."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glamor.figures import canvas
from glamor.figures.attention import composite_attention, draw_grid, draw_masked_face, draw_scale
from glamor.figures.canvas import Box
from glamor.figures.colours import CONTEXT_COLOR, INK, as_bytes, luma

BOARD: Box = (canvas.MARGIN, canvas.MARGIN, canvas.WIDTH - canvas.MARGIN, canvas.WIDTH - canvas.MARGIN)
CROSS = 0.3  # how far into a removed cell its cross begins, as a share of the cell


def attention_board(
    context: NDArray[np.floating],
    attention: NDArray[np.floating],
    removed: NDArray[np.bool_],
    masked_xyxy: Box,
    opacity: float = 0.6,
) -> Figure:
    """Draw the scene with its attention and its grid; removed cells are faded and crossed out.

    Args:
        context: (T, T, 3) float RGB in [0, 1], the context input.
        attention: (h, w), non-negative, sums to 1.
        removed: (h, w), True where attention was taken away by hand.
        masked_xyxy: the rectangle that was painted black, context pixels; empty for none.
        opacity: of the map, in [0, 1].

    Returns:
        A figure; :func:`cell_at` tells which cell a place on it belongs to.
    """
    side = round((BOARD[2] - BOARD[0]) * canvas.DPI)
    whole = (0.0, 0.0, float(side), float(side))
    scene = canvas.nearest(as_bytes(context * 255), side, side)
    masked = canvas.inches(masked_xyxy, context.shape, whole)
    picture = composite_attention(scene, attention, whole, masked, opacity)
    faded = canvas.nearest(removed[..., None].astype(np.uint8), side, side)[..., 0] > 0
    picture[faded] = as_bytes(175 + 0.25 * luma(scene[faded]))
    figure = canvas.new_figure(BOARD[3] + 2 * canvas.MARGIN + canvas.BAR_HEIGHT)
    canvas.add_image(figure, picture, BOARD)
    draw_grid(figure, BOARD, attention.shape)
    _cross_out(figure, removed)
    draw_masked_face(figure, canvas.inches(masked_xyxy, context.shape, BOARD), BOARD)
    canvas.add_border(figure, BOARD, CONTEXT_COLOR)
    draw_scale(figure, BOARD[3] + canvas.MARGIN, attention)
    return figure


def cell_at(x: float, y: float, grid_hw: tuple[int, int]) -> tuple[int, int] | None:
    """Return the (row, column) of the cell at a pixel of a drawn board, None beside the grid.

    Args:
        x: pixels from the left edge of the picture, which is 720 wide.
        y: pixels from its upper edge.
        grid_hw: rows and columns of the attention.
    """
    left, top, right, bottom = BOARD
    column = math.floor((x / canvas.DPI - left) / (right - left) * grid_hw[1])
    row = math.floor((y / canvas.DPI - top) / (bottom - top) * grid_hw[0])
    return (row, column) if 0 <= row < grid_hw[0] and 0 <= column < grid_hw[1] else None


def _cross_out(figure: Figure, removed: NDArray[np.bool_]) -> None:
    for row, column in np.argwhere(removed):
        box = (column + CROSS, row + CROSS, column + 1 - CROSS, row + 1 - CROSS)
        x1, y1, x2, y2 = canvas.inches(box, removed.shape, BOARD)
        for ends in (((x1, y1), (x2, y2)), ((x1, y2), (x2, y1))):
            canvas.add_path(figure, np.array(ends), INK, 1.4)
