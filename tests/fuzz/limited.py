"""Check inputs of one kind in this process, each within limits: ``python -m tests.fuzz.limited KIND FIRST COUNT``.

Prints each seed before it is checked, so that the last line names the culprit if the process is killed; then
a line of JSON with what became of all of them. GLAMOR_FUZZ_SECONDS ends the process when one takes more of
the processor's time: how long another program has the machine is no input's fault.
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
from pathlib import Path

from glamor.errors import GlamorError

LARGEST = 2**30  # bytes of memory in use at any moment
LONGEST_MESSAGE = 500  # letters; it is one sentence for a person
SECONDS = float(os.environ.get("GLAMOR_FUZZ_SECONDS", "0"))  # of one input; 0: no limit


def main(kind: str, first: int, count: int) -> None:
    prepare: Callable[[int], Callable[[], None]] = importlib.import_module(f"tests.fuzz.{kind}").prepare
    told = {"accepted": 0, "refused": 0, "peak_mib": 0, "slowest_s": 0.0}
    warnings.simplefilter("error")
    for seed in range(first, first + count):
        print(seed, flush=True)
        check = prepare(seed)
        _forget_peak()
        begin = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # unhandled, its signal ends the process
        told[_outcome(check)] += 1
        signal.setitimer(signal.ITIMER_PROF, 0)
        told["slowest_s"] = max(told["slowest_s"], time.process_time() - begin)
        told["peak_mib"] = max(told["peak_mib"], _peak() // 2**20)
        if _peak() > LARGEST:
            raise SystemExit(f"input {seed} took {_peak() // 2**20} MiB")
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
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
