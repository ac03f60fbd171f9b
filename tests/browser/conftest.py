from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from glamor.predictor import Prediction, Predictor
from glamor.words import percent
from tests.chromium import SWITCHES, system_chromium
from tests.live_app import ROOT, LiveApp, live_app

ARTEFACTS = ROOT / "artefacts"
PATIENCE = 120_000  # milliseconds; a busy machine is no failure
SIZES = {"laptop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}

# What the browser does when a file is let go over an element.
DROP = """(element, {data, name, type}) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type}));
    for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="session")
def app() -> LiveApp:
    return live_app()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; neither is a failure."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=system_chromium(), args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def pair(
    astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A photo of two people: Grace Hopper left, the astronaut right."""
    path = tmp_path_factory.mktemp("photos") / "pair.png"
    Image.fromarray(np.hstack([grace_hopper[:512], astronaut])).save(path)
    return path


@pytest.fixture(scope="session")
def portrait(astronaut: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of one person, the astronaut."""
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    Image.fromarray(astronaut).save(path)
    return path


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """What the page's numbers must be."""
    return Predictor()


@pytest.fixture(scope="session")
def small_predictor(small_weights: tuple[Path, Path]) -> Predictor:
    """What the numbers must be on the page with the small network."""
    return Predictor(small_weights[0], device="cpu")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> str:
    """The key in ``SIZES`` of a test whose page is parametrised."""
    return str(request.node.callspec.params["page"])


@pytest.fixture(params=["laptop"])
def page(request: pytest.FixtureRequest, browser: Browser, app: LiveApp) -> Iterator[Page]:
    """The page, freshly opened, for one test."""
    with opened(browser, app, request.param) as page:
        yield page


@contextmanager
def opened(browser: Browser, app: LiveApp, size: str = "laptop", script: str = "") -> Iterator[Page]:
    """Open the page; no request to another host is answered, and each fails the test, as does an error of a script.

    ``script`` runs before the page's own.
    """
    context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce")
    context.grant_permissions(["camera", "clipboard-read", "clipboard-write"], origin=app.url)
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.add_init_script(script)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app.url)
    page.locator("#photo").wait_for()
    try:
        yield page
    finally:
        context.close()
    assert [url for url in asked if urlsplit(url).hostname not in ("127.0.0.1", None)] == []
    assert errors == []


def drop(target: Locator, photo: Path, kind: str = "image/png") -> None:
    """Let a file go over an element."""
    data = base64.b64encode(photo.read_bytes()).decode()
    target.evaluate(DROP, {"data": data, "name": photo.name, "type": kind})


def add_photo(page: Page, photo: Path) -> None:
    """Let a photo go over its place, and wait until it has replaced the example."""
    drop(page.locator("#photo button").first, photo)
    expect(page.locator("#answer .example")).to_have_count(0)


def same_answer(page: Page, prediction: Prediction) -> None:
    """Expect the answer and the weights of a photo's face to be the predictor's."""
    expect(page.locator("#answer .example")).to_have_count(0)
    expect(page.locator("#answer strong").first).to_have_text(prediction.emotion)
    rows = page.locator("#answer li")
    expect(rows).to_have_count(len(prediction.class_names))
    # Two faces may have the same label: the numbers alone tell that this answer has come.
    expect(rows.locator("span:last-child")).to_have_text([f"{value:.1%}" for value in prediction.probabilities])
    shares = {row[0]: row[-1] for row in map(str.split, rows.all_inner_texts())}
    assert shares == {
        name: f"{value:.1%}" for name, value in zip(prediction.class_names, prediction.probabilities, strict=True)
    }
    same_weights(page, prediction)


def same_weights(page: Page, prediction: Prediction) -> None:
    """Expect the living picture to show a face's weights, untouched."""
    for side, weight in zip(("face", "scene"), prediction.fusion_weights, strict=True):
        expect(page.locator(f"#living .loud .{side} strong")).to_have_text(percent(weight))


def choose_method(page: Page, name: str) -> None:
    """Choose what the colours of the lens show."""
    page.locator("#method").get_by_role("radio", name=name).check()


def unfold(page: Page, card: str) -> None:
    """Unfold a card by its id, unless it is."""
    button = page.locator(f"#{card} .label-wrap").first
    if "open" not in (button.get_attribute("class") or "").split():
        button.click()


def wait_for_maps(page: Page) -> None:
    """Wait until the explanation, which comes last, is there."""
    page.locator("#moved").scroll_into_view_if_needed()
    expect(page.locator("#moved img")).to_be_visible()


def open_tab(page: Page, name: str) -> None:
    """Open a tab by its name; those that do not fit the screen wait in a menu behind the last that does."""
    tab = page.get_by_role("tab", name=name, exact=True)
    menu = page.locator("#tabs .overflow-menu > button")
    expect(tab.or_(menu).first).to_be_visible()
    if tab.is_visible():
        tab.click()
    else:
        menu.click()
        page.locator("#tabs .overflow-dropdown").get_by_role("button", name=name, exact=True).click()


def fits_across(page: Page) -> bool:
    """Return whether nothing makes the page scroll sideways."""
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return fits


def keep(page: Page, name: str) -> None:
    """Keep pictures of the page as it is now: what the screen shows, and all of it."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png")
    page.screenshot(path=ARTEFACTS / f"{name}-whole.png", full_page=True)
