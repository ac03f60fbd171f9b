"""What the embedded weights say, on a first visit and of a photo; only what is visible counts.

One opened page for each size, on which the tests follow each other.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo import words
from demo.analyse import words as analyse_words
from demo.examples import example_photos
from demo.living.words import PICTURE
from demo.page import TABS
from demo.parts import words as parts_words
from glamor.explain import METHODS
from glamor.predictor import Predictor
from tests.browser.conftest import (
    PATIENCE,
    add_photo,
    choose_method,
    fits_across,
    keep,
    opened,
    same_answer,
    same_weights,
    wait_for_maps,
)
from tests.live_app import ROOT, LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
TITLES = (analyse_words.ANSWER, PICTURE["title"], analyse_words.MOVED, parts_words.TITLE)
AUDIT = ROOT / "checkpoints" / "glamor-net" / "audit.json"
CARDS = ("top", "living", "lens", "parts", "people-card", "swap-card", "live")


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
    same_weights(page, expected)
    wait_for_maps(page)
    expect(page.locator("#moved-words")).to_contain_text(f"“{expected.emotion}”")
    expect(page.get_by_role("button", name=analyse_words.STOP, exact=True)).to_be_hidden()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-first")
    assert fits_across(page)


def test_a_dropped_photo_is_analysed_and_explained(
    analysed: Page, portrait: Path, predictor: Predictor, size: str
) -> None:
    for title in TITLES:
        expect(analysed.get_by_role("heading", name=title)).to_be_visible()
    expect(analysed.get_by_text("It is not what the person feels")).to_be_visible()
    same_answer(analysed, predictor.predict(portrait)[0])
    analysed.evaluate("window.scrollTo(0, 0)")
    keep(analysed, size)
    assert fits_across(analysed), "the page scrolls sideways"


def test_a_laptops_first_screen_holds_photo_answer_and_the_pictures_head_and_the_rest_follows_in_order(
    analysed: Page, size: str
) -> None:
    analysed.evaluate("window.scrollTo(0, 0)")
    boxes = [_box(analysed, card) for card in CARDS]
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    if size == "phone":
        return
    for card in ("photo", "answer", "controls"):
        box = _box(analysed, card)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900, card
    photo = analysed.locator("#living .photo").bounding_box()
    assert photo is not None
    assert photo["y"] + photo["height"] <= 900, "with the whole photo in it"


def test_the_lens_is_told_in_words_and_stamped_with_what_the_audit_found(analysed: Page) -> None:
    picture, stamp = analysed.locator("#moved img"), analysed.locator("#stamp")
    expect(picture).to_have_attribute("alt", re.compile("in the face"))
    audit = {row["key"]: row for row in json.loads(AUDIT.read_text("utf-8"))["maps"]}

    def stamped(key: str) -> None:
        gains = (audit[key][name] for name in ("deletion_gain", "insertion_gain"))
        for gain in gains:
            numbers = "{value:.3f} [{low:.3f}, {high:.3f}]".format(**gain)
            expect(stamp).to_contain_text(numbers.replace("-", "−"))

    stamped("grad_cam")
    analysed.locator("#method").get_by_role("radio", name=analyse_words.ATTENTION).press("Space")
    expect(picture).to_have_attribute("alt", re.compile("strongest cell is"))
    stamped("attention")
    choose_method(analysed, METHODS["integrated_gradients"].name)
    expect(picture).to_have_attribute("alt", re.compile("^Integrated Gradients"))
    stamped("integrated_gradients")
    keep(analysed, "lens")


def test_every_tab_can_be_reached_without_a_menu(page: Page) -> None:
    for name in TABS.values():
        expect(page.get_by_role("tab", name=name, exact=True)).to_be_visible()
    expect(page.locator("#tabs .overflow-menu > button")).to_be_hidden()


def test_the_example_can_be_worked_with_at_once_and_slow_work_stopped_and_asked_for_again(
    browser: Browser, app: LiveApp
) -> None:
    with opened(browser, app) as page:
        before = page.locator("#moved img").get_attribute("src") or ""
        _choose(page, analyse_words.TARGET, "Fear")
        expect(page.locator("#moved-words")).to_contain_text("“Fear”")
        expect(page.locator("#moved img")).not_to_have_attribute("src", before)
        choose_method(page, "Occlusion")
        # At once: on a quick machine the work is done before a click that waits for the button to rest.
        page.get_by_role("button", name=analyse_words.STOP, exact=True).dispatch_event("click")
        expect(page.get_by_text(analyse_words.MOVED_STOPPED)).to_be_visible()
        expect(page.get_by_role("button", name=analyse_words.STOP, exact=True)).to_be_hidden()
        page.get_by_role("button", name=analyse_words.AGAIN).click()
        expect(page.locator("#moved-words")).to_contain_text("About Occlusion")
        expect(page.get_by_role("button", name=analyse_words.AGAIN)).to_be_hidden()
        expect(page.locator("#moved img")).to_be_visible()
