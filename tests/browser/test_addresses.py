"""What the page itself asks for is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import add_photo, open_tab
from tests.live_app import LiveApp


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def test_nothing_that_the_page_asks_for_is_refused(page, app: LiveApp, pair):
    refused: list[tuple[int, str]] = []
    page.on("response", lambda answer: refused.append((answer.status, answer.url)) if answer.status >= 400 else None)
    page.reload()
    page.locator("#photo").wait_for()
    add_photo(page, pair)
    for name in ("Trust", "About"):
        open_tab(page, name)
    page.get_by_role("button", name="Use via API").click()
    expect(page.locator(".api-docs")).to_contain_text("explain_photo")
    # How often each endpoint failed for others is nobody's business; the panel does without.
    assert refused == [(404, f"{app.url}/monitoring/summary")]


def test_a_page_whose_connection_was_lost_learns_that_the_app_is_there_again(page):
    """Gradio's script asks so every other second, and opens the page anew when it is told."""
    asked = "async () => (await fetch(new URL('gradio_api/app_id', document.baseURI))).json()"
    assert page.evaluate(asked)["app_id"] == page.evaluate("window.gradio_config.app_id")
