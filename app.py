"""Serve the page: ``python app.py [--checkpoint SOURCE] [--host ADDRESS] [--port NUMBER]``."""

from __future__ import annotations

import signal
import sys

import demo.cache  # (first: Gradio reads its folder's place when it is imported)
import demo.gpu  # noqa: F401  (then: on a ZeroGPU Space its package must come before torch)
from demo.page import build, launch_options
from demo.start import open_engine, read_settings
from glamor.errors import GlamorError


def main() -> int:
    """Build the page and serve it until it is stopped; returns the exit status."""
    settings = read_settings()
    try:
        engine = open_engine(settings.checkpoint, allowed=settings.allowed)
    except GlamorError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    page = build(engine)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped as by Ctrl-C: the cache is emptied
    print(f"Open http://{settings.host}:{settings.port}", flush=True)
    page.launch(server_name=settings.host, server_port=settings.port, **launch_options(page))
    return 0


if __name__ == "__main__":
    sys.exit(main())
