"""Where the time of one prediction goes: ``python benchmarks/latency.py [--repeats N] [--checkpoint SOURCE]``.

A 640x480 photo with one face is predicted again and again; every stage is timed alone, then all of them
together through ``Predictor.predict``. Below stands the time that the network's operations would take at the
rate at which this machine multiplies matrices: the floor that a forward pass cannot go under.
"""

from __future__ import annotations

import argparse
import io
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
import torch
from PIL import Image
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from glamor.decoding import decoder
from glamor.faces import default_detector
from glamor.fused import fuse_batchnorm
from glamor.photo import load_photo
from glamor.predictor import Predictor
from glamor.prepare import prepare, square_box

PHOTO_SIZE = (640, 480)
MATRIX_SIDE = 1024
WARM_UP = 5


def main() -> None:
    """Measure every stage and print the table."""
    parser = argparse.ArgumentParser(description="Median time of every stage of one prediction.")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()

    jpeg, predictor = one_face_photo(), Predictor(arguments.checkpoint)
    medians = {name: median_seconds(stage, arguments.repeats) for name, stage in stages(jpeg, predictor).items()}
    operations, rate = forward_operations(predictor), matrix_rate(predictor.checkpoint.device)
    print(f"{machine(predictor.checkpoint.device)}; median of {arguments.repeats}")
    for name, seconds in medians.items():
        print(f"{name:<20}{1000 * seconds:9.2f} ms")
    print(f"{'floor of forward':<20}{1000 * operations / rate:9.2f} ms", end="")
    print(f"   ({operations / 1e9:.2f} GFLOP at {rate / 1e9:.0f} GFLOP/s)")


def one_face_photo() -> bytes:
    """Return a 640x480 JPEG with one face: NASA's portrait of Eileen Collins (public domain), cut to 4:3."""
    portrait = Image.fromarray(skimage.data.astronaut()).crop((0, 0, 512, 384))
    buffer = io.BytesIO()
    portrait.resize(PHOTO_SIZE).save(buffer, format="JPEG", quality=90)
    return buffer.getvalue()


def stages(jpeg: bytes, predictor: Predictor) -> dict[str, Callable[[], object]]:
    """Return each stage as a call without arguments, ready to be timed."""
    photo, detect, config = load_photo(jpeg), default_detector(), predictor.config
    (face,) = detect(photo)
    box = square_box(face.box_xyxy, config.face_crop_scale)
    prepared = prepare(photo, box, config)
    device = predictor.checkpoint.device
    inputs = prepared.face.unsqueeze(0).to(device), prepared.context.unsqueeze(0).to(device)
    network = fuse_batchnorm(predictor.model)  # the one that answers

    @torch.inference_mode()
    def forward() -> list[float]:
        logits: list[float] = network(*inputs).logits[0].tolist()  # waits for the device, too
        return logits

    return {
        "decode": lambda: load_photo(jpeg),
        "decode, apart": lambda: decoder().decode(jpeg),
        "detection": lambda: detect(photo),
        "preparation": lambda: prepare(photo, box, config),
        "forward": forward,
        "whole predict": lambda: predictor.predict(jpeg),
    }


def median_seconds(stage: Callable[[], object], repeats: int, warm_up: int = WARM_UP) -> float:
    """Return the median time of ``stage`` in seconds, once it is warm."""
    seconds = []
    for _ in range(warm_up + repeats):
        start = time.perf_counter()
        stage()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[warm_up:])


def forward_operations(predictor: Predictor) -> int:
    """Return the floating-point operations of one forward pass, a multiply-add counted as two."""
    config, device = predictor.config, predictor.checkpoint.device
    face = torch.zeros(1, 3, config.face_size, config.face_size, device=device)
    context = torch.zeros(1, 3, config.context_size, config.context_size, device=device)
    with torch.no_grad():
        return operations(lambda: predictor.model(face, context))


class Counting(TorchDispatchMode):
    """Counts operations; torch's own counter also follows modules, which Captum's gradients do not bear."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.operations += count(*args, **(kwargs or {}), out_val=made)
        return made


def operations(call: Callable[[], object]) -> int:
    """Return the floating-point operations of a call, forwards and gradients, a multiply-add counted as two."""
    with Counting() as counter:
        call()
    return counter.operations


def machine(device: torch.device) -> str:
    """Return on what was measured, in a few words."""
    return f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}, {device}"


def matrix_rate(device: torch.device) -> float:
    """Return the operations a second of a large float32 matrix product, the median of several."""
    matrix = torch.from_numpy(np.random.default_rng(0).random((MATRIX_SIDE, MATRIX_SIDE), dtype=np.float32)).to(device)
    return 2 * MATRIX_SIDE**3 / median_seconds(lambda: (matrix @ matrix)[0, 0].item(), repeats=9)


if __name__ == "__main__":
    main()
