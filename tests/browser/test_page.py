"""The page as a person uses it: only what is visible counts."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo import words
from demo.analyse import words as analyse_words
from tests.browser.conftest import PATIENCE, add_photo, drop, keep

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
PANELS = (analyse_words.SAW, analyse_words.LOOKED, analyse_words.WEIGHED, analyse_words.MOVED)


@pytest.fixture(scope="session")
def wall(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "wall.png"
    Image.fromarray(np.random.default_rng(3).integers(90, 110, (300, 400, 3)).astype(np.uint8)).save(path)
    return path


def _label(page: Page):
    return page.locator("#answer strong").first


def _read_probabilities(page: Page) -> dict[str, str]:
    rows = page.locator("#answer li")
    expect(rows).to_have_count(7)
    words = (re.findall(r"[^\s]+", row) for row in rows.all_inner_texts())
    return {row[0]: row[-1] for row in words}


def _wait_for_maps(page: Page) -> None:
    page.locator("#moved").scroll_into_view_if_needed()
    expect(page.locator("#moved img")).to_be_visible()


def _same_answer(page: Page, prediction) -> None:
    expect(page.locator("#answer .example")).to_have_count(0)
    expect(_label(page)).to_have_text(prediction.emotion)
    wanted = {
        name: f"{value:.1%}" for name, value in zip(prediction.class_names, prediction.probabilities, strict=True)
    }
    assert _read_probabilities(page) == wanted
    face, scene = (f"{weight:.0%}" for weight in prediction.fusion_weights)
    expect(page.locator("#weighed .weight.face strong")).to_have_text(face)
    expect(page.locator("#weighed .weight.scene strong")).to_have_text(scene)


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_a_dropped_photo_is_analysed_and_explained(page, portrait, predictor, request):
    for title in PANELS:
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("It is not what the person feels")).to_be_visible()
    name = request.node.callspec.params["page"]
    add_photo(page, portrait)
    _same_answer(page, predictor.predict(portrait)[0])
    for panel in ("saw", "looked"):
        page.locator(f"#{panel}").scroll_into_view_if_needed()
        expect(page.locator(f"#{panel} img")).to_be_visible()
    _wait_for_maps(page)
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, name)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "the page scrolls sideways"


def test_on_a_laptop_the_whole_result_fits_the_screen(page, portrait):
    add_photo(page, portrait)
    _wait_for_maps(page)
    for panel in ("photo", "answer", "saw", "looked", "weighed", "moved"):
        box = page.locator(f"#{panel}").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900, panel
    tops = {page.locator(f"#{panel}").bounding_box()["y"] for panel in ("saw", "looked", "weighed", "moved")}
    assert len(tops) == 1, "the four panels stand side by side"


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_panels_are_stacked(page):
    boxes = [page.locator(f"#{panel}").bounding_box() for panel in ("saw", "looked", "weighed", "moved")]
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})
    assert len({box["x"] for box in boxes}) == 1


def test_a_click_and_a_number_choose_another_face(page, pair, predictor):
    left, right = predictor.predict(pair)
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    _wait_for_maps(page)
    image = page.locator("#photo img").first
    shown = image.bounding_box()
    scale = min(shown["width"] / 1024, shown["height"] / 512)
    left_edge, top_edge = (shown["width"] - 1024 * scale) / 2, (shown["height"] - 512 * scale) / 2
    x1, y1, x2, y2 = right.face_box_xyxy
    image.click(position={"x": left_edge + (x1 + x2) / 2 * scale, "y": top_edge + (y1 + y2) / 2 * scale})
    expect(page.locator("#answer")).to_contain_text("Face 2 of 2")
    _same_answer(page, right)
    keep(page, "laptop-two-faces")
    page.get_by_role("radio", name=f"1 {left.emotion}").check()
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")
    _same_answer(page, left)


def test_without_a_face_the_page_says_so_and_two_clicks_mark_one(page, wall, predictor):
    add_photo(page, wall)
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    keep(page, "laptop-no-face")
    image = page.locator("#photo img").first
    shown = image.bounding_box()
    image.click(position={"x": shown["width"] * 0.25, "y": shown["height"] * 0.25})
    expect(page.get_by_text("Now click the opposite corner")).to_be_visible()
    image.click(position={"x": shown["width"] * 0.75, "y": shown["height"] * 0.75})
    expect(page.locator("#answer")).to_contain_text(words.BOX_SOURCE_PERSON)


def test_a_typed_box_gives_the_same_numbers_as_the_library(page, wall, predictor):
    add_photo(page, wall)
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    page.get_by_role("button", name=analyse_words.ADD_FACE).click()
    expect(page.get_by_text("The photo is 400 × 300 pixels.")).to_be_visible()
    page.get_by_label(analyse_words.BOX).fill("30, 1")
    page.get_by_role("button", name=analyse_words.BOX_BUTTON).click()
    expect(page.get_by_text("Enter four numbers")).to_be_visible()
    page.get_by_label(analyse_words.BOX).fill("100, 50, 220, 170")
    page.get_by_role("button", name=analyse_words.BOX_BUTTON).click()
    expect(page.get_by_text("Enter four numbers")).to_be_hidden()
    _same_answer(page, predictor.predict(wall, [(100.0, 50.0, 220.0, 170.0)])[0])


def test_an_example_is_analysed_at_a_click(page, predictor, grace_hopper):
    page.locator("#examples button").nth(1).click()
    _same_answer(page, predictor.predict(grace_hopper)[0])


def test_what_is_no_photo_is_refused_in_words_and_the_result_stays(page, portrait, predictor, tmp_path):
    add_photo(page, portrait)
    prediction = predictor.predict(portrait)[0]
    _same_answer(page, prediction)
    words = tmp_path / "words.jpg"
    words.write_text("these are words")
    page.locator("#photo input[type=file]").set_input_files(words)
    expect(page.locator("#notice .warn")).to_be_visible()
    _same_answer(page, prediction)
    expect(page.locator("#photo img").first).to_be_visible()
    keep(page, "laptop-refused")


def test_a_picture_on_the_clipboard_is_analysed(page, portrait, predictor):
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
    _same_answer(page, predictor.predict(portrait)[0])


def test_a_second_photo_dropped_on_the_first_replaces_it(page, portrait, pair):
    add_photo(page, portrait)
    expect(page.locator("#answer")).to_contain_text(words.ANSWER_LEAD_ONLY)
    drop(page.locator("#photo img").first, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")


def test_removing_the_photo_clears_the_page(page, portrait):
    add_photo(page, portrait)
    expect(_label(page)).to_be_visible()
    page.get_by_role("button", name="Remove Image").click()
    expect(page.get_by_text(analyse_words.ANSWER_EMPTY)).to_be_visible()
    expect(page.locator("#saw img")).to_have_count(0)


def test_method_class_and_opacity_change_only_what_depends_on_them(page, portrait, predictor):
    add_photo(page, portrait)
    _wait_for_maps(page)
    answer = page.locator("#answer").inner_text()
    page.get_by_label(analyse_words.METHOD).click()
    page.get_by_role("option", name="Grad-CAM").click()
    expect(page.locator("#moved")).to_contain_text("About Grad-CAM")
    page.get_by_label(analyse_words.TARGET).click()
    page.get_by_role("option", name="Fear").click()
    expect(page.locator("#moved")).to_contain_text("“Fear”")
    before = {panel: page.locator(f"#{panel} img").get_attribute("src") for panel in ("saw", "looked", "moved")}
    page.locator("#opacity input[type=range]").fill("0.2")
    for panel in ("looked", "moved"):
        expect(page.locator(f"#{panel} img")).not_to_have_attribute("src", before[panel])
    assert page.locator("#saw img").get_attribute("src") == before["saw"]
    assert page.locator("#answer").inner_text() == answer


def test_pictures_are_told_in_words(page, portrait):
    add_photo(page, portrait)
    _wait_for_maps(page)
    for panel, alt in (("saw", "inputs of the network"), ("looked", "strongest cell"), ("moved", "in the face")):
        expect(page.locator(f"#{panel} img")).to_have_attribute("alt", re.compile(alt))


def test_the_page_works_by_keyboard_alone(page, predictor, astronaut):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#examples') !== null"):
            break
    page.keyboard.press("Enter")
    _same_answer(page, predictor.predict(astronaut)[0])


def test_a_photo_is_chosen_by_keyboard_alone(page, portrait, predictor):
    _wait_for_maps(page)  # of the example; after them nothing takes the focus away
    place = page.locator("#photo button").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if place.evaluate("(element) => element === document.activeElement"):
            break
    expect(place).to_be_focused()
    with page.expect_file_chooser() as chooser:
        place.press("Space")
    chooser.value.set_files(portrait)
    _same_answer(page, predictor.predict(portrait)[0])
