"""The flow around one photo: the first visit, wrong faces, links, stopping, the webcam, deleting, the keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo import text
from glamor.predictor import Predictor
from tests.browser.conftest import PATIENCE, keep

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def predictor():
    return Predictor()


@pytest.fixture(scope="session")
def pair(astronaut, grace_hopper, tmp_path_factory):
    """Grace Hopper left, the astronaut right."""
    path = tmp_path_factory.mktemp("photos") / "pair.png"
    Image.fromarray(np.hstack([grace_hopper[:512], astronaut])).save(path)
    return path


def _add(page: Page, photo) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=text.ADD_PHOTO).click()
    chooser.value.set_files(photo)


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).click()


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_a_first_visit_shows_an_analysed_example(page, predictor, astronaut):
    (expected,) = predictor.predict(astronaut)
    expect(page.locator("#answer strong").first).to_have_text(expected.emotion)
    for panel in ("photo", "saw", "looked", "moved"):
        page.locator(f"#{panel}").scroll_into_view_if_needed()
        expect(page.locator(f"#{panel} img").first).to_be_visible()
    expect(page.locator("#moved")).to_contain_text(f"“{expected.emotion}”")
    expect(page.get_by_role("button", name=text.STOP, exact=True)).to_be_hidden()
    expect(page.get_by_text(text.CONSENT)).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{page.viewport_size['width']}-first")


def test_the_first_example_can_be_worked_with_at_once(page):
    before = page.locator("#moved img").get_attribute("src")
    _choose(page, text.TARGET, "Fear")
    expect(page.locator("#moved")).to_contain_text("“Fear”")
    expect(page.locator("#moved img")).not_to_have_attribute("src", before)


def test_a_wrong_face_is_removed(page, pair, predictor):
    _add(page, pair)
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")
    page.get_by_role("button", name=text.ADD_FACE).click()
    page.get_by_role("button", name=text.REMOVE_FACE).click()
    expect(page.locator("#answer")).to_contain_text(text.ANSWER_LEAD_ONLY)
    expect(page.locator("#answer strong").first).to_have_text(predictor.predict(pair)[1].emotion)
    page.get_by_role("button", name=text.REMOVE_FACE).click()
    expect(page.get_by_text("No face is left")).to_be_visible()
    expect(page.get_by_role("button", name=text.REMOVE_FACE)).to_be_hidden()


def test_a_link_restores_every_setting_but_not_the_photo(page, pair, app):
    _add(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    _choose(page, text.METHOD, "Grad-CAM")
    _choose(page, text.TARGET, "Disgust")
    expect(page.locator("#moved")).to_contain_text("About Grad-CAM")
    page.locator("#opacity input[type=range]").fill("0.25")
    page.get_by_role("button", name=text.COPY_LINK).click()
    expect(page.get_by_text(text.COPIED)).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert link.startswith(f"{app.url}/?")
    assert "pair" not in link
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator("#moved")).to_contain_text("About Grad-CAM")
    expect(other.locator("#moved")).to_contain_text("“Disgust”")
    expect(other.get_by_label(text.METHOD)).to_have_value("Grad-CAM")
    expect(other.get_by_label(text.TARGET)).to_have_value("Disgust")
    expect(other.locator("#opacity input[type=range]")).to_have_value("0.25")
    expect(other.locator("#answer")).not_to_contain_text("of 2")
    expect(other.get_by_role("tab", name=text.TAB_ANALYSE)).to_have_attribute("aria-selected", "true")


def test_a_link_that_asks_for_what_is_not_there_says_so(page, app):
    page.goto(f"{app.url}/?method=tea_leaves&class=%3Cb%3EJoy%3C/b%3E&opacity=7&tab=nowhere")
    expect(page.get_by_text("The link asks for method “tea_leaves”")).to_be_visible()
    expect(page.get_by_text("The link asks for class “<b>Joy</b>”")).to_be_visible()
    expect(page.get_by_text("The opacity is “7”")).to_be_visible()
    expect(page.get_by_text("The link asks for tab “nowhere”")).to_be_visible()
    expect(page.locator("#answer strong").first).to_be_visible()


def test_slow_work_can_be_stopped_and_asked_for_again(page):
    _choose(page, text.METHOD, "Occlusion")
    page.get_by_role("button", name=text.STOP, exact=True).click()
    expect(page.get_by_text(text.MOVED_STOPPED)).to_be_visible()
    expect(page.get_by_role("button", name=text.STOP, exact=True)).to_be_hidden()
    page.get_by_role("button", name=text.AGAIN).click()
    expect(page.locator("#moved")).to_contain_text("About Occlusion")
    expect(page.get_by_role("button", name=text.AGAIN)).to_be_hidden()
    expect(page.locator("#moved img")).to_be_visible()


def test_the_webcam_is_shown_live_and_its_frames_are_not_kept(page, app):
    before = {path for path in app.cache.rglob("*") if path.is_file()}
    page.get_by_role("button", name=text.LIVE).click()
    page.locator("#live").scroll_into_view_if_needed()
    page.locator("#camera").get_by_role("button", name="Click to Access Webcam").click()
    page.locator("#camera").get_by_role("button", name=re.compile("record|start", re.I)).first.click()
    picture = page.locator("#live-picture img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/jpeg"))
    first = picture.get_attribute("src")
    expect(picture).not_to_have_attribute("src", first)
    expect(page.locator("#live-picture")).to_contain_text(text.LIVE_NO_FACE)
    keep(page, "laptop-live")
    assert {path for path in app.cache.rglob("*") if path.is_file()} == before


def test_delete_now_empties_the_page_and_the_disk(page, pair, app):
    before = {path for path in app.cache.rglob("*") if path.is_file()}
    _add(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    expect(page.locator("#moved img")).to_be_visible()
    page.get_by_role("button", name=text.DELETE).click()
    expect(page.get_by_text(text.DELETED)).to_be_visible()
    assert {path for path in app.cache.rglob("*") if path.is_file()} == before
    expect(page.locator("#answer")).not_to_contain_text("of 2")
    page.reload()
    expect(page.locator("#answer strong").first).to_be_visible()
    expect(page.get_by_text(text.DELETED)).to_be_hidden()


def test_another_visitor_waits_for_nobody(page, app, browser, pair):
    """While one visitor's slow maps are made, another adds a photo and gets the answer first."""
    _choose(page, text.METHOD, "Occlusion")
    context = browser.new_context()
    other = context.new_page()
    other.goto(app.url)
    _add(other, pair)
    expect(other.locator("#answer")).to_contain_text("Face 1 of 2")
    context.close()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.closest(selector) !== null", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_the_whole_path_works_by_keyboard_alone(page, grace_hopper, predictor):
    _tab_to(page, "#examples")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    (expected,) = predictor.predict(grace_hopper)
    expect(page.locator("#answer strong").first).to_have_text(expected.emotion)
    _tab_to(page, "#target")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    _tab_to(page, "#method")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#moved")).to_contain_text("About")
    expect(page.locator("#method input")).not_to_have_value("Integrated Gradients")
    outline = page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement.closest(".wrap") || document.activeElement);
            return [style.outlineStyle, style.boxShadow, style.borderColor];
        }"""
    )
    assert outline
