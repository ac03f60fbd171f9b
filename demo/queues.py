"""How events are queued: nobody's quick prediction waits behind somebody's slow explanation."""

from __future__ import annotations

from typing import Any

from glamor.decoding import SLOW_WORKERS

MOST_WAITING = 128  # requests; whoever comes then is told that the app is busy
# Two are answered at once, even while as many files as may take long are being decoded, each in a place of its own.
AT_ONCE = 2 + SLOW_WORKERS
PREDICT_QUEUE: dict[str, Any] = {"concurrency_id": "predict", "concurrency_limit": AT_ONCE}
EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "explain", "concurrency_limit": 2}
# Of the API, likewise: people who move a slider do not wait behind a program's hundred photos.
PROGRAM_QUEUE: dict[str, Any] = {"concurrency_id": "program", "concurrency_limit": AT_ONCE}
PROGRAM_EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "program-explain", "concurrency_limit": 2}
# Raw values: the photo is decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
FAST = PRIVATE | PREDICT_QUEUE | {"show_progress": "hidden"}
SLOW = PRIVATE | EXPLAIN_QUEUE | {"trigger_mode": "multiple"}
