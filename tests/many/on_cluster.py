"""A real Ray cluster of two nodes in a process of its own, since Ray leaves processes and warnings behind.

    python -m tests.many.on_cluster FOLDER CHECKPOINT OUT

Every photo of FOLDER is analysed on it while a detecting worker is killed; OUT gets the pickled rows. Then the shell
goes on, on the same cluster, from what stands in OUT.results.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from pathlib import Path

import psutil

from glamor.__main__ import main as shell
from glamor.many import on_ray
from glamor.many.items import Item
from glamor.predictor import Predictor

PATIENCE = 200.0  # seconds


def main(folder: Path, checkpoint: str, out: Path) -> int:
    """Run both, and return the shell's exit status."""
    on_ray._import_ray()
    from ray.cluster_utils import Cluster

    on_ray.BLOCK = 4  # photos a task, so that a small folder is many tasks
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    killed: list[int] = []
    threading.Thread(target=_kill_a_detector, args=(killed,), daemon=True).start()
    items = [Item(path.name, str(path), label="Happy") for path in sorted(folder.iterdir())]
    weights = Predictor(checkpoint).checkpoint
    rows = list(on_ray.analyse_on_ray(items, weights, address=cluster.address, batch=8))
    out.write_bytes(pickle.dumps((rows, killed)))
    words = ["--out", f"{out}.results", "--checkpoint", checkpoint, "--ray", cluster.address]
    status = shell(["analyse", str(folder), *words])
    cluster.shutdown()
    return status


def _kill_a_detector(killed: list[int]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for process in psutil.process_iter(["cmdline"]):
            if any("MapWorker(MapBatches(Detect))" in word for word in process.info["cmdline"] or ()):
                time.sleep(0.5)  # for the first photos to be in its hands
                os.kill(process.pid, signal.SIGKILL)
                killed.append(process.pid)
                return
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
