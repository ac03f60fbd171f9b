"""The real app in a process of its own, started once however many tests talk to it."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 400.0
PORTS = range(15_000, 32_000)


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
    script = ("app.py", "--checkpoint", checkpoint) if checkpoint else ("app.py",)
    app, process = start(*script, GLAMOR_ALLOWED_CHECKPOINTS=allowed)
    atexit.register(stop, app, process)
    return app


def start(*script: str, **settings: str) -> tuple[LiveApp, subprocess.Popen[bytes]]:
    """Start a program that serves the page.

    Args:
        script: Python's arguments that run it; ``--port`` is added.
        settings: environment variables of its own.
    """
    folder = Path(tempfile.mkdtemp(prefix="glamor-live-"))
    app = LiveApp(f"http://127.0.0.1:{free_port()}", folder / "log.txt", folder / "cache", folder / "scratch")
    app.scratch.mkdir()
    environment = os.environ | {
        "GRADIO_TEMP_DIR": str(app.cache),
        "GRADIO_ANALYTICS_ENABLED": "True",
        "TMPDIR": str(app.scratch),
        **settings,
    }
    command = [sys.executable, *script, "--port", app.url.rpartition(":")[2]]
    with app.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait(app.url, process)
    except RuntimeError as error:
        said = app.log.read_text()
        stop(app, process)
        raise RuntimeError(f"{error}; its log says: {said}") from error
    return app, process


def files_in(folder: Path) -> set[Path]:
    """Return every file under a folder from which the app may take files away meanwhile."""
    return {Path(place, name) for place, _, names in os.walk(folder) for name in names}


def free_port() -> int:
    """Return a port of this machine on which nobody listens, and that nobody is given who asks for any port.

    The system gives out the ports from 32768 on: one of them may be somebody's before the app listens.
    """
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the program answers; RuntimeError if it ends before, or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=10):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("the app did not start")


def stop(app: LiveApp, process: subprocess.Popen[bytes]) -> None:
    """End the program and delete what it left."""
    process.terminate()
    process.wait(timeout=30)
    shutil.rmtree(app.log.parent, ignore_errors=True)
