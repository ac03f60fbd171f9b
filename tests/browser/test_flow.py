"""The flow around one photo: the first visit, wrong faces, links, stopping, the webcam, deleting."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from demo import words
from demo.analyse import words as analyse_words
from tests.browser.conftest import PATIENCE, add_photo, choose_method, drop, keep
from tests.live_app import files_in

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app):
    return small_app


@pytest.fixture(scope="module")
def predictor(small_predictor):
    return small_predictor


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).click()


def _files(app) -> set:
    return files_in(app.cache)


def test_a_visitor_quicker_than_the_page_keeps_the_photo(page, pair):
    page.reload(wait_until="commit")
    drop(page.locator("#photo button").first, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    expect(page.locator("#moved img")).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("of 2")
    expect(page.locator("#photo img").first).to_be_visible()


def test_a_wrong_face_is_removed(page, pair, predictor):
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")
    page.get_by_role("button", name=analyse_words.ADD_FACE).click()
    page.get_by_role("button", name=analyse_words.REMOVE_FACE).click()
    expect(page.locator("#answer")).to_contain_text(words.ANSWER_LEAD_ONLY)
    expect(page.locator("#answer strong").first).to_have_text(predictor.predict(pair)[1].emotion)
    page.get_by_role("button", name=analyse_words.REMOVE_FACE).click()
    expect(page.get_by_text("No face is left")).to_be_visible()
    expect(page.get_by_role("button", name=analyse_words.REMOVE_FACE)).to_be_hidden()


def test_a_link_restores_every_setting_but_not_the_photo_and_one_that_asks_for_what_is_not_there_says_so(
    page, pair, app
):
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    choose_method(page, "Integrated Gradients")
    _choose(page, analyse_words.TARGET, "Disgust")
    expect(page.locator("#moved-words")).to_contain_text("About Integrated Gradients")
    page.locator("#opacity input[type=range]").fill("0.25")
    page.get_by_role("button", name=words.COPY_LINK).click()
    expect(page.get_by_text(words.COPIED)).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    assert link.startswith(f"{app.url}/?")
    assert "pair" not in link
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator("#moved-words")).to_contain_text("About Integrated Gradients")
    expect(other.locator("#moved-words")).to_contain_text("“Disgust”")
    expect(other.locator("#method").get_by_role("radio", name="Integrated Gradients")).to_be_checked()
    expect(other.get_by_label(analyse_words.TARGET)).to_have_value("Disgust")
    expect(other.locator("#opacity input[type=range]")).to_have_value("0.25")
    expect(other.locator("#answer .example")).to_be_visible()
    expect(other.get_by_role("tab", name=words.TAB_ANALYSE)).to_have_attribute("aria-selected", "true")

    other.goto(f"{app.url}/?method=tea_leaves&class=%3Cb%3EJoy%3C/b%3E&opacity=7&tab=nowhere")
    expect(other.get_by_text("The link asks for method “tea_leaves”")).to_be_visible()
    expect(other.get_by_text("The link asks for class “<b>Joy</b>”")).to_be_visible()
    expect(other.get_by_text("The opacity is “7”")).to_be_visible()
    expect(other.get_by_text("The link asks for tab “nowhere”")).to_be_visible()
    expect(other.locator("#answer .example")).to_be_visible()


def test_a_webcam_still_is_analysed(page):
    page.get_by_role("button", name="Capture from camera").click()
    page.locator("#photo").get_by_role("button", name="Click to Access Webcam").click()
    page.wait_for_function("document.querySelector('#photo video').videoWidth > 0")
    page.get_by_role("button", name="capture photo").click()
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    expect(page.locator("#answer .example")).to_have_count(0)


def test_the_webcam_is_shown_live_and_its_frames_are_not_kept(page, app):
    before = _files(app)
    page.get_by_role("button", name=analyse_words.LIVE).click()
    page.locator("#live").scroll_into_view_if_needed()
    page.locator("#camera").get_by_role("button", name="Click to Access Webcam").click()
    page.wait_for_function("document.querySelector('#camera video').videoWidth > 0")
    page.locator("#camera").get_by_role("button", name="capture photo").click()
    picture = page.locator("#live-picture img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/jpeg"))
    first = picture.get_attribute("src")
    expect(picture).not_to_have_attribute("src", first)
    expect(page.locator("#live-picture")).to_contain_text(analyse_words.LIVE_NO_FACE)
    keep(page, "laptop-live")
    assert _files(app) <= before


def test_delete_now_empties_the_page_and_the_disk(page, pair, app):
    before = _files(app)
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("of 2")
    expect(page.locator("#moved img")).to_be_visible()
    page.get_by_role("button", name=words.DELETE).click()
    expect(page.get_by_text(words.DELETED)).to_be_visible()
    assert _files(app) <= before, "others, of visits that are over, may go meanwhile"
    expect(page.locator("#answer .example")).to_be_visible()
    page.reload()
    expect(page.locator("#answer .example")).to_be_visible()
    expect(page.get_by_text(words.DELETED)).to_be_hidden()
