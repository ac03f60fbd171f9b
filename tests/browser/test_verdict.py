"""The tab *Trust* says yes where attention is known to be right, and no where it is known to be wrong.

The networks are built by hand: both read red in the scene; one attends to red, the other to blue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from demo import words
from glamor.checkpoint import save_checkpoint
from tests.browser.conftest import PATIENCE, add_photo, keep, open_tab
from tests.explain.planted import CONFIG, GRID, planted_net
from tests.live_app import LiveApp, start, stop

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
TILE = 112
RED_TILES = {"red": 1, "blue": 8}
NETWORKS = {"red": (16.0, 12.0), "blue": (0.3, 30.0)}  # gain of the attention, gain of the logit


@pytest.fixture(scope="module", params=["red", "blue"])
def attends(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def app(attends: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    folder = tmp_path_factory.mktemp("planted")
    config = replace(CONFIG, face_crop_scale=1.35, trained_on="nothing: built by hand for tests")
    save_checkpoint(folder, planted_net(attends, *NETWORKS[attends]), config)
    running, process = start("app.py", "--checkpoint", str(folder))
    yield running
    stop(running, process)


@pytest.fixture
def tiles(attends: str, astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """The astronaut, in a bluish light without a red pixel, on a floor of tiles: some red, the others blue."""
    rng = np.random.default_rng(0)
    red = rng.permutation(np.arange(GRID * GRID) < RED_TILES[attends]).reshape(GRID, GRID)
    colours = np.zeros((GRID, GRID, 3), np.uint8)
    colours[..., 0] = np.where(red, 255, 0)
    colours[..., 2] = np.where(red, 0, rng.integers(100, 256, red.shape))
    floor = colours.repeat(TILE, axis=0).repeat(TILE, axis=1)
    bluish = (astronaut * np.array([0.5, 1.0, 1.0])).astype(np.uint8)
    side = 3 * TILE
    floor[:side, :side] = np.asarray(Image.fromarray(bluish).resize((side, side)))
    Image.fromarray(floor).save(tmp_path / "tiles.png")
    return tmp_path / "tiles.png"


def test_the_page_says_whether_attention_finds_the_evidence(page: Page, tiles: Path, attends: str) -> None:
    add_photo(page, tiles)
    expect(page.locator("#answer strong").first).to_have_text("Neutral")  # what red stands for
    open_tab(page, words.TAB_TRUST)
    expect(page.locator("#trust-run")).to_be_enabled()
    page.locator("#trust-run").click()
    verdict = page.locator("#trust-verdict")
    expect(verdict.locator("strong")).to_have_text("Yes" if attends == "red" else "No")
    said = "better than chance" if attends == "red" else "worse than chance"
    expect(verdict.locator(".sentence")).to_contain_text(f"Attention finds the evidence {said}: deletion AUC 0.")
    keep(page, f"verdict-{attends}")
