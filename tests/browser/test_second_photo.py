"""The page is about the last photo that was given to it, whatever was under way when it came."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo import words
from glamor.predictor import Prediction, Predictor
from tests.browser.conftest import PATIENCE, add_photo, drop, keep, same_weights
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def predictor(small_predictor: Predictor) -> Predictor:
    return small_predictor


def _delay(page: Page, milliseconds: int) -> None:
    """Let every request of the page take so much longer."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def _is_about(page: Page, prediction: Prediction, faces: int) -> None:
    """Expect the answer, the weights, the face list and the picture of one photo's first face, at full strength."""
    expect(page.locator("#photo .upload-container > .image-frame")).to_have_count(0)
    expect(page.locator("#faces label")).to_have_count(faces)
    for name, value in zip(prediction.class_names, prediction.probabilities, strict=True):
        row = page.locator("#answer .probabilities li", has_text=name)
        expect(row).to_contain_text(f"{value:.1%}")
    same_weights(page, prediction)
    expect(page.locator("#photo img").first).to_have_attribute("alt", re.compile(f"with {faces} numbered"))
    expect(page.locator("#answer-column")).to_have_css("opacity", "1")


def test_of_two_photos_the_last_one_is_answered(page: Page, portrait: Path, pair: Path, predictor: Predictor) -> None:
    answers = {path: predictor.predict(path) for path in (portrait, pair)}
    add_photo(page, portrait)
    for latency in (0, 100):
        _delay(page, latency)
        for gap in (50, 400):
            for first, last in ((portrait, pair), (pair, portrait)):
                drop(page.locator("#photo button").first, first)
                page.wait_for_timeout(gap)
                drop(page.locator("#photo div.upload-container"), last)
                expect(page.locator("#faces label")).to_have_count(len(answers[last]))
                _is_about(page, answers[last][0], len(answers[last]))
        page.wait_for_timeout(2 * latency + 500)
        _is_about(page, answers[portrait][0], 1)


def test_while_a_photo_is_on_its_way_the_former_answer_is_dimmed_and_the_button_over_it_adds_another(
    page: Page, portrait: Path, pair: Path
) -> None:
    add_photo(page, portrait)
    expect(page.locator("#answer-column")).to_have_css("opacity", "1")
    _delay(page, 1500)
    drop(page.locator("#photo img").first, pair)
    for part in ("#answer-column", "#lens", "#controls", "#photo-shown-place"):
        expect(page.locator(part)).to_have_css("opacity", "0.3")
    expect(page.get_by_text("Your photo is on its way")).to_be_visible()
    keep(page, "laptop-on-its-way")
    expect(page.locator("#answer")).to_contain_text("of 2")
    expect(page.locator("#answer-column")).to_have_css("opacity", "1")
    expect(page.get_by_text("Your photo is on its way")).to_be_hidden()

    _delay(page, 0)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add your photo").click()
    chooser.value.set_files(portrait)
    expect(page.locator("#answer")).to_contain_text(words.ANSWER_LEAD_ONLY)
