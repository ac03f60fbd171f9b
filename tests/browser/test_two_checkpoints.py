"""Two checkpoints on one face, side by side in the tab *About*: only what is visible counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from demo import words
from demo.about import side_by_side
from demo.about import words as about_words
from glamor.predictor import Predictor
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep, open_tab
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_another_checkpoint_is_read_about_and_compared(
    page: Page,
    astronaut: NDArray[np.uint8],
    small_weights: tuple[Path, Path],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    photo = tmp_path / "portrait.png"
    Image.fromarray(astronaut).save(photo)
    add_photo(page, photo)
    expect(page.locator("#answer strong").first).to_be_visible()
    own, other = (Predictor(folder, device="cpu") for folder in small_weights)
    (first,), (second,) = own.predict(photo), other.predict(photo)
    assert first.emotion != second.emotion, "two checkpoints that agree would not show which is which"

    open_tab(page, words.TAB_ABOUT)
    page.locator("#side-by-side").scroll_into_view_if_needed()
    _choose(page, "second", str(other.checkpoint.folder))
    page.get_by_role("button", name=about_words.SIDE_BUTTON).click()
    expect(page.locator("#verdict")).to_contain_text(side_by_side.verdict(first, second))
    for side, prediction in (("first", first), ("second", second)):
        expect(page.locator(f"#{side}-side .label strong")).to_have_text(prediction.emotion)
        expect(page.locator(f"#{side}-side img")).to_be_visible()
    assert fits_across(page)
    keep(page, f"side-by-side-{request.node.callspec.params['page']}")

    _choose(page, "which", str(other.checkpoint.folder))
    expect(page.locator("#facts")).to_contain_text(other.checkpoint.sha256)


def _choose(page: Page, dropdown: str, checkpoint: str) -> None:
    page.locator(f"#{dropdown} input").click()
    page.get_by_role("option", name=checkpoint, exact=True).click()
