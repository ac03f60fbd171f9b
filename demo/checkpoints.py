"""The checkpoints that visitors may look at, each loaded when first asked for.

They are those that the host names and, beside one that the repository carries, the others that it carries.
"""

from __future__ import annotations

import threading
from typing import Any

from demo import words
from demo.engine import Engine
from demo.visits import Session
from glamor.checkpoint import CONFIG_FILE, EMBEDDED, Checkpoint
from glamor.errors import CheckpointError
from glamor.predictor import Predictor

BUILT_IN = "built-in"


class Checkpoints:
    """One engine a checkpoint; nothing that the host does not allow is ever looked for.

    Args:
        engine: the one that the page runs on, and its list of other sources.
    """

    def __init__(self, engine: Engine) -> None:
        own = engine.predictor.checkpoint
        self.own = own.source if own.revision is None else f"{own.source}@{own.revision[:12]}"
        self._sources = {name: name for name in engine.allowed if name not in (own.source, BUILT_IN)}
        self._sources = {**_embedded_beside(own), **self._sources}
        self._engines = {self.own: engine}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for, the page's own checkpoint first."""
        return (self.own, *(name for name in self._sources if name != self.own))

    def engine(self, name: Any) -> Engine:
        """Return the engine of a checkpoint, loaded if need be.

        Args:
            name: one of :attr:`names`; it comes from a visitor, so it may be anything.

        Raises:
            CheckpointError: if it is none of them, or cannot be loaded.
        """
        if name not in self.names:
            raise CheckpointError(words.NOT_ALLOWED.format(names=", ".join(self.names)))
        if name in self._engines:
            return self._engines[name]  # without waiting for somebody who loads another one
        with self._lock:
            if name not in self._engines:
                device = str(self._engines[self.own].predictor.checkpoint.device)
                self._engines[name] = Engine(Predictor(self._sources[name], device=device))
            return self._engines[name]

    def of(self, session: Session) -> Engine:
        """Return the engine of the checkpoint that a visitor has chosen, the page's own if none was."""
        return self.engine(session.checkpoint or self.own)


def _embedded_beside(own: Checkpoint) -> dict[str, str]:
    """Return name and source of the repository's checkpoints that are offered beside the page's own."""
    if own.folder is None or own.folder.parent != EMBEDDED.parent:
        return {BUILT_IN: str(EMBEDDED)} if (EMBEDDED / CONFIG_FILE).is_file() else {}
    others = sorted(path.parent for path in EMBEDDED.parent.glob(f"*/{CONFIG_FILE}") if path.parent != own.folder)
    return {f"{folder.parent.name}/{folder.name}": str(folder) for folder in others}
