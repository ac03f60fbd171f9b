"""Photos that harm whoever reads them, and one that waits: workers import this module to unpickle them."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from glamor.many.items import Item


@dataclass(frozen=True)
class Deadly(Item):
    """Kills the process that reads it, as a decoder's fault or a lack of memory does."""

    def read(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


@dataclass(frozen=True)
class DeadlyOnce(Item):
    """Kills the first process that reads it, as an operator's mistake does; ``path`` is a photo."""

    mark: str = ""

    def read(self) -> bytes:
        if not Path(self.mark).exists():
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read()


@dataclass(frozen=True)
class Faulty(Item):
    """Raises what no photo should."""

    def read(self) -> bytes:
        raise RuntimeError("out of\npaper")
