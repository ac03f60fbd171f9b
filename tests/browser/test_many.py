"""Many photos as a person uses it: a zip in, a table to sort, a row to open, files to take away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from demo import words
from demo.many import words as many_words
from tests.browser.conftest import PATIENCE, fits_across, keep, open_tab
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def archive(
    astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("many")
    path = folder / "holiday.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, photo in (("admiral.png", grace_hopper), ("pilot.png", astronaut)):
            Image.fromarray(photo).save(folder / name)
            packed.write(folder / name, name)
        packed.writestr("torn.jpg", "no photo")
    return path


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_a_zip_becomes_a_table_whose_rows_open_in_analyse(
    page: Page, archive: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    open_tab(page, words.TAB_MANY)
    page.locator("#many-files input[type=file]").first.set_input_files(archive)
    expect(page.locator("#many-status")).to_contain_text(many_words.DONE.format(photos=2, faces=2))
    table = page.locator("#many-table")
    expect(table.locator("img:visible")).to_have_count(2)
    width = table.locator("img:visible").first.evaluate("image => image.naturalWidth")
    assert width == 56
    expect(page.locator("#many-summary img")).to_have_count(3)
    keep(page, f"many-{request.node.callspec.params['page']}")
    assert fits_across(page)
    with page.expect_download() as waiting:
        page.locator("#many-parquet").click()
    waiting.value.save_as(tmp_path / "faces.parquet")
    assert pq.read_table(tmp_path / "faces.parquet").num_rows == 3
    table.get_by_text("holiday.zip/pilot.png").locator("visible=true").first.click()
    expect(page.locator("#answer .example")).to_have_count(0)
    expect(page.locator("#answer strong").first).to_be_visible()
    expect(page.locator("#photo img").first).to_be_visible()
