"""The page as a person uses it: only what is visible counts."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from demo import words
from demo.analyse import words as analyse_words
from demo.examples import example_photos
from glamor.words import percent
from tests.browser.conftest import PATIENCE, add_photo, choose_method, drop, keep, same_answer, wait_for_maps

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app):
    return small_app


@pytest.fixture(scope="module")
def predictor(small_predictor):
    return small_predictor


@pytest.fixture(scope="session")
def wall(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "wall.png"
    Image.fromarray(np.random.default_rng(3).integers(90, 110, (300, 400, 3)).astype(np.uint8)).save(path)
    return path


def test_a_click_and_a_number_choose_a_face_and_method_class_and_opacity_change_only_what_depends_on_them(
    page, pair, predictor
):
    left, right = predictor.predict(pair)
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    wait_for_maps(page)
    image = page.locator("#photo img").first
    shown = image.bounding_box()
    scale = min(shown["width"] / 1024, shown["height"] / 512)
    left_edge, top_edge = (shown["width"] - 1024 * scale) / 2, (shown["height"] - 512 * scale) / 2
    x1, y1, x2, y2 = right.face_box_xyxy
    image.click(position={"x": left_edge + (x1 + x2) / 2 * scale, "y": top_edge + (y1 + y2) / 2 * scale})
    expect(page.locator("#answer")).to_contain_text("Face 2 of 2")
    same_answer(page, right)
    keep(page, "laptop-two-faces")
    page.get_by_role("radio", name=f"1 {left.emotion}").check()
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")
    same_answer(page, left)

    wait_for_maps(page)
    answer = page.locator("#answer").inner_text()
    choose_method(page, "Grad-CAM")
    expect(page.locator("#moved-words")).to_contain_text("About Grad-CAM")
    page.get_by_label(analyse_words.TARGET).click()
    page.get_by_role("option", name="Fear", exact=True).click()
    expect(page.locator("#moved-words")).to_contain_text("“Fear”")
    for choose in (lambda: page.locator("#opacity input[type=range]").fill("0.2"), lambda: choose_method(page, "Att")):
        before = page.locator("#moved img").get_attribute("src")
        choose()
        expect(page.locator("#moved img")).not_to_have_attribute("src", before)
    expect(page.locator("#moved-words")).to_contain_text(f"of a scene that counts {percent(left.fusion_weights[1])}")
    assert page.locator("#answer").inner_text() == answer


def test_without_a_face_the_page_says_so_and_two_clicks_or_a_typed_box_mark_one(page, wall, predictor):
    add_photo(page, wall)
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    keep(page, "laptop-no-face")
    image = page.locator("#photo img").first
    shown = image.bounding_box()
    image.click(position={"x": shown["width"] * 0.25, "y": shown["height"] * 0.25})
    expect(page.get_by_text("Now click the opposite corner")).to_be_visible()
    image.click(position={"x": shown["width"] * 0.75, "y": shown["height"] * 0.75})
    expect(page.locator("#answer")).to_contain_text(words.BOX_SOURCE_PERSON)

    drop(image, wall)
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    page.get_by_role("button", name=analyse_words.ADD_FACE).click()
    expect(page.get_by_text("The photo is 400 × 300 pixels.")).to_be_visible()
    page.get_by_label(analyse_words.BOX).fill("30, 1")
    page.get_by_role("button", name=analyse_words.BOX_BUTTON).click()
    expect(page.get_by_text("Enter four numbers")).to_be_visible()
    page.get_by_label(analyse_words.BOX).fill("100, 50, 220, 170")
    page.get_by_role("button", name=analyse_words.BOX_BUTTON).click()
    expect(page.get_by_text("Enter four numbers")).to_be_hidden()
    same_answer(page, predictor.predict(wall, [(100.0, 50.0, 220.0, 170.0)])[0])


def test_a_photo_outlives_what_is_no_photo_gives_way_to_another_and_is_removed(
    page, portrait, pair, predictor, tmp_path
):
    add_photo(page, portrait)
    prediction = predictor.predict(portrait)[0]
    expect(page.locator("#answer")).to_contain_text(words.ANSWER_LEAD_ONLY)
    same_answer(page, prediction)
    rubbish = tmp_path / "words.jpg"
    rubbish.write_text("these are words")
    page.locator("#photo input[type=file]").set_input_files(rubbish)
    expect(page.locator("#notice .warn")).to_be_visible()
    expect(page.locator("#notice")).to_contain_text("words.jpg: ")
    expect(page.locator("#notice")).to_contain_text("What is shown is still the photo before.")
    expect(page.locator("#answer-column")).to_have_css("opacity", "1")
    same_answer(page, prediction)
    expect(page.locator("#photo img").first).to_be_visible()
    keep(page, "laptop-refused")

    drop(page.locator("#photo img").first, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    page.get_by_role("button", name="Remove Image").click()
    expect(page.get_by_text(analyse_words.ANSWER_EMPTY)).to_be_visible()
    expect(page.locator("#moved img")).to_have_count(0)
    expect(page.locator("#stamp")).to_be_hidden()


def test_a_picture_on_the_clipboard_is_analysed_and_an_example_at_a_click(page, portrait, predictor, grace_hopper):
    data = base64.b64encode(portrait.read_bytes()).decode()
    page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const picture = new Blob([bytes], {type: "image/png"});
            await navigator.clipboard.write([new ClipboardItem({"image/png": picture})]);
        }""",
        data,
    )
    page.get_by_role("button", name="Paste from clipboard").click()
    same_answer(page, predictor.predict(portrait)[0])
    page.locator("#examples button").nth(1).click()
    same_answer(page, predictor.predict(grace_hopper)[0])


def test_a_photo_and_an_example_are_chosen_by_keyboard_alone(page, pair, predictor):
    wait_for_maps(page)  # of the example; after them nothing takes the focus away
    place = page.locator("#photo button").first
    _tab_until(page, lambda: place.evaluate("(element) => element === document.activeElement"))
    expect(place).to_be_focused()
    with page.expect_file_chooser() as chooser:
        place.press("Space")
    chooser.value.set_files(pair)
    same_answer(page, predictor.predict(pair)[0])
    wait_for_maps(page)
    _tab_until(page, lambda: page.evaluate("document.activeElement.closest('#examples') !== null"))
    page.keyboard.press("Enter")
    same_answer(page, predictor.predict(str(example_photos()[0]))[0])


def _tab_until(page, there) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if there():
            break
