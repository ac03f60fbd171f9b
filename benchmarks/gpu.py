"""What a GPU gives: ``python benchmarks/gpu.py [--device cuda] [--small] [--only NAME ...]``, eight minutes at most.

The tests that need a card; each method's map on the CPU and on the card; predictions a second at several batches, by
several ways of running the network; explanations and checks; a folder analysed end to end, with the share of decoding
and detection; a batch that does not fit; two processes on one card; and a training of ten minutes' worth of steps.
Writes ``benchmarks/results-gpu.json`` and ``docs/gpu.md``. A part that fails is written down as failed.
With ``--small`` everything is tiny and nothing is written: a rehearsal, on ``--device cpu`` if need be.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks import gpu_end_to_end, gpu_network
from benchmarks.gpu_page import write_page
from benchmarks.latency import one_face_photo
from glamor.predictor import Predictor

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results-gpu.json"
PAGE = ROOT / "docs" / "gpu.md"
SECONDS = 470.0  # for all of it; a part that would begin later is left out, and said to be


@dataclass(frozen=True)
class Setup:
    """What every part is given.

    Attributes:
        device: where the network runs.
        small: whether this is a rehearsal.
        predictor: the embedded weights on that device.
        jpeg: a photo with one face.
    """

    device: torch.device
    small: bool
    predictor: Predictor
    jpeg: bytes

    def median(self, call: Callable[[], object], repeats: int) -> float:
        """Return the median seconds of a call, after two that do not count; the device has finished in each."""
        seconds = []
        for _ in range(2 + repeats):
            start = time.perf_counter()
            call()
            self.finish()
            seconds.append(time.perf_counter() - start)
        return statistics.median(seconds[2:])

    def finish(self) -> None:
        """Wait until the device has done all it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def peak_mib(self) -> float | None:
        """Return the most memory that tensors took on the card since the last call; None without a card."""
        if self.device.type != "cuda":
            return None
        peak = torch.cuda.max_memory_allocated(self.device) / 2**20
        torch.cuda.reset_peak_memory_stats(self.device)
        return round(peak, 1)


def cuda_tests(setup: Setup) -> dict[str, Any]:
    """Run the tests that are marked ``cuda``."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "-p", "no:cacheprovider", "tests/test_device.py"]
    command += ["tests/test_cuda.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    return {"passed": done.returncode == 0, "told": done.stdout.strip().splitlines()[-1:]}


Part = Callable[[Any], dict[str, Any]]
PARTS: dict[str, Part] = {
    "the tests that need a card": cuda_tests,
    "the same maps as on the CPU": gpu_network.parity,
    "predictions a second": gpu_network.rates,
    "explanations": gpu_network.explanations,
    "a batch that does not fit": gpu_network.too_large,
    "analyse, end to end": gpu_end_to_end.analysis,
    "two processes on one card": gpu_end_to_end.two_processes,
    "training": gpu_end_to_end.training,
}


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description="What a GPU gives this library, in eight minutes.")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="a rehearsal: tiny, and nothing is written")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    arguments = parser.parse_args()
    predictor = Predictor(device=arguments.device)
    setup = Setup(predictor.checkpoint.device, arguments.small, predictor, one_face_photo())
    found = {"machine": machine(setup.device), "parts": run(setup, arguments.only)}
    print(json.dumps(found, indent=1))
    if not arguments.small:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        write_page(PAGE, found)


def run(setup: Setup, wanted: list[str]) -> dict[str, Any]:
    """Return what each part found, what kept it from it, or that there was no time left."""
    found: dict[str, Any] = {}
    begun = time.monotonic()
    for name in wanted:
        start = time.monotonic()
        if start - begun > SECONDS:
            found[name] = {"left out": "no time was left"}
            continue
        try:
            found[name] = PARTS[name](setup)
        except Exception as error:  # one part's fault must not cost the others their turn on a lent card
            found[name] = {"failed": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        found[name]["took_s"] = round(time.monotonic() - start, 1)
        print(f"{name}: {found[name]}", file=sys.stderr)
    return found


def machine(device: torch.device) -> dict[str, Any]:
    """Return on what was measured."""
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {
        "card": card,
        "device": str(device),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "day": time.strftime("%Y-%m-%d"),
    }


if __name__ == "__main__":
    main()
