"""A short silent film of the network at work on the first example, as an animated PNG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from demo.living.words import PICTURE

WIDTH = 840  # pixels
COLOURS = 128  # of the film's own palette; rare ones too, for violet and green are told apart by them
REST, STEP = 1600, 120  # milliseconds that a frame is shown: one to be read, one of a movement
LATER = 300  # milliseconds in which words have followed a drag
SLIDER_STEPS = 12
FIRST_CELL = 21  # of the row in the middle of 7 by 7
SETTLED = """() => {
    const text = (name) => document.querySelector(`#living .${name}`).textContent;
    return text("clear-said").includes(text("clear .amount"));
}"""


@dataclass(frozen=True)
class Frame:
    """A picture, and for how many milliseconds it is shown."""

    picture: Image.Image
    duration: int


def film(page: Page, path: Path) -> None:
    """Act on the living picture of an open page, and write what was seen.

    Args:
        page: with the first example.
        path: of the APNG.
    """
    first, *rest = _acts(page)
    palette = first.picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=4)
    pictures = [  # a sentence more makes the page longer; the film stays as it began
        frame.picture.crop((0, 0, *first.picture.size)).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in (first, *rest)
    ]
    durations = [frame.duration for frame in (first, *rest)]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True, disposal=0
    )


def _acts(page: Page) -> Iterator[Frame]:
    """Yield what is seen while one asks about cells, moves the weights, blanks the scene, and blurs the face."""
    living = page.locator("#living")
    living.get_by_role("gridcell").first.wait_for()
    slider = living.get_by_role("slider", name=PICTURE["slider"])
    yield _seen(living, REST)
    for cell in range(FIRST_CELL, FIRST_CELL + 7):
        living.get_by_role("gridcell").nth(cell).click()
        yield _seen(living, 2 * STEP)
    yield _seen(living, REST)
    for weight in _there_and_back(float(slider.input_value())):
        slider.fill(f"{weight:.2f}")
        yield _seen(living, STEP)
    yield _seen(living, REST)
    _press(living, "reset")
    clear = living.get_by_role("slider", name=PICTURE["clear"])
    for step in range(1, 9):
        clear.fill(str(step))
        page.wait_for_function(SETTLED)
        yield _seen(living, 2 * STEP)
    yield _seen(living, REST)
    _press(living, "reset")
    _press(living, "blank_scene")
    yield _seen(living, REST)
    _press(living, "reset")


def _press(living: Locator, name: str) -> None:
    living.get_by_role("button", name=PICTURE[name], exact=True).click()


def _there_and_back(own: float) -> list[float]:
    """Return weights from the network's own to none of the face, to all of it."""
    down = [own * (1 - step / SLIDER_STEPS) for step in range(1, SLIDER_STEPS + 1)]
    up = [step / SLIDER_STEPS for step in range(1, SLIDER_STEPS + 1)]
    return down + up


def _seen(living: Locator, duration: int) -> Frame:
    if duration == REST:
        living.page.wait_for_timeout(LATER)
    living.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    picture = Image.open(io.BytesIO(living.screenshot())).convert("RGB")
    return Frame(picture.resize((WIDTH, round(picture.height * WIDTH / picture.width))), duration)
