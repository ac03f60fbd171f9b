"""Other weights, chosen by a person: what the tabs show follows, and so does a link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo import words
from demo.about import words as about_words
from demo.examples import example_photos
from glamor.predictor import Prediction, Predictor
from tests.browser.conftest import PATIENCE, keep
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def other(small_weights: tuple[Path, Path]) -> Predictor:
    return Predictor(small_weights[1], device="cpu")


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def _shows(page: Page, prediction: Prediction) -> None:
    shares = page.locator("#answer .probabilities li span:last-child")
    expect(shares).to_have_text([f"{value:.1%}" for value in prediction.probabilities])
    expect(page.locator("#moved-words")).to_contain_text(f"“{prediction.emotion}”")
    expect(page.locator("#moved img")).to_be_visible()


def test_chosen_weights_answer_on_the_other_tabs_and_in_a_link(page: Page, other: Predictor) -> None:
    (expected,) = other.predict(str(example_photos()[0]))
    page.get_by_role("tab", name=words.TAB_ABOUT).click()
    page.locator("#which").get_by_label(about_words.WHICH).click()
    page.get_by_role("option", name=str(other.checkpoint.folder)).click()
    expect(page.locator("#facts")).to_contain_text(other.checkpoint.sha256)
    expect(page.locator("#footer")).to_contain_text(str(other.checkpoint.folder))
    keep(page, "laptop-chosen-weights")
    page.get_by_role("tab", name=words.TAB_ANALYSE).click()
    expect(page.locator("#living .answers .number")).to_have_text([f"{value:.1%}" for value in expected.probabilities])
    _shows(page, expected)
    page.get_by_role("button", name=words.COPY_LINK).click()
    expect(page.get_by_text(words.COPIED)).to_be_visible()
    visitor = page.context.new_page()
    visitor.goto(page.url)
    _shows(visitor, expected)
    expect(visitor.locator("#footer")).to_contain_text(str(other.checkpoint.folder))
