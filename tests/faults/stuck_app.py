"""The app when something holds its end up: a driver, a library's thread, a disk that does not answer."""

from __future__ import annotations

import sys
import time

import app
from demo.engine import Engine


def main() -> int:
    Engine.drain = lambda *_: time.sleep(600)  # type: ignore[method-assign]
    return app.main()


if __name__ == "__main__":
    sys.exit(main())
