"""The page for people who do not see it, or see it differently: axe-core's rules, light and dark, large and small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from demo.analyse import words as analyse_words
from demo.living.words import PICTURE
from demo.page import TABS
from demo.swap import words as swap_words
from tests.browser.conftest import PATIENCE, SIZES, keep, open_tab, unfold
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}

# A button that is just being enabled is paler than it will be a moment later.
AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished))"""


# What is where depends on the size, contrast on the scheme: two pairs see all of both.
@pytest.fixture(params=[("laptop", "light"), ("phone", "dark")], ids="-".join)
def seen(request: pytest.FixtureRequest, browser: Browser, app: LiveApp) -> Iterator[Page]:
    """The page as a first visit finds it, in a size and a colour scheme."""
    size, scheme = request.param
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(app.url)
    expect(page.locator("#answer .example")).to_be_visible()
    expect(page.locator("#living .answers li")).to_have_count(7)
    assert page.evaluate("document.body.classList.contains('dark')") is (scheme == "dark")
    page.evaluate(AXE.read_text())
    yield page
    context.close()


def _violations(page: Page, within: str = "document") -> list[str]:
    """Return every broken rule of WCAG 2.2 A and AA, with the place."""
    page.evaluate(AT_REST)
    found = page.evaluate(f"(rules) => axe.run({within}, rules)", RULES)["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


def test_no_rule_of_wcag_is_broken_on_any_tab(seen: Page, request: pytest.FixtureRequest) -> None:
    seen.get_by_role("button", name=analyse_words.ADD_FACE).click()
    seen.get_by_role("button", name=analyse_words.LIVE).click()
    seen.get_by_role("button", name=PICTURE["tour_start"]).click()
    seen.get_by_text(PICTURE["blocks"]).click()
    seen.get_by_role("button", name=PICTURE["blank_scene"]).click()
    for card in ("people-card", "swap-card"):
        unfold(seen, card)
    expect(seen.locator("#swap-words")).to_contain_text(swap_words.EMPTY)
    expect(seen.locator("#living .steps button")).to_have_count(2)
    assert _violations(seen) == []
    for key, name in list(TABS.items())[1:]:
        open_tab(seen, name)
        expect(seen.locator(f"#tab-{key}")).to_be_visible()
        if key in ("compare", "trust"):  # opening them asks the server whether there is a face
            expect(seen.locator(f"#{key}-run")).to_be_enabled()
        assert _violations(seen, f"'#tab-{key}'") == [], name
    keep(seen, f"accessible-{request.node.callspec.id}")


def test_a_button_that_is_pointed_at_can_be_read(seen: Page, app: LiveApp) -> None:
    seen.goto(f"{app.url}/?tour=2")
    expect(seen.locator("#living .tour .primary")).to_be_visible()
    seen.evaluate(AXE.read_text())
    rule = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    for button in seen.locator("#living button:enabled:visible:not(.cell)").all():
        button.hover()
        seen.evaluate(AT_REST)
        found = button.evaluate("(button, rule) => axe.run(button, rule)", rule)["violations"]
        assert not found, (button.inner_text(), found[0]["nodes"][0]["failureSummary"])
