"""This library beside others: ``python benchmarks/peers.py [--photos 50] [--write]``; packages: see ``peers_of.py``.

The same 50 photos (NASA's portrait of Eileen Collins and the US Navy's of Grace Hopper, both in the public domain, cut,
mirrored and lit in many ways, 640x480 JPEG), each peer in a process of its own with two threads: time and memory from a
photo to a label, the first five photos left out of the median. Then Grad-CAM and Integrated Gradients (50 steps) of the
same network and the same face by this library, by grad-cam and by plain Captum, in turn in one process. A peer that is
not installed is said to be missing. With ``--write`` the table is put into the README.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.bench import README, processor, write_table
from benchmarks.many_photos import load_portraits

SIZE = (640, 480)
BEGIN, END = "<!-- peers: written by make peers -->", "<!-- end of peers -->"
PEERS = ("this library", "fer", "face-api.js", "deepface", "authors' TensorFlow graph")
MAPS = ("this library", "grad-cam", "plain Captum")
SCRIPT = Path(__file__).resolve().parent / "peers_of.py"


def main() -> None:
    """Measure every peer, print the table, and put it into the README if told to."""
    parser = argparse.ArgumentParser(description="This library beside others, on the same photos.")
    parser.add_argument("--photos", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for number, photo in enumerate(photos(arguments.photos)):
            photo.save(Path(folder) / f"{number:03d}.jpg", quality=90)
        labels = {name: ask(name, folder) for name in PEERS}
    shown = "\n".join(table(labels, ask("maps", ""), arguments.photos))
    print(shown)
    if arguments.write:
        write_table(README, shown, BEGIN, END)


def photos(count: int) -> Iterator[Image.Image]:
    """Yield photos of one face each, the same whenever asked for."""
    rng = np.random.default_rng(5)
    portraits = [Image.fromarray(portrait[:512, :512]) for portrait in load_portraits()]
    for number in range(count):
        width = int(rng.integers(400, 513))
        left, top = int(rng.integers(0, 513 - width)), int(rng.integers(0, 60))
        photo = portraits[number % 2].crop((left, top, left + width, top + width * 3 // 4)).resize(SIZE)
        photo = ImageOps.mirror(photo) if rng.random() < 0.5 else photo
        yield ImageEnhance.Brightness(photo).enhance(float(rng.uniform(0.7, 1.3)))


def ask(peer: str, folder: str) -> dict[str, Any]:
    """Return what a peer found, or ``missing`` with the reason; in a process of its own, for its memory's sake."""
    environment = os.environ | {"OMP_NUM_THREADS": "2", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), peer, folder],
        env=environment, capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    try:
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found
    except (IndexError, json.JSONDecodeError):
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        return {"missing": said[-1][:160]}


def table(labels: dict[str, dict[str, Any]], maps: dict[str, Any], count: int) -> list[str]:
    """Return the README's table, with the machine above it."""
    lines = [
        f"{processor()}, {os.cpu_count()} cores; {count} photos of 640×480, median:",
        "",
        "| from a photo to a label | ms a photo | times this library's | MiB | faces found |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    own = labels[PEERS[0]].get("ms", float("nan"))
    for name, found in labels.items():
        if "missing" in found:
            lines.append(f"| {name} | not measured: {found['missing']} | | | |")
        else:
            ratio, seen = found["ms"] / own, f"{found['found']} of {count}"
            lines.append(f"| {name} | {found['ms']:.1f} | {ratio:.2f} | {found['mib']:.0f} | {seen} |")
    lines += ["", "| a map of the same face | Grad-CAM, ms | Integrated Gradients, ms |", "| --- | ---: | ---: |"]
    for name in MAPS:
        cells = [maps.get(f"{name}: {method}", "–") for method in ("grad_cam", "integrated_gradients")]
        told = [f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in cells]
        lines.append(f"| {name} | {told[0]} | {told[1]} |")
    return lines


if __name__ == "__main__":
    main()
