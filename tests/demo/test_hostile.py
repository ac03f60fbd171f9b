"""Files that are built to keep the app busy, while somebody else has a request."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchmarks.program import Program, RefusedError
from demo.engine import Engine
from glamor.decoding import SLOW_WORKERS
from glamor.errors import ExplainError, PhotoError
from tests.fuzz.built import bmp_runs
from tests.live_app import LiveApp
from tests.processes import busy, children, humble
from tests.test_decoding import ENDLESS

PATIENCE = 300.0  # seconds; a busy machine is no failure


def _ask(app: LiveApp, path: Path) -> dict[str, Any]:
    with Program(app.url) as program:
        return program.ask("predict", path)[0]


def _at_work(app: LiveApp) -> int:
    """Return how many files the app's processes for slow ones are decoding."""
    port = app.url.rpartition(":")[2]
    (server,) = (
        one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or ())[-2:] == ["--port", port]
    )
    return sum(humble(worker, server) and busy(worker) for worker in children("glamor.decode_worker", server))


def test_while_such_files_are_decoded_another_is_answered(app: LiveApp, astronaut_file: str, tmp_path: Path) -> None:
    path = tmp_path / "endless.bmp"
    path.write_bytes(ENDLESS)
    expected = _ask(app, Path(astronaut_file))
    with ThreadPoolExecutor(SLOW_WORKERS) as strangers:
        hostile: list[Future[Any]] = [strangers.submit(_ask, app, path) for _ in range(SLOW_WORKERS)]
        while _at_work(app) < SLOW_WORKERS:
            assert not any(one.done() for one in hostile)
            time.sleep(0.02)
        assert _ask(app, Path(astronaut_file)) == expected
        assert not any(one.done() for one in hostile), "it did not wait for them"
        for one in hostile:
            with pytest.raises(RefusedError, match="took longer than 10 s to decode"):
                one.result(PATIENCE)


def test_an_engine_decodes_what_it_is_given_and_nothing_once_it_is_drained(
    small_engine: Engine, astronaut_file: str, astronaut: np.ndarray
) -> None:
    np.testing.assert_array_equal(small_engine.decode(astronaut_file), astronaut)
    np.testing.assert_array_equal(small_engine.decode(Path(astronaut_file).read_bytes()), astronaut)
    with pytest.raises(PhotoError, match="run-length BMP"):
        small_engine.decode(bmp_runs(1000, np.random.default_rng(0)))
    other = Engine(small_engine.predictor)
    other.drain(0)
    with pytest.raises(ExplainError):
        other.decode(astronaut_file)
