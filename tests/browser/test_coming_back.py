"""A browser tab that is reloaded, goes back or loses its connection goes on with its visit; its address says how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from demo import words
from demo.analyse import words as analyse_words
from demo.living.words import BLURRED, PICTURE
from demo.many import words as many_words
from tests.browser.conftest import PATIENCE, add_photo, choose_method, drop, open_tab
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option).click()


def _wait_for(page: Page, **settings: str) -> None:
    """Wait until the address holds these settings and no others."""
    page.wait_for_timeout(50)
    page.wait_for_function(
        """(wanted) => JSON.stringify([...new URLSearchParams(location.search)].sort()) === JSON.stringify(wanted)""",
        arg=sorted(map(list, settings.items())),
        polling=100,  # milliseconds; left out: at every frame, all of which the page draws for that
    )


def _second_face(page: Page, pair: Path) -> None:
    add_photo(page, pair)
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")
    page.locator("#faces label").nth(1).click()
    expect(page.locator("#answer")).to_contain_text("Face 2 of 2")


def test_settings_stand_in_the_address_and_reload_and_back_bring_the_visit_back(
    page: Page, pair: Path, app: LiveApp
) -> None:
    _wait_for(page)
    _second_face(page, pair)
    choose_method(page, "Integrated Gradients")
    _choose(page, analyse_words.TARGET, "Disgust")
    expect(page.locator("#moved-words")).to_contain_text("“Disgust”")
    page.locator("#opacity input[type=range]").fill("0.25")
    shown = {"face": "2", "method": "integrated_gradients", "class": "Disgust", "opacity": "0.25"}
    _wait_for(page, **shown)
    answer = page.locator("#answer .probabilities").inner_text()

    def is_back() -> None:
        expect(page.locator("#answer")).to_contain_text("Face 2 of 2")
        assert page.locator("#answer .probabilities").inner_text() == answer
        expect(page.locator("#photo img").first).to_have_attribute("alt", re.compile("2 numbered.*face 2"))
        expect(page.locator("#moved-words")).to_contain_text("“Disgust”")
        expect(page.locator("#moved-words")).to_contain_text("About Integrated Gradients")
        expect(page.get_by_label(analyse_words.TARGET, exact=True)).to_have_value("Disgust")
        expect(page.locator("#method").get_by_role("radio", name="Integrated Gradients")).to_be_checked()
        expect(page.locator("#opacity input[type=range]")).to_have_value("0.25")
        _wait_for(page, **shown)

    is_back()
    page.reload()
    is_back()
    page.goto(f"{app.url}/robots.txt")
    page.go_back()
    is_back()
    page.locator("#faces label").nth(0).click()
    expect(page.locator("#answer")).to_contain_text("Face 1 of 2")


def _slider(page: Page) -> Locator:
    return page.get_by_role("slider", name=PICTURE["slider"]).and_(page.locator("#living *"))


def _expect_by_hand(page: Page, *things: str) -> None:
    expect(page.locator("#living .changed")).to_have_text(PICTURE["changed"].format(things=", ".join(things)))


def test_what_is_set_by_hand_is_in_the_address_and_comes_back(page: Page, pair: Path) -> None:
    _second_face(page, pair)
    expect(page.locator("#living .people .chosen")).to_contain_text("2 ")
    page.get_by_role("button", name=PICTURE["attend_even"]).click()
    page.get_by_role("gridcell", name=re.compile("^row 2, column 3:")).click()
    page.get_by_role("button", name=PICTURE["remove"]).click()
    page.get_by_role("button", name=PICTURE["blank_face"]).click()
    _slider(page).fill("0.3")
    shown = {"face": "2", "mix": "0.3", "blank": "face", "cells": "2.3", "attention": "uniform"}
    _wait_for(page, **shown)
    now = page.locator("#living .answers").inner_text()
    page.reload()
    expect(page.locator("#living .answers")).to_have_text(now, use_inner_text=True)
    expect(_slider(page)).to_have_value("0.3")
    _wait_for(page, **shown)


def test_links_of_former_tabs_open_where_their_cards_are_now(page: Page, app: LiveApp) -> None:
    page.wait_for_function("sessionStorage.length > 0")  # the visit would come back, but for what the link asks
    old = "w_face=0.2&attention=shuffled&seed=3&removed=2.3-4.4&scene=blurred&shown_face=black"
    page.goto(f"{app.url}/?tab=interventions&{old}&baseline=noise&scale=one")
    expect(page.get_by_role("tab", name=words.TAB_ANALYSE)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text(words.FORMER_LINK)).to_be_visible()
    expect(_slider(page)).to_have_value("0.2")
    _expect_by_hand(
        page,
        PICTURE["changed_scene_of"].format(name=BLURRED.format(number=1)),
        PICTURE["changed_face"],
        PICTURE["changed_shuffled"],
        PICTURE["changed_cells"].format(count=2, cells=page.locator("#living .cell").count()),
        PICTURE["changed_weight"].format(face="20%"),
    )
    expect(page.get_by_role("combobox", name=PICTURE["whose_scene"])).to_have_value("blurred")
    page.get_by_role("button", name=PICTURE["blank_face"]).click()
    by_hand = {"mix": "0.2", "attention": "shuffled.3", "cells": "2.3-4.4", "scene_of": "blurred"}
    _wait_for(page, baseline="noise", scale="one", **by_hand)
    open_tab(page, words.TAB_COMPARE)
    expect(page.locator("#compare-scale input").nth(1)).to_be_checked()
    _wait_for(page, tab="compare", baseline="noise", scale="one", **by_hand)

    page.evaluate("sessionStorage.clear()")
    page.goto(f"{app.url}/?tab=photos")
    expect(page.get_by_role("tab", name=words.TAB_ANALYSE)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#swap-words")).to_be_visible()
    expect(page.get_by_text("The link asks")).to_have_count(0)


def test_many_photos_come_back(page: Page, pair: Path) -> None:
    open_tab(page, words.TAB_MANY)
    page.locator("#many-files input[type=file]").set_input_files(pair)
    expect(page.locator("#many-status")).to_contain_text(many_words.DONE.format(photos=1, faces=2))
    page.reload()
    expect(page.locator("#many-status")).to_contain_text(many_words.DONE.format(photos=1, faces=2))
    expect(page.locator("#many-table").get_by_role("gridcell", name="pair.png").first).to_be_visible()


def test_another_tab_has_a_visit_of_its_own_and_a_photo_given_while_a_visit_comes_back_is_answered(
    page: Page, portrait: Path, pair: Path, app: LiveApp
) -> None:
    add_photo(page, pair)
    other = page.context.new_page()
    other.goto(app.url)
    expect(other.locator("#answer .example")).to_be_visible()
    other.close()
    page.reload()
    expect(page.locator("#answer")).to_contain_text("of 2")
    page.reload(wait_until="commit")
    drop(page.locator("#photo button").first, portrait)
    expect(page.locator("#answer .example")).to_have_count(0)
    expect(page.locator("#faces label")).to_have_count(1)
    page.wait_for_timeout(1000)
    expect(page.locator("#faces label")).to_have_count(1)
