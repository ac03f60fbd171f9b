"""What ``gpu.py`` found, as ``docs/gpu.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HEAD = """# On a GPU

`make gpu` measures, in at most eight minutes on one card: the tests that need one; each method's map against the CPU's;
predictions a second at batches of 1, 64 and 1,024 by several ways of running the network; explanations and checks; a
folder analysed end to end; a batch that does not fit; two processes on one card; and what ten minutes of training hold.
It writes this page and `benchmarks/results-gpu.json`; `make gpu ARGS="--device cpu --small"` rehearses it anywhere.
"""


def write_page(path: Path, found: Mapping[str, Any]) -> None:
    """Write the page anew.

    Args:
        path: of it.
        found: ``machine`` and ``parts``, as in the results.
    """
    told = found["machine"]
    where = (
        f"{told['card'] or 'no card'} ({told['device']}), {told['cores']} cores, torch {told['torch']}, {told['day']}."
    )
    parts = (line for name, values in found["parts"].items() for line in (f"\n## {name.capitalize()}\n", *rows(values)))
    path.write_text("\n".join((HEAD, f"Measured on: {where}", *parts)) + "\n", encoding="utf-8")


def rows(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of two columns, nested values with their names in a row."""
    yield from ("| what | found |", "| --- | --- |")
    yield from (f"| {name} | {value} |" for name, value in flat(values))


def flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value beside its names."""
    for name, value in values.items():
        whole = f"{before}{name}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{whole}: ")
        else:
            yield whole, f"{value:.3g}" if isinstance(value, float) and abs(value) < 1 else f"{value}"
