"""Paper and pencil: pictures, lines and words placed in inches from the upper left corner.

A figure is 3.6 inches wide at 200 dpi: 720 pixels, two for each CSS pixel of a phone's column,
where its smallest text (8.5 points) is then 12 CSS pixels high. There are no Axes: their ticks
and spines would be built only to be hidden, at several milliseconds a picture.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray
from PIL import Image

from glamor.figures.colours import BACKGROUND, INK

Box = tuple[float, float, float, float]
Point = tuple[float, float]

WIDTH = 3.6
MARGIN = 0.09
DPI = 200
SMALL = 8.5
BAR_HEIGHT = 0.5
# Inches that one letter of small text takes with its share of the paper behind it, and one line.
LETTER, LINE = 0.072, 0.17
# Pillow's default (6) takes four times as long for files 13 % smaller.
PNG_LEVEL = 1
_SALT = threading.Lock()


class Picture(Artist):
    """An image in a box given in inches, each of its pixels shown as it is.

    matplotlib's own images are resampled at each draw, which costs more than all else on a
    figure; this one is looked up pixel by pixel.
    """

    def __init__(self, pixels: NDArray[np.uint8], box: Box) -> None:
        super().__init__()
        self.pixels, self.box = pixels, box
        self.set_zorder(Patch.zorder)  # what is added later lies above, be it a picture or a bar

    def draw(self, renderer: RendererBase) -> None:
        figure = cast(Figure, self.get_figure())
        scale = renderer.get_image_magnification()  # pixels a unit: 1 in a PNG, more in an SVG
        dots = figure.dpi * scale
        left, top, right, bottom = (round(side * dots) for side in self.box)
        shown = nearest(self.pixels, bottom - top, right - left)
        opaque = np.full((*shown.shape[:2], 1), 255, np.uint8)
        floor = round(figure.get_figheight() * dots) - bottom
        # The renderer wants the lowest row first.
        renderer.draw_image(renderer.new_gc(), left / scale, floor / scale, np.dstack((shown, opaque))[::-1])


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure of that many inches; it belongs to the caller alone."""
    size = round(width * DPI) / DPI, round(height * DPI) / DPI
    figure = Figure(figsize=size, dpi=DPI, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    return figure


def add_image(figure: Figure, image: NDArray[np.uint8], box: Box) -> None:
    """Show (H, W, 3) RGB in a box."""
    figure.add_artist(Picture(image, box))


def add_text(figure: Figure, x: float, y: float, words: str, **style: Any) -> None:
    """Write ``words`` with their upper left corner at a place (``ha`` and ``va`` move it)."""
    settings: dict[str, Any] = {"ha": "left", "va": "top", "fontsize": SMALL, "color": INK, **style}
    figure.text(x, y, words, transform=_down(figure), **settings)


def add_bar(figure: Figure, box: Box, color: str) -> None:
    """Fill a box."""
    _add_rectangle(figure, box, facecolor=color, linewidth=0)


def add_hatch(figure: Figure, box: Box) -> None:
    """Stripe a box with thin pale lines: nothing of the photo is used here."""
    hatched = _add_rectangle(figure, box, fill=False, hatch="///", edgecolor="#D0D2D8", linewidth=0)
    hatched.set_hatch_linewidth(0.6)


def add_border(figure: Figure, box: Box, color: str, dashed: bool = False) -> None:
    """Outline a box, cased in white so that the line shows on any photo."""
    _add_rectangle(figure, box, fill=False, edgecolor="white", linewidth=3.0)
    _add_rectangle(figure, box, fill=False, edgecolor=color, linewidth=1.6, linestyle="--" if dashed else "-")


def add_lines(figure: Figure, lines: Sequence[tuple[Point, Point]], color: str, alpha: float = 1.0) -> None:
    """Draw thin straight lines."""
    figure.add_artist(LineCollection(lines, colors=color, alpha=alpha, linewidths=0.5, transform=_down(figure)))


def add_path(figure: Figure, points: NDArray[np.floating], color: str, width: float = 1.2, style: Any = "-") -> None:
    """Draw one line through points, (N, 2) inches from the upper left corner."""
    line = Line2D(points[:, 0], points[:, 1], color=color, linewidth=width, linestyle=style, transform=_down(figure))
    figure.add_artist(line)


def add_label(figure: Figure, words: str, box: Box, within: Box) -> None:
    """Write inside a box if it has room, else under it, or over it at the lower edge of ``within``."""
    lines = words.split("\n")
    half_width, height = LETTER * max(map(len, lines)) / 2, LINE * len(lines)
    x1, y1, x2, y2 = box
    x = max(within[0] + half_width, min((x1 + x2) / 2, within[2] - half_width))
    fits = x2 - x1 > 2 * half_width and y2 - y1 > height
    y = (y1 + y2) / 2 if fits else y2 + 0.8 * LINE if y2 + 1.4 * LINE < within[3] else y1 - 0.8 * LINE
    paper = {"facecolor": BACKGROUND, "edgecolor": "none", "boxstyle": "round,pad=0.2", "alpha": 0.92}
    add_text(figure, x, y, words, ha="center", va="center", bbox=paper, linespacing=1.1)


def add_colour_bar(
    figure: Figure, top: float, colours: NDArray[np.uint8], ticks: Sequence[tuple[float, str]], caption: str
) -> None:
    """Draw a horizontal scale as wide as the figure and ``BAR_HEIGHT`` high in all.

    Args:
        figure: where to draw.
        top: its upper edge, inches.
        colours: (N, 3) RGB, from the scale's low end to its high end.
        ticks: (place along the bar in [0, 1], words) each.
        caption: what the scale measures.
    """
    width = figure.get_figwidth()
    add_image(figure, colours[None], (MARGIN, top, width - MARGIN, top + 0.11))
    for place, words in ticks:
        side = "left" if place == 0 else "right" if place == 1 else "center"
        add_text(figure, MARGIN + place * (width - 2 * MARGIN), top + 0.14, words, ha=side)
    add_text(figure, width / 2, top + 0.30, caption, ha="center")


def inches(box_xyxy: Box, shape: tuple[int, ...], frame: Box) -> Box:
    """Return where a box of an image of ``shape`` (H, W, ...) lies when ``frame`` holds the image."""
    across, down = (frame[2] - frame[0]) / shape[1], (frame[3] - frame[1]) / shape[0]
    x1, y1, x2, y2 = box_xyxy
    return frame[0] + x1 * across, frame[1] + y1 * down, frame[0] + x2 * across, frame[1] + y2 * down


def resized(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return (H, W, 3) as (height, width, 3), smoothly."""
    # reducing_gap first averages whole blocks of pixels: twice as fast for a 12-megapixel photo.
    picture = Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(picture)


def nearest(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return (H, W, C) as (height, width, C), each pixel the one whose area its centre lies in."""
    if image.shape[:2] == (height, width):
        return image
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.intp)
        for new, old in ((height, image.shape[0]), (width, image.shape[1]))
    )
    return image[rows[:, None], columns[None, :]]


def to_array(figure: Figure) -> NDArray[np.uint8]:
    """Return the drawn figure as (H, W, 3) uint8 RGB, 200 pixels an inch: most are 720 wide."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(np.asarray(canvas.buffer_rgba())[..., :3])


def to_png(figure: Figure, dpi: int = DPI) -> bytes:
    """Return the figure as a PNG file of ``dpi`` dots an inch (200: 720 pixels wide)."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, pil_kwargs={"compress_level": PNG_LEVEL})
    return file.getvalue()


def to_svg(figure: Figure, title: str = "") -> bytes:
    """Return the figure as an SVG file: lines and letters as outlines, pictures inside it at 200 dots an inch.

    The same figure always gives the same bytes; nothing in them says when they were made.

    Args:
        figure: what to write.
        title: what the picture shows, in words, for people who hear it.
    """
    file = io.BytesIO()
    # The salt is a setting of the whole process; under the lock nobody sees another's value restored.
    with _SALT, matplotlib.rc_context({"svg.hashsalt": "glamor"}):
        figure.savefig(file, format="svg", metadata={"Title": title or None, "Date": None, "Creator": None})
    return file.getvalue()


def _down(figure: Figure) -> Transform:
    """Return the way from inches below and right of the upper left corner to the screen."""
    return Affine2D().scale(1, -1).translate(0, figure.get_figheight()) + figure.dpi_scale_trans


def _add_rectangle(figure: Figure, box: Box, **style: Any) -> Rectangle:
    x1, y1, x2, y2 = box
    rectangle = Rectangle((x1, y1), x2 - x1, y2 - y1, transform=_down(figure), **style)
    figure.add_artist(rectangle)
    return rectangle
