"""Memory over a long run: ``python benchmarks/endurance.py DIR --out RESULTS [--checkpoint SOURCE]``.

DIR is a folder that ``benchmarks/many_photos.py`` wrote, say of 2,000 files of which 100 are broken. The shell's own
``analyse`` runs on it; after every 10 photos the memory of it and its workers is noted. A single large photo moves it
by tens of MiB, so that a hundred photos' memory is the median of ten. What must hold: every file is accounted for, the
exit status is 0, and the memory of the last hundred is within 10 % of that of the hundred after the first.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from glamor.many.rows import Row
    from glamor.many.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

EVERY, HUNDRED = 10, 100


def main() -> None:
    """Run ``analyse`` and print what it took."""
    parser = argparse.ArgumentParser(description="Memory over a long run.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()
    # Only here: a worker process reads this file too, and must not load torch with it.
    import pyarrow.parquet as pq

    import glamor.analyse
    from glamor.__main__ import main as shell
    from glamor.many.store import FACES

    noted: list[float] = []  # MiB after every ten photos
    vars(glamor.analyse)["Store"] = noting_store(noted)
    more = ["--checkpoint", arguments.checkpoint] if arguments.checkpoint else []
    status = shell(["analyse", str(arguments.folder), "--out", str(arguments.out), *more])
    files = [path for path in arguments.folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    rows = pq.read_table(arguments.out / FACES, columns=["file"]).column("file").to_pylist()
    print(f"exit status {status}; {len(files):,} files, {len(set(rows)):,} of them in the rows")
    each = HUNDRED // EVERY
    hundreds = [statistics.median(noted[n : n + each]) for n in range(each, len(noted) - each + 1, each)]
    print("memory of each 100 photos after the first, MiB:", *(f"{mebibytes:.0f}" for mebibytes in hundreds))
    print(f"at the end {hundreds[-1] / hundreds[0] - 1:+.1%}; between {min(noted[each:]):.0f} and {max(noted):.0f} MiB")


def noting_store(noted: list[float]) -> type[Store]:
    """Return a store of rows that notes the memory in use while there are workers."""
    from glamor.many.store import Store

    class Noting(Store):
        photos = 0

        def add(self, rows: Sequence[Row]) -> None:
            super().add(rows)
            self.photos += 1
            if self.photos % EVERY == 0 and len(psutil.Process().children()) > 1:  # more than their tracker
                noted.append(memory())

    return Noting


def memory() -> float:
    """Return what this process and its workers have in memory, MiB, shared libraries counted once a process."""
    this = psutil.Process()
    return sum(process.memory_info().rss for process in (this, *this.children(recursive=True))) / 2**20


if __name__ == "__main__":
    main()
