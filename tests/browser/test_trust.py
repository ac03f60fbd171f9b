"""The tab *Trust* as a person uses it: only what is visible counts.

The weights are a small network's: what is checked is how the page shows the checks, and these take seconds.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from demo import words
from demo.trust import words as trust_words
from glamor.explain import METHODS
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep, open_tab
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
SAID = {
    "Yes": "finds the evidence better than chance",
    "Partly": "finds the evidence only partly better than chance",
    "No": re.compile("finds the evidence (no better|worse) than chance"),
    "Cannot tell": "has nothing to find",
}
FACE_OF = re.compile(r"Face \d of \d")
VARIANTS = 16  # as it is, 8 moved and 2 scaled boxes, mirrored, 2 JPEG qualities, 2 brightnesses


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_the_trust_of_one_map_is_checked_and_every_number_explained(page: Page, pair: Path, size: str) -> None:
    _to_trust(page, pair)
    expect(page.locator("#trust-verdict")).to_contain_text(trust_words.EMPTY)
    expect(page.locator("#trust-results")).to_be_hidden()
    _tick(page, "Integrated Gradients")
    page.locator("#trust-run").click()
    _says_a_verdict(page)
    _shows_figures(page)
    _shows_tables(page)
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-trust")
    assert fits_across(page)
    _explains_every_number(page)
    assert fits_across(page)


# In the page, as soon as progress is to be seen: a click from here may come when all is done.
STOP_ONCE_UNDER_WAY = """(doing) => {
    const status = document.querySelector("#trust-status").innerText;
    const stop = document.querySelector("button#trust-stop");
    if (!status.includes(doing) || !/\\d%/.test(status) || stop.disabled) return false;
    stop.click();
    return true;
}"""


def test_checking_is_refused_stopped_begun_again_and_each_face_keeps_a_result_of_its_own(
    page: Page, pair: Path
) -> None:
    _to_trust(page, pair)
    run, stop, status = (page.locator(f"#trust-{name}") for name in ("run", "stop", "status"))
    _tick(page)
    run.click()
    expect(page.locator("#trust-status .warn")).to_have_text(words.NO_METHODS)
    expect(run).to_be_enabled()

    expect(stop).to_be_disabled()
    _tick(page, *(method.name for method in METHODS.values()))
    run.click()
    page.wait_for_function(STOP_ONCE_UNDER_WAY, arg=trust_words.DOING)
    expect(status).to_have_text(words.STOPPED)
    expect(stop).to_be_disabled()
    expect(page.locator("#trust-results")).to_be_hidden()
    _tick(page, "Grad-CAM")
    run.click()
    _says_a_verdict(page)
    expect(status).to_have_text("")
    _the_other_face_has_none_and_this_one_keeps_its_own(page)


def _the_other_face_has_none_and_this_one_keeps_its_own(page: Page) -> None:
    subject = page.locator("#trust-subject")
    expect(subject).to_contain_text(FACE_OF)
    (first,) = FACE_OF.findall(subject.inner_text())  # Gradio may write its progress beside it
    sentence = page.locator("#trust-verdict .sentence").inner_text()

    open_tab(page, words.TAB_ANALYSE)
    page.locator("#faces input[type=radio]:not(:checked)").check()
    expect(page.locator("#answer")).not_to_contain_text(first)
    open_tab(page, words.TAB_TRUST)
    expect(subject).not_to_contain_text(first)
    expect(page.locator("#trust-results")).to_be_hidden()

    open_tab(page, words.TAB_ANALYSE)
    page.locator("#faces input[type=radio]:not(:checked)").check()
    expect(page.locator("#answer")).to_contain_text(first)
    open_tab(page, words.TAB_TRUST)
    expect(page.locator("#trust-verdict .sentence")).to_have_text(sentence)


def _to_trust(page: Page, photo: Path) -> None:
    add_photo(page, photo)
    expect(page.locator("#answer")).to_contain_text("of 2")
    open_tab(page, words.TAB_TRUST)
    expect(page.locator("#trust-run")).to_be_enabled()


def _tick(page: Page, *wanted: str) -> None:
    """Tick exactly the methods of these names."""
    boxes = page.locator("#trust-methods label")
    expect(boxes).to_have_count(len(METHODS))
    for label in boxes.all():
        label.locator("input").set_checked(label.inner_text().split(" ·")[0].strip() in wanted)


def _says_a_verdict(page: Page) -> None:
    """The answer in a word and the sentence with its numbers say the same."""
    verdict = page.locator("#trust-verdict")
    expect(verdict).to_contain_text(trust_words.QUESTION)
    word = verdict.locator("strong").inner_text()
    expect(verdict.locator(".sentence")).to_contain_text(SAID[word])
    if word != "Cannot tell":
        expect(verdict.locator(".sentence")).to_contain_text(
            re.compile(r"deletion AUC \d\.\d\d .*insertion AUC \d\.\d\d .*against \d\.\d\d at random")
        )


def _shows_figures(page: Page) -> None:
    sentence = re.escape(page.locator("#trust-verdict .sentence").inner_text())
    told = {
        "pixels": sentence,
        "weights": "Deletion and insertion curves. Attention",
        "cascade": r"Similarity of each map .*: Integrated Gradients -?\d\.\d\d",
        "reliance": r"fusion \d+% face, \d+% scene",
    }
    for name, alt in told.items():
        image = page.locator(f"#trust-{name} img")
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        expect(image).to_have_attribute("alt", re.compile(alt))
        assert image.evaluate("image => image.naturalWidth > 200"), name


def _shows_tables(page: Page) -> None:
    rows = {
        "order": ["Attention", "Integrated Gradients", trust_words.RANDOM_ROW],
        "reliability": ["Integrated Gradients"],
    }
    for name, heads in rows.items():
        expect(page.locator(f"#trust-{name} tbody th")).to_have_text(heads)
    expect(page.locator("#trust-stability tbody tr")).to_have_count(VARIANTS)
    expect(page.locator("#trust-stability tbody tr").first).to_contain_text(trust_words.PLAIN_VARIANT)
    changed = page.locator("#trust-stability tbody tr.marked")
    expect(changed.filter(has_text=trust_words.CHANGED)).to_have_count(changed.count())
    expect(page.locator("#trust-reliance")).to_contain_text("The network says it listens more")


def _explains_every_number(page: Page) -> None:
    """Unfold every info text: each column and each figure has one, with its paper."""
    explained = {
        "pixels": ["pixels"],
        "weights": ["weights"],
        "cascade": ["similarity"],
        "order": ["auc", "agreement"],
        "reliability": ["convergence", "sensitivity", "infidelity", "similarity"],
        "reliance": ["reliance"],
        "stability": ["stability"],
    }
    assert {key for keys in explained.values() for key in keys} == set(words.MEASURES)
    for card, keys in explained.items():
        details = page.locator(f"#trust-{card} details")
        expect(details).to_have_count(len(keys))
        for i, key in enumerate(keys):
            _unfolds(details.nth(i), source=words.MEASURES[key][3])
    heads = page.locator("#trust-reliability thead th").all_inner_texts()[1:]
    expect(page.locator("#trust-reliability summary")).to_have_text(heads)


def _unfolds(details: Locator, source: str) -> None:
    told = details.get_by_text(source)
    expect(told).to_be_hidden()
    details.locator("summary").click()
    expect(told).to_be_visible()
    expect(details.get_by_text(words.HOW_TO_READ)).to_be_visible()
