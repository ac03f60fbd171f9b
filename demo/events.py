"""How events are queued: nobody's quick prediction waits behind somebody's slow explanation."""

from __future__ import annotations

from typing import Any

MOST_WAITING = 128  # requests; whoever comes then is told that the app is busy
PREDICT_QUEUE: dict[str, Any] = {"concurrency_id": "predict", "concurrency_limit": 2}
EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "explain", "concurrency_limit": 2}
# Of the API, likewise: people who move a slider do not wait behind a program's hundred photos.
PROGRAM_QUEUE: dict[str, Any] = {"concurrency_id": "program", "concurrency_limit": 2}
PROGRAM_EXPLAIN_QUEUE: dict[str, Any] = {"concurrency_id": "program-explain", "concurrency_limit": 2}
# Raw values: the photo is decoded by our own rules (parse.photo_source), the rest is checked by the handlers.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False}
FAST = PRIVATE | PREDICT_QUEUE | {"show_progress": "hidden"}
SLOW = PRIVATE | EXPLAIN_QUEUE | {"trigger_mode": "multiple"}
