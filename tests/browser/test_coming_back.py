"""A browser tab that is reloaded, goes back or loses its connection goes on with its visit; its address says how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo import words
from demo.analyse import words as analyse_words
from demo.interventions import words as interventions_words
from demo.many import words as many_words
from tests.browser.conftest import PATIENCE, add_photo, drop, open_tab
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
    _choose(page, analyse_words.METHOD, "Integrated Gradients")
    _choose(page, analyse_words.TARGET, "Disgust")
    expect(page.locator("#moved")).to_contain_text("“Disgust”")
    page.locator("#opacity input[type=range]").fill("0.25")
    shown = {"face": "2", "method": "integrated_gradients", "class": "Disgust", "opacity": "0.25"}
    _wait_for(page, **shown)
    answer = page.locator("#answer .probabilities").inner_text()

    def is_back() -> None:
        expect(page.locator("#answer")).to_contain_text("Face 2 of 2")
        assert page.locator("#answer .probabilities").inner_text() == answer
        expect(page.locator("#photo img").first).to_have_attribute("alt", re.compile("2 numbered.*face 2"))
        expect(page.locator("#moved")).to_contain_text("“Disgust”")
        expect(page.locator("#moved")).to_contain_text("About Integrated Gradients")
        expect(page.get_by_label(analyse_words.TARGET, exact=True)).to_have_value("Disgust")
        expect(page.get_by_label(analyse_words.METHOD, exact=True)).to_have_value("Integrated Gradients")
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


def test_what_is_set_by_hand_is_in_the_address_and_comes_back(page: Page, pair: Path) -> None:
    _second_face(page, pair)
    open_tab(page, words.TAB_INTERVENTIONS)
    page.locator("#weight input[type=range]").fill("0.3")
    page.locator("#see-face label", has_text="Black").click()
    page.locator("#type-cell button").first.click()
    page.get_by_label(interventions_words.CELL).fill("2, 3")
    page.get_by_label(interventions_words.CELL).press("Enter")
    shown = {"tab": "interventions", "face": "2", "w_face": "0.3", "shown_face": "black", "removed": "2.3"}
    _wait_for(page, **shown)
    now = page.locator("#lab-now .label").inner_text()
    page.reload()
    expect(page.locator("#lab-now")).to_be_visible()
    expect(page.locator("#lab-now .label")).to_have_text(now)
    expect(page.locator("#weight input[type=range]")).to_have_value("0.3")
    _wait_for(page, **shown)


def test_a_link_sets_by_hand_for_whoever_opens_it_on_the_example(page: Page, app: LiveApp) -> None:
    page.wait_for_function("sessionStorage.length > 0")  # the visit would come back, but for what the link asks
    page.goto(f"{app.url}/?tab=interventions&w_face=0.2&baseline=noise&scale=one")
    expect(page.locator("#lab-now")).to_be_visible()
    expect(page.locator("#weight input[type=range]")).to_have_value("0.2")
    open_tab(page, words.TAB_COMPARE)
    expect(page.locator("#compare-scale input").nth(1)).to_be_checked()
    _wait_for(page, tab="compare", w_face="0.2", baseline="noise", scale="one")


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
