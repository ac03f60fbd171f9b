"""The tabs *Compare methods* and *Trust* as a person uses them: only what is visible counts."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo import text
from tests.browser.conftest import PATIENCE, drop, keep

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
BOTH_SIZES = pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)


@pytest.fixture(scope="session")
def portrait(astronaut, tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    Image.fromarray(astronaut).save(path)
    return path


@pytest.fixture(scope="session")
def pair(two_people, tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "pair.png"
    Image.fromarray(two_people).save(path)
    return path


@pytest.fixture(scope="session")
def two_people(astronaut, grace_hopper):
    """Grace Hopper left, the astronaut right."""
    import numpy as np

    return np.hstack([grace_hopper[:512], astronaut])


def _open(page: Page, tab: str) -> None:
    shown = page.get_by_role("tab", name=tab)
    if not shown.is_visible():  # on a phone the tabs that do not fit wait behind a button
        page.locator(".overflow-menu > button").click()
        page.locator(".overflow-dropdown").get_by_text(tab).click()
        return
    shown.click()


def _analyse(page: Page, photo) -> None:
    drop(page.locator("#photo button").first, photo)
    expect(page.locator("#answer strong").first).to_be_visible()


def _choose(page: Page, tab: str, *wanted: str) -> None:
    """Tick exactly the methods of these names."""
    boxes = page.locator(f"#{tab}-methods label")
    expect(boxes).to_have_count(12)
    for i in range(12):
        label = boxes.nth(i)
        name = label.inner_text().split(" ·")[0].strip()
        label.locator("input").set_checked(name in wanted)


def _fits_across(page: Page) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "the page scrolls sideways"


def _size(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["page"])


@BOTH_SIZES
def test_two_methods_stand_side_by_side(page, portrait, request):
    _open(page, text.TAB_COMPARE)
    expect(page.locator("#compare-subject").get_by_text(text.SUBJECT_EMPTY)).to_be_visible()
    expect(page.locator("#compare-run")).to_be_disabled()
    keep(page, f"{_size(request)}-compare-empty")
    _open(page, text.TAB_ANALYSE)
    _analyse(page, portrait)
    _open(page, text.TAB_COMPARE)
    expect(page.locator("#compare-subject")).to_contain_text("Face 1 of 1")
    _choose(page, "compare", "Grad-CAM", "Saliency")
    page.locator("#compare-run").click()
    for key in ("grad_cam", "saliency"):
        card = page.locator(f"#map-{key}")
        card.scroll_into_view_if_needed()
        expect(card.locator("img")).to_be_visible()
        expect(card.locator("img")).to_have_attribute("alt", re.compile("what spoke for and against"))
    expect(page.locator("#compare-status")).to_contain_text("2 of 2 maps")
    expect(page.locator("#map-occlusion")).to_be_hidden()
    boxes = [page.locator(f"#map-{key}").bounding_box() for key in ("grad_cam", "saliency")]
    beside = boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    assert beside == (_size(request) == "laptop")
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{_size(request)}-compare")
    _fits_across(page)


def test_one_scale_for_all_redraws_the_maps(page, portrait):
    _analyse(page, portrait)
    _open(page, text.TAB_COMPARE)
    _choose(page, "compare", "Input x Gradient", "Occlusion")
    page.locator("#compare-run").click()
    expect(page.locator("#compare-status")).to_contain_text("2 of 2 maps")
    images = [page.locator(f"#map-{key} img") for key in ("input_x_gradient", "occlusion")]
    before = [image.get_attribute("src") for image in images]
    page.get_by_role("radio", name=text.SCALE_ONE).check()
    expect(images[0]).not_to_have_attribute("src", before[0])
    keep(page, "laptop-compare-one-scale")


def test_a_slow_comparison_can_be_stopped_and_what_is_ready_stays(page, portrait):
    _analyse(page, portrait)
    _open(page, text.TAB_COMPARE)
    _choose(page, "compare", "Grad-CAM", "Kernel SHAP")
    page.get_by_role("button", name=text.SETTINGS).click()
    page.locator("#compare-smooth").get_by_role("checkbox").check()
    page.locator("#compare-baseline").get_by_role("listbox").click()
    page.get_by_role("option", name=text.BASELINE_NAMES["noise"]).click()
    page.locator("#compare-run").click()
    expect(page.locator("#map-grad_cam img")).to_be_visible()
    page.locator("#compare-stop").click()
    expect(page.locator("#compare-status")).to_contain_text(text.STOPPED)
    expect(page.locator("#map-grad_cam img")).to_be_visible()
    expect(page.locator("#map-kernel_shap")).to_be_hidden()
    expect(page.locator("#compare-run")).to_be_enabled()


@BOTH_SIZES
def test_the_trust_of_one_method_is_checked(page, portrait, request):
    _analyse(page, portrait)
    _open(page, text.TAB_TRUST)
    _choose(page, "trust", "Grad-CAM")
    page.locator("#trust-run").click()
    verdict = page.locator("#trust-verdict")
    expect(verdict).to_contain_text(text.TRUST_QUESTION)
    expect(verdict.locator("strong")).to_have_text(re.compile("Yes|Partly|No|Cannot tell"))
    expect(verdict).to_contain_text(re.compile(r"Attention (finds|has nothing)"))
    for name in ("pixels", "weights", "cascade", "reliance"):
        image = page.locator(f"#trust-{name} img")
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        expect(image).to_have_attribute("alt", re.compile(r"\d"))
    expect(page.locator("#trust-order tbody tr")).to_have_count(3)
    expect(page.locator("#trust-stability tbody tr")).to_have_count(16)
    info = page.locator("#trust-reliability details").first
    expect(info.get_by_text("Sundararajan")).to_be_hidden()
    info.locator("summary").click()
    expect(info.get_by_text("Sundararajan")).to_be_visible()
    info.locator("summary").click()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, f"{_size(request)}-trust")
    _fits_across(page)


def test_checking_can_be_stopped_and_another_face_has_its_own_result(page, pair):
    _analyse(page, pair)
    _open(page, text.TAB_TRUST)
    expect(page.locator("#trust-subject")).to_contain_text("of 2")
    before = page.locator("#trust-subject").inner_text()
    page.locator("#trust-run").click()
    expect(page.locator("#trust-stop")).to_be_enabled()
    page.locator("#trust-stop").click()
    expect(page.locator("#trust-status")).to_contain_text(text.STOPPED)
    expect(page.locator("#trust-run")).to_be_enabled()
    expect(page.locator("#trust-results")).to_be_hidden()
    _open(page, text.TAB_ANALYSE)
    page.locator("#faces input[type=radio]:not(:checked)").check()
    expect(page.locator("#answer")).not_to_contain_text(before.split(" of ")[0])
    _open(page, text.TAB_TRUST)
    expect(page.locator("#trust-subject")).not_to_have_text(before)
