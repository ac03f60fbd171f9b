"""The tab *Compare* as a person uses it: only what is visible counts.

The weights are a small network's: what is checked is how the page shows its maps, and these take no time.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo import words
from demo.compare import words as compare_words
from glamor.explain import METHODS
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep, open_tab
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
BOTH = pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def _analysed(page: Page, photo: Path, tab: str) -> None:
    add_photo(page, photo)
    expect(page.locator("#answer")).to_contain_text("of 2")
    open_tab(page, tab)


def _tick(page: Page, tab: str, *wanted: str) -> None:
    """Tick exactly the methods of these names."""
    boxes = page.locator(f"#{tab}-methods label")
    expect(boxes).to_have_count(len(METHODS))
    for label in boxes.all():
        label.locator("input").set_checked(label.inner_text().split(" ·")[0].strip() in wanted)


def test_a_slow_device_shows_every_map(page: Page, pair: Path) -> None:
    _analysed(page, pair, words.TAB_COMPARE)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 8})
    _tick(page, "compare", "Grad-CAM", "Saliency")
    page.locator("#compare-run").click()
    expect(page.locator("#compare-status")).to_contain_text("2 of 2 maps")
    for key in ("grad_cam", "saliency"):
        page.locator(f"#map-{key}").scroll_into_view_if_needed()
        expect(page.locator(f"#map-{key} img")).to_be_visible()


@BOTH
def test_methods_stand_side_by_side_on_their_own_scales_or_on_one(page: Page, pair: Path, size: str) -> None:
    _analysed(page, pair, words.TAB_COMPARE)
    _tick(page, "compare", "Grad-CAM", "Saliency")
    page.locator("#compare-run").click()
    expect(page.locator("#compare-status")).to_contain_text("2 of 2 maps")
    maps = [page.locator(f"#map-{key} img") for key in ("grad_cam", "saliency")]
    for image in maps:
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        expect(image).to_have_attribute("alt", re.compile("what spoke for and against"))
    expect(page.locator("#map-occlusion")).to_be_hidden()
    first, second = (page.locator(f"#map-{key}").bounding_box() for key in ("grad_cam", "saliency"))
    assert first
    assert second
    assert (first["y"] == second["y"] and first["x"] < second["x"]) is (size == "laptop")
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{size}-compare")
    assert fits_across(page)
    strongest, weaker = maps
    before = [image.get_attribute("src") or "" for image in maps]
    page.get_by_role("radio", name=compare_words.SCALE_ONE).check()
    expect(weaker).not_to_have_attribute("src", before[1])
    expect(strongest).to_have_attribute("src", before[0])  # it sets the scale
