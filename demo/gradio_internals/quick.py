"""A quicker start."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_stubs() -> Iterator[None]:
    """Import Gradio without its reading through its own source.

    Whenever it is imported, Gradio parses the file of each of its components and compares it with a stub for editors
    beside it, or writes one: a sixth of the app's start. It leaves out components that have no file, so meanwhile its
    own have none.
    """
    getfile = inspect.getfile

    def file_of(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError(f"{thing.__name__} is left out")
        return getfile(thing)

    inspect.getfile = file_of  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = getfile
