"""What unfolds at the foot of Analyse, the people of the photo and Two photos: only what is visible counts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo.people import words as people_words
from demo.swap import words as swap_words
from glamor.explain import swap_matrix
from glamor.predictor import Predictor
from tests.browser.conftest import PATIENCE, add_photo, drop, fits_across, keep, opened, unfold

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", params=["laptop", "phone"])
def page(request, browser, app):
    """One page for each size, on which the tests follow each other: first the example, then a photo."""
    with opened(browser, app, request.param) as page:
        yield page


@pytest.fixture(scope="module")
def two(page, pair):
    """The page after a photo of two people, with both cards unfolded before it."""
    unfold(page, "people-card")
    expect(page.locator("#people-words")).to_contain_text(people_words.ALONE)
    add_photo(page, pair)
    button, card = (page.locator(name).bounding_box() for name in ("#download", "#controls"))
    assert button["x"] + button["width"] <= card["x"] + card["width"], "with several faces there is one control more"
    return page


def test_a_folded_card_asks_for_nothing(browser, app, pair):
    with opened(browser, app) as page:
        expect(page.locator("#living .answers li")).to_have_count(7)
        asked = []
        page.on("request", lambda request: asked.append(request) if "/queue/join" in request.url else None)

        def choose(number: int) -> None:
            asked.clear()
            page.locator("#faces label").nth(number).click()
            expect(page.locator("#living .people .chosen")).to_contain_text(f"{number + 1} ")
            expect(page.locator("[data-entering]")).to_have_count(0)
            expect(page.locator("[data-parting]")).to_have_count(0)
            expect(page.locator("#moved img")).to_be_visible()

        add_photo(page, pair)
        expect(page.locator("#living .people li")).to_have_count(2)  # what follows the photo itself has been asked for
        choose(1)
        folded = len(asked)
        assert folded > 0
        unfold(page, "people-card")
        expect(page.locator("#people-words")).to_contain_text("without face 2")
        choose(0)
        expect(page.locator("#people-words")).to_contain_text("without face 1")
        assert len(asked) == folded + 1


def test_before_there_is_a_photo_the_example_is_no_guest(page):
    expect(page.locator("#living .answers li")).to_have_count(7)
    expect(page.locator("#swap-words")).to_be_hidden()
    unfold(page, "swap-card")
    expect(page.get_by_text(swap_words.EMPTY)).to_be_visible()
    assert fits_across(page)


def test_two_photos_are_swapped_and_the_examples_at_a_click(page, predictor, astronaut, grace_hopper, tmp_path, size):
    files = []
    for name, photo in (("one", astronaut), ("two", grace_hopper)):
        files.append(tmp_path / f"{name}.png")
        Image.fromarray(photo).save(files[-1])
    unfold(page, "swap-card")
    drop(page.locator("#swap-first button").first, files[0])
    expect(page.locator("#swap-words")).to_contain_text(swap_words.ALONE)
    drop(page.locator("#swap-second button").first, files[1])
    _shows_matrix(page, predictor, [predictor.predict(file)[0] for file in files])
    page.get_by_role("button", name=swap_words.CLEAR).click()
    expect(page.locator("#swap-words")).to_contain_text(swap_words.EMPTY)
    expect(page.locator("#swap img")).to_have_count(0)

    page.get_by_role("button", name=swap_words.EXAMPLES).click()
    _shows_matrix(page, predictor, [predictor.predict(photo)[0] for photo in (astronaut, grace_hopper)])
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-two-photos")
    assert fits_across(page)
    page.get_by_role("button", name=swap_words.CLEAR).click()
    expect(page.locator("#swap-words")).to_contain_text(swap_words.EMPTY)


def test_the_people_of_a_photo_stand_side_by_side_and_follow_the_chosen_one(two, size):
    page = two
    expect(page.locator("#people img")).to_be_visible()
    expect(page.locator("#people-words")).to_contain_text("without face 1")
    page.locator("#faces label").nth(1).click()
    expect(page.locator("#people-words")).to_contain_text("without face 2")
    page.locator("#faces label").nth(0).click()
    expect(page.locator("#people-words")).to_contain_text("without face 1")
    expect(page.locator("#people-words")).to_contain_text(re.compile(r"\d% of its attention lies elsewhere than face"))
    page.locator("#people-words summary").click()
    expect(page.locator("#people-words")).to_contain_text("total variation")
    page.locator("#people").scroll_into_view_if_needed()
    keep(page, f"{size}-people")


def test_the_analysed_photo_takes_part_and_more_can_be_added(two, pair, predictor, astronaut, tmp_path, size):
    page = two
    unfold(page, "swap-card")
    _shows_matrix(page, predictor, predictor.predict(pair))
    path = tmp_path / "third.png"
    Image.fromarray(astronaut[:, ::-1]).save(path)
    page.locator("#swap-who").get_by_role("radio", name=swap_words.EVERYBODY).check()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=swap_words.MORE).click()
    chooser.value.set_files([path, path])
    people = [*predictor.predict(pair), *predictor.predict(path) * 2]
    _shows_matrix(page, predictor, people)
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-four-people")
    assert fits_across(page)


def _shows_matrix(page: Page, predictor: Predictor, people) -> None:
    matrix = swap_matrix(predictor.model, [one.prepared for one in people])
    expect(page.locator("#swap-words .scroll td b")).to_have_count(matrix.labels.size)
    summary = page.locator("#swap-words summary").first
    if not page.locator("#swap-words .scroll").is_visible():
        summary.click()
    labels = [
        f"{predictor.config.class_names[label]} {matrix.probabilities[i, j, label]:.0%}"
        for (i, j), label in np.ndenumerate(matrix.labels)
    ]
    expect(page.locator("#swap-words .scroll td b")).to_have_text(labels)
    expect(page.locator("#swap img")).to_be_visible()
