"""The stream by which the page hears its answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from demo import words
from tests.browser.conftest import PATIENCE, add_photo, choose_method, open_tab, opened
from tests.live_app import LiveApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

# A network on which the word that the stream is closed comes just after the answer to the next request.
LATE = """(() => {
    const ask = window.fetch.bind(window);
    window.closings = 0;
    let joined = () => {};
    const late = (response) => {
        const body = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new TransformStream({
            async transform(text, controller) {
                for (const message of text.split(/(?=data: {"msg":"close_stream")/)) {
                    if (message.includes('"close_stream"')) {
                        await new Promise((resolve) => { joined = resolve; });
                        await new Promise((resolve) => setTimeout(resolve, 100));
                        window.closings += 1;
                    }
                    controller.enqueue(message);
                }
            },
        }));
        return new Response(body.pipeThrough(new TextEncoderStream()), response);
    };
    window.fetch = async (input, options) => {
        const response = await ask(input, options);
        const path = new URL(input.url ?? input, window.location.href).pathname;
        if (path.endsWith("/queue/join")) joined();
        return path.endsWith("/queue/data") ? late(response) : response;
    };
})();"""

# A network on which the word that something was asked for comes late, and often after its answer.
LATE_WORD = """(() => {
    const ask = window.fetch.bind(window);
    window.listening = 0;
    const counted = (response, {signal}) => {
        let open = true;
        const end = () => {
            if (open) window.listening -= 1;
            open = false;
        };
        signal.addEventListener("abort", end);
        return new Response(response.body.pipeThrough(new TransformStream({flush: end})), response);
    };
    window.fetch = async (input, options) => {
        const path = new URL(input.url ?? input, window.location.href).pathname;
        if (path.endsWith("/queue/data")) window.listening += 1;
        const response = await ask(input, options);
        if (path.endsWith("/queue/join")) await new Promise((resolve) => setTimeout(resolve, 400));
        return path.endsWith("/queue/data") ? counted(response, input) : response;
    };
})();"""


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


def test_what_is_asked_while_the_stream_closes_is_answered(browser: Browser, app: LiveApp, portrait: Path) -> None:
    with opened(browser, app, script=LATE) as page:
        add_photo(page, portrait)
        for method in ("Grad-CAM", "Integrated Gradients", "Grad-CAM"):
            choose_method(page, method)
            expect(page.locator("#moved-words")).to_contain_text(f"About {method}")
        open_tab(page, words.TAB_TRUST)
        expect(page.locator("#trust-run")).to_be_enabled()
        assert page.evaluate("closings") > 0


def test_nothing_is_listened_to_when_no_answer_is_awaited(browser: Browser, app: LiveApp, portrait: Path) -> None:
    with opened(browser, app, script=LATE_WORD) as page:
        add_photo(page, portrait)
        for method in ("Integrated Gradients", "Grad-CAM"):
            choose_method(page, method)
            expect(page.locator("#moved-words")).to_contain_text(f"About {method}")
        page.wait_for_function("window.listening === 0")
