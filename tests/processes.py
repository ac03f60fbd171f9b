"""Looking at processes that may end while they are being looked at."""

from __future__ import annotations

import psutil


def children(running: str, parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Return the processes whose command line holds ``running``, of this process or another."""
    pid = (parent or psutil.Process()).pid
    found = psutil.process_iter(["ppid", "cmdline"])  # leaves out what ends meanwhile
    return [one for one in found if one.info["ppid"] == pid and running in " ".join(one.info["cmdline"] or ())]


def busy(process: psutil.Process) -> bool:
    """Return whether it has computed for longer than the start of Python and its libraries takes."""
    try:
        return float(process.cpu_times().user) > 0.5
    except psutil.NoSuchProcess:
        return False


def humble(process: psutil.Process, than: psutil.Process | None = None) -> bool:
    """Return whether it lets another process, this one, go first."""
    try:
        return int(process.nice()) > int((than or psutil.Process()).nice())
    except psutil.NoSuchProcess:
        return False
