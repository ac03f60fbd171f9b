"""The checkpoints that visitors may look at: those that the host names, each loaded when first asked for."""

from __future__ import annotations

import threading
from typing import Any

from demo import words
from demo.engine import Engine
from demo.visits import Session
from glamor.checkpoint import CONFIG_FILE, EMBEDDED
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
        if own.folder != EMBEDDED and (EMBEDDED / CONFIG_FILE).is_file():
            self._sources = {BUILT_IN: str(EMBEDDED), **self._sources}
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
