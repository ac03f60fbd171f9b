"""Take the README's pictures of the real page, with its first example and the embedded weights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from scripts.film import film

ROOT = Path(__file__).resolve().parent.parent
PORT, PATIENCE = 7869, 300  # seconds until the page must be there
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
# File, width and height in pixels, colour scheme.
PICTURES = (
    ("screenshot.png", 1440, 900, "light"),
    ("screenshot-dark.png", 1440, 900, "dark"),
    ("screenshot-phone.png", 390, 844, "light"),
)


def main() -> int:
    """Serve the page, take the pictures into docs/, and stop; returns the exit status."""
    environment = {name: value for name, value in os.environ.items() if name != "GLAMOR_CHECKPOINT"}
    command = [sys.executable, "app.py", "--port", str(PORT)]
    with tempfile.TemporaryDirectory() as cache:
        server = subprocess.Popen(command, cwd=ROOT, env=environment | {"GRADIO_TEMP_DIR": cache})
        try:
            _wait(server)
            with sync_playwright() as playwright:
                system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=system, args=SWITCHES)
                for picture in PICTURES:
                    _take(browser, *picture)
                _film(browser)
                browser.close()
        finally:
            server.terminate()
            server.wait(timeout=60)
    return 0


def _take(browser: Browser, name: str, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}")
    page.locator("#examples button").first.click()
    page.locator("#answer .example").wait_for(state="detached")  # the same example was there, without its photo
    for place in ("#photo", "#living .photo", "#moved"):
        page.locator(place).first.scroll_into_view_if_needed()  # or its picture is not loaded on a phone
        picture = page.locator(f"{place} img").first
        picture.wait_for()
        picture.evaluate("(image) => image.decode()")
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.screenshot(path=ROOT / "docs" / name)
    context.close()
    print(f"docs/{name}", flush=True)


def _film(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}")
    film(page, ROOT / "docs" / "film.png")
    context.close()
    print("docs/film.png", flush=True)


def _wait(server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{PORT}", timeout=10):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise SystemExit("screenshots.py: the page did not start")


if __name__ == "__main__":
    sys.exit(main())
