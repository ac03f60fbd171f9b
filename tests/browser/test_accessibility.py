"""The page for people who do not see it, or see it differently: axe-core's rules, light and dark, large and small."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from demo import text
from tests.browser.conftest import PATIENCE, SIZES, keep
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def _violations(page: Page) -> list[str]:
    """Return every rule of WCAG 2.2 A and AA that is broken in a way that matters, with the place."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_axe_core_is_seriously_broken(browser: Browser, app: LiveApp, size: str, scheme: str):
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(app.url)
    expect(page.locator("#moved img")).to_be_visible()
    tabs = page.get_by_role("tab")
    for index in range(tabs.count()):
        if tabs.nth(index).is_visible():
            tabs.nth(index).click()
        assert _violations(page) == [], tabs.nth(index).inner_text()
    tabs.first.click()
    page.get_by_role("button", name=text.ADD_FACE).click()
    page.get_by_role("button", name=text.LIVE).click()
    page.get_by_role("button", name=text.COPY_LINK).click()
    assert _violations(page) == []
    assert page.evaluate("document.body.classList.contains('dark')") is (scheme == "dark")
    keep(page, f"{size}-{scheme}")
    context.close()
