"""Interventions and Two photos as a person uses them: only what is visible counts."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from demo import words
from demo.interventions import words as interventions_words
from demo.swap import words as swap_words
from glamor.explain import Intervention, intervene, swap_matrix
from glamor.figures.board import BOARD
from glamor.figures.canvas import DPI
from glamor.predictor import Prediction, Predictor
from tests.browser.conftest import PATIENCE, add_photo, drop, fits_across, keep, open_tab, opened

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", params=["laptop", "phone"])
def page(request, browser, app):
    """One page for each size, on which the tests follow each other: first the example, then a photo."""
    with opened(browser, app, request.param) as page:
        yield page


@pytest.fixture(scope="module")
def bench(page, pair):
    """The page after a photo of two people."""
    open_tab(page, words.TAB_ANALYSE)
    add_photo(page, pair)
    button, card = (page.locator(name).bounding_box() for name in ("#download", "#controls"))
    assert button["x"] + button["width"] <= card["x"] + card["width"], "with several faces there is one control more"
    expect(page.locator("#answer strong").first).to_be_visible()
    open_tab(page, words.TAB_INTERVENTIONS)
    expect(page.locator("#board img")).to_be_visible()
    return page


def shows(page: Page, predictor: Predictor, prediction: Prediction, forced: Intervention) -> None:
    """Wait until the table shows the network's own answer under an intervention."""
    trace = intervene(predictor.model, prediction.prepared, forced)
    probabilities = (trace.logits[0].double() / predictor.config.temperature).softmax(dim=0).tolist()
    cells = page.locator("#lab-now .changes tbody tr td:nth-child(4)")
    expect(cells).to_have_text([f"{value:.1%}" for value in [*probabilities, *trace.fusion_weights[0].tolist()]])


def click_cell(page: Page, row: int, column: int) -> None:
    image = page.locator("#board img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)  # nobody clicks on what is not there yet
    box = image.bounding_box()
    scale = box["width"] / 720
    side = (BOARD[2] - BOARD[0]) * DPI / 7
    x, y = ((BOARD[0] * DPI + (place + 0.5) * side) * scale for place in (column, row))
    image.click(position={"x": x, "y": y})


def test_before_there_is_a_photo_the_example_can_be_tried_but_is_no_guest(page):
    open_tab(page, words.TAB_INTERVENTIONS)
    expect(page.locator("#board img")).to_be_visible()
    expect(page.get_by_text(interventions_words.EMPTY)).to_be_hidden()
    assert fits_across(page)
    open_tab(page, words.TAB_SWAP)
    expect(page.get_by_text(swap_words.EMPTY)).to_be_visible()
    assert fits_across(page)


def test_two_photos_are_swapped_and_the_examples_at_a_click(page, predictor, astronaut, grace_hopper, tmp_path, size):
    files = []
    for name, photo in (("one", astronaut), ("two", grace_hopper)):
        files.append(tmp_path / f"{name}.png")
        Image.fromarray(photo).save(files[-1])
    open_tab(page, words.TAB_SWAP)
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


def test_on_a_laptop_the_bench_fits_the_screen(bench, size):
    for part in ("board", "curve", "weight", "lab-now"):
        box = bench.locator(f"#{part}").bounding_box()
        assert size == "phone" or box["y"] + box["height"] <= 900, part


def test_slider_and_cells_change_the_answer_at_once(bench, pair, predictor, size):
    page = bench
    left, right = predictor.predict(pair)
    chosen = max((left, right), key=lambda one: one.face_box_xyxy[2] - one.face_box_xyxy[0])
    shows(page, predictor, chosen, Intervention())
    expect(page.get_by_text(interventions_words.NOTHING_SET)).to_be_visible()
    keep(page, f"{size}-interventions-start")

    page.locator("#weight input[type=range]").fill("0.9")
    shows(page, predictor, chosen, Intervention(fusion=torch.tensor([0.9, 0.1])))
    expect(page.locator("#lab-now")).to_contain_text("weight of the face 0.90")

    page.get_by_role("button", name=interventions_words.FREE).click()
    shows(page, predictor, chosen, Intervention())
    click_cell(page, 3, 2)
    attention = torch.tensor(chosen.attention, dtype=torch.float32)
    attention[3, 2] = 0
    shows(page, predictor, chosen, Intervention(attention=attention))
    expect(page.locator("#board img")).to_have_attribute("alt", re.compile("1 of 49 cells are removed"))
    click_cell(page, 3, 2)
    shows(page, predictor, chosen, Intervention())

    page.get_by_role("button", name=interventions_words.TYPE_CELL).click()
    page.get_by_label(interventions_words.CELL).fill("4, 3")
    page.keyboard.press("Enter")
    shows(page, predictor, chosen, Intervention(attention=attention))
    page.get_by_role("button", name=interventions_words.UNIFORM).click()
    shows(page, predictor, chosen, Intervention(attention=torch.full((7, 7), 1 / 49)))
    click_cell(page, 0, 6)
    expect(page.locator("#lab-now")).to_contain_text("uniform attention, 1 of 49 cells removed")
    page.locator("#see-scene").get_by_role("radio", name=interventions_words.BLURRED).check()
    expect(page.locator("#lab-now")).to_contain_text("scene blurred")
    page.locator("#weight input[type=range]").fill("0.25")
    expect(page.locator("#lab-now")).to_contain_text("weight of the face 0.25")
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-interventions")
    assert fits_across(page)

    page.get_by_role("button", name=interventions_words.RESET).click()
    expect(page.get_by_text(interventions_words.NOTHING_SET)).to_be_visible()
    shows(page, predictor, chosen, Intervention())


def test_the_people_of_a_photo_stand_side_by_side(bench, size):
    page = bench
    expect(page.locator("#people img")).to_be_visible()
    expect(page.locator("#people-words")).to_contain_text(re.compile(r"\d% of its attention lies elsewhere than face"))
    page.locator("#people-words summary").click()
    expect(page.locator("#people-words")).to_contain_text("total variation")
    page.locator("#people").scroll_into_view_if_needed()
    keep(page, f"{size}-people")


def test_the_analysed_photo_takes_part_and_more_can_be_added(bench, pair, predictor, astronaut, tmp_path, size):
    page = bench
    open_tab(page, words.TAB_SWAP)
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


def test_a_wish_that_cannot_be_met_is_answered_in_words(bench):
    page = bench
    open_tab(page, words.TAB_INTERVENTIONS)
    expect(page.locator("#board img")).to_be_visible()  # then the tab is laid out, and its cell is seen if unfolded
    if not page.get_by_label(interventions_words.CELL).is_visible():
        page.get_by_role("button", name=interventions_words.TYPE_CELL).click()
    page.get_by_label(interventions_words.CELL).fill("9, 9")
    page.keyboard.press("Enter")
    expect(page.locator("#lab-notice .warn")).to_contain_text("its row, from 1 to 7")
    page.get_by_label(interventions_words.CELL).fill("1, 1")
    page.keyboard.press("Enter")
    expect(page.locator("#lab-notice .warn")).to_have_count(0)


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
