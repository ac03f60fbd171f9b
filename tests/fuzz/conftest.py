"""What became of the damaged inputs, told in a table at the end."""

from __future__ import annotations

from typing import Any

import pytest

Tally = dict[str, dict[str, Any]]
_TALLY: Tally = {}


@pytest.fixture
def tally() -> Tally:
    return _TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _TALLY:
        terminalreporter.section("damaged inputs")
        terminalreporter.line(f"{'kind':12}{'accepted':>10}{'refused':>10}{'peak MiB':>10}{'slowest s':>11}")
    for kind, told in _TALLY.items():
        numbers = f"{told['accepted']:10}{told['refused']:10}{told['peak_mib']:10}{told['slowest_s']:11.2f}"
        terminalreporter.line(f"{kind:12}{numbers}")
