"""Taking an analysis home, and reading about the weights: only what is visible counts."""

from __future__ import annotations

import pytest
from PIL import Image
from playwright.sync_api import expect

from demo import words
from demo.about import words as about_words
from demo.analyse import words as analyse_words
from glamor.checkpoint import EMBEDDED
from glamor.predictor import Predictor
from glamor.report import load_report
from tests.browser.conftest import PATIENCE, SIZES, add_photo, drop, fits_across, keep, open_tab

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def test_one_click_downloads_the_analysis_if_there_is_a_face_and_its_page_opens_offline(
    page, browser, portrait, tmp_path
):
    wall = tmp_path / "wall.png"
    Image.new("RGB", (400, 300), "gray").save(wall)
    add_photo(page, wall)
    expect(page.get_by_text("No face was found in this photo")).to_be_visible()
    page.get_by_role("button", name=analyse_words.DOWNLOAD, exact=True).click()
    expect(page.locator("#download-said")).to_contain_text(analyse_words.DOWNLOAD_NEEDS_FACE)

    drop(page.locator("#photo img").first, portrait)
    expect(page.locator("#faces label")).to_have_count(1)
    page.locator("#moved").scroll_into_view_if_needed()
    expect(page.locator("#moved img")).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, "laptop-download")
    with page.expect_download() as caught:
        page.get_by_role("button", name=analyse_words.DOWNLOAD, exact=True).click()
    expect(page.locator("#download-said")).to_contain_text(analyse_words.DOWNLOAD_READY.partition(":")[0])
    assert caught.value.suggested_filename.startswith("glamor-face-1-")
    path = tmp_path / "saved.zip"
    caught.value.save_as(path)
    report, prediction = load_report(path), Predictor().predict(portrait)[0]
    assert report.prediction.emotion == prediction.emotion
    assert report.analysis["faces"][0]["provenance"]["sha256"] == prediction.provenance.sha256
    assert page.locator("#answer strong").first.inner_text() == report.prediction.emotion
    _look_at_the_page(browser, path, tmp_path / "unpacked", report.prediction.emotion)


def _look_at_the_page(browser, path, folder, emotion) -> None:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    for name, size in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=size, color_scheme=scheme, offline=True)
            page, asked, said = context.new_page(), [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto((folder / "report.html").as_uri())
            expect(page.locator(".label")).to_contain_text(emotion)
            widths = page.evaluate("Array.from(document.images, (image) => image.naturalWidth)")
            assert len(widths) == 6
            assert min(widths) > 0
            assert fits_across(page)
            keep(page, f"report-{name}-{scheme}")
            assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
            assert said == []
            context.close()


@pytest.mark.parametrize("page", ["laptop", "phone"], indirect=True)
def test_the_about_tab_tells_what_the_weights_are_and_what_a_label_means(page, request):
    open_tab(page, words.TAB_ABOUT)
    sha256 = Predictor().checkpoint.sha256
    expect(page.locator("#facts")).to_contain_text(sha256)
    for title in (about_words.MEANING, about_words.WEAK, about_words.BANNED, about_words.PRIVACY, about_words.CARD):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_text("Art. 5(1)(f)").first).to_be_visible()
    if (EMBEDDED / "README.md").is_file():
        expect(page.locator("#card .model-card h3")).to_be_visible()
        for table in (about_words.SCORES, about_words.SETS):
            expect(page.locator("#scores").get_by_role("region", name=table).locator("table")).to_be_visible()
    assert fits_across(page)
    keep(page, f"about-{request.node.callspec.params['page']}")
