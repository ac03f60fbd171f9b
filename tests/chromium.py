"""Which Chromium is started for tests and measurements, and how."""

from __future__ import annotations

import shutil

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run",
            # No other host is found. Done by playwright's routes, each request would pass through three processes more.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            # A camera that shows a test picture, and nobody to ask whether it may be used.
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # fmt: skip


def system_chromium() -> str | None:
    """Return where the system's Chromium is; None: Playwright's own is to be taken."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
