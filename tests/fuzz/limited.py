"""Check inputs of one kind in this process, each within limits: ``python -m tests.fuzz.limited KIND FIRST COUNT``.

Prints each seed before it is checked, so that the last line names the culprit if the process is killed; then
a line of JSON with what became of all of them. GLAMOR_FUZZ_SECONDS ends the process when one takes more of
the processor's time: how long another program has the machine is no input's fault. Where other processes do the work,
the kind has a clock of its own, and their memory counts.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from glamor.errors import GlamorError

LARGEST = 2**30  # bytes of memory in use at any moment
LONGEST_MESSAGE = 500  # letters; it is one sentence for a person
PATIENCE = 5.0  # seconds that it may take to end another process and to start the next
SECONDS = float(os.environ.get("GLAMOR_FUZZ_SECONDS", "0"))  # of one input; 0: no limit


def main(kind: str, first: int, count: int) -> None:
    module = importlib.import_module(f"tests.fuzz.{kind}")
    prepare: Callable[[int], Callable[[], None]] = module.prepare
    clock: Callable[[], float] = getattr(module, "clock", time.process_time)
    told = {"accepted": 0, "refused": 0, "peak_mib": 0, "slowest_s": 0.0}
    warnings.simplefilter("error")
    for seed in range(first, first + count):
        print(seed, flush=True)
        check = prepare(seed)
        _forget_peak()
        begin = clock()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # unhandled, its signal ends the process
        told[_outcome(check)] += 1
        signal.setitimer(signal.ITIMER_PROF, 0)
        told["slowest_s"] = max(told["slowest_s"], clock() - begin)
        told["peak_mib"] = max(told["peak_mib"], _peak() // 2**20)
        if _peak() > LARGEST:
            raise SystemExit(f"input {seed} took {_peak() // 2**20} MiB")
        if SECONDS and clock() - begin > SECONDS + PATIENCE:
            raise SystemExit(f"input {seed} took {clock() - begin:.1f} s")
    print(json.dumps(told), flush=True)


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except GlamorError as error:
        message = str(error)
        assert message, "a refusal says something"
        assert "\n" not in message, message
        assert len(message) <= LONGEST_MESSAGE, f"{message[:200]}... ({len(message)} letters)"
        return "refused"
    return "accepted"


def _forget_peak() -> None:
    for process in _processes():
        with suppress(OSError):  # it has ended
            (process / "clear_refs").write_text("5")


def _peak() -> int:
    """Return the most bytes that this process, or one of those that it has started, had in use."""
    peaks = [0]
    for process in _processes():
        with suppress(OSError):
            peaks += map(int, re.findall(r"VmHWM:\s+(\d+)", (process / "status").read_text()))
    return 1024 * max(peaks)


def _processes() -> list[Path]:
    return [Path("/proc/self"), *(Path(f"/proc/{child.pid}") for child in psutil.Process().children())]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
