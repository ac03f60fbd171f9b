"""What the embedded weights say, on a first visit and of a photo; only what is visible counts.

One opened page for each size, on which the tests follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo import words
from demo.analyse import words as analyse_words
from demo.examples import example_photos
from glamor.predictor import Predictor
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep, opened, same_answer, wait_for_maps
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
TITLES = (analyse_words.SAW, analyse_words.LOOKED, analyse_words.WEIGHED, analyse_words.MOVED)
PANELS = ("saw", "looked", "weighed", "moved")


@pytest.fixture(scope="module", params=["laptop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, app: LiveApp) -> Iterator[Page]:
    with opened(browser, app, request.param) as page:
        yield page


@pytest.fixture(scope="module")
def analysed(page: Page, portrait: Path) -> Page:
    """The page after a photo of one person."""
    add_photo(page, portrait)
    wait_for_maps(page)
    return page


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).click()


def _box(page: Page, name: str) -> dict[str, float]:
    box = page.locator(f"#{name}").bounding_box()
    assert box is not None
    return {**box}


def test_a_first_visit_shows_an_analysed_example_and_a_free_place_for_a_photo(
    page: Page, predictor: Predictor, size: str
) -> None:
    (expected,) = predictor.predict(str(example_photos()[0]))
    expect(page.locator("#answer strong").first).to_have_text(expected.emotion)
    expect(page.locator("#answer .example")).to_have_text(words.FIRST_EXAMPLE)
    expect(page.locator("#photo img")).to_have_count(0)
    expect(page.locator("#photo").get_by_text("Drop a photo here")).to_be_visible()
    expect(page.get_by_text(analyse_words.CONSENT)).to_be_visible()
    for panel in ("saw", "looked", "moved"):
        page.locator(f"#{panel}").scroll_into_view_if_needed()
        expect(page.locator(f"#{panel} img")).to_be_visible()
    expect(page.locator("#moved")).to_contain_text(f"“{expected.emotion}”")
    expect(page.get_by_role("button", name=analyse_words.STOP, exact=True)).to_be_hidden()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-first")
    lowest = max(box["y"] + box["height"] for box in (_box(page, "top"), _box(page, "panels")))
    assert size == "phone" or lowest <= 900
    assert fits_across(page)


def test_a_dropped_photo_is_analysed_and_explained(
    analysed: Page, portrait: Path, predictor: Predictor, size: str
) -> None:
    for title in TITLES:
        expect(analysed.get_by_role("heading", name=title)).to_be_visible()
    expect(analysed.get_by_text("It is not what the person feels")).to_be_visible()
    same_answer(analysed, predictor.predict(portrait)[0])
    for panel in ("saw", "looked"):
        analysed.locator(f"#{panel}").scroll_into_view_if_needed()
        expect(analysed.locator(f"#{panel} img")).to_be_visible()
    analysed.evaluate("window.scrollTo(0, 0)")
    keep(analysed, size)
    assert fits_across(analysed), "the page scrolls sideways"


def test_the_whole_result_fits_a_laptops_screen_and_is_stacked_on_a_phone(analysed: Page, size: str) -> None:
    analysed.evaluate("window.scrollTo(0, 0)")
    boxes = [_box(analysed, panel) for panel in PANELS]
    if size == "phone":
        assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})
        assert len({box["x"] for box in boxes}) == 1
        return
    for panel in ("photo", "answer", *PANELS):
        box = _box(analysed, panel)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900, panel
    assert len({box["y"] for box in boxes}) == 1, "the four panels stand side by side"


def test_pictures_are_told_in_words(analysed: Page) -> None:
    for panel, alt in (("saw", "inputs of the network"), ("looked", "strongest cell"), ("moved", "in the face")):
        expect(analysed.locator(f"#{panel} img")).to_have_attribute("alt", re.compile(alt))


def test_the_example_can_be_worked_with_at_once_and_slow_work_stopped_and_asked_for_again(
    browser: Browser, app: LiveApp
) -> None:
    with opened(browser, app) as page:
        before = page.locator("#moved img").get_attribute("src") or ""
        _choose(page, analyse_words.TARGET, "Fear")
        expect(page.locator("#moved")).to_contain_text("“Fear”")
        expect(page.locator("#moved img")).not_to_have_attribute("src", before)
        _choose(page, analyse_words.METHOD, "Occlusion")
        # At once: on a quick machine the work is done before a click that waits for the button to rest.
        page.get_by_role("button", name=analyse_words.STOP, exact=True).dispatch_event("click")
        expect(page.get_by_text(analyse_words.MOVED_STOPPED)).to_be_visible()
        expect(page.get_by_role("button", name=analyse_words.STOP, exact=True)).to_be_hidden()
        page.get_by_role("button", name=analyse_words.AGAIN).click()
        expect(page.locator("#moved")).to_contain_text("About Occlusion")
        expect(page.get_by_role("button", name=analyse_words.AGAIN)).to_be_hidden()
        expect(page.locator("#moved img")).to_be_visible()
