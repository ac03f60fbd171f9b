"""The real app in a process of its own, started once however many tests talk to it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 400.0


@dataclass(frozen=True)
class LiveApp:
    """Where the app answers, writes its log, keeps uploads and pictures, and may put what it needs for a moment."""

    url: str
    log: Path
    cache: Path
    scratch: Path


@cache
def live_app(checkpoint: str = "", allowed: str = "") -> LiveApp:
    """Start the app; it ends with the tests.

    Args:
        checkpoint: source of its weights; empty: the checkpoint in use.
        allowed: sources of other weights that visitors may choose, by commas.
    """
    folder = Path(tempfile.mkdtemp(prefix="glamor-live-"))
    app = LiveApp(f"http://127.0.0.1:{_free_port()}", folder / "log.txt", folder / "cache", folder / "scratch")
    app.scratch.mkdir()
    environment = os.environ | {
        "GRADIO_TEMP_DIR": str(app.cache),
        "GRADIO_ANALYTICS_ENABLED": "True",
        "TMPDIR": str(app.scratch),
        "GLAMOR_ALLOWED_CHECKPOINTS": allowed,
    }
    command = [sys.executable, "app.py", "--port", app.url.rpartition(":")[2]]
    command += ["--checkpoint", checkpoint] if checkpoint else []
    with app.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    atexit.register(_stop, process, folder)
    _wait(app, process)
    return app


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(app: LiveApp, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(app.url, timeout=10):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise RuntimeError(f"the app did not start; its log says: {app.log.read_text()}")


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.terminate()
    process.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)
