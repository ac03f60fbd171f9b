"""The parts of ``gpu.py`` with more than the network: a folder of photos, two processes, a training's steps.

As a script, ``gpu_end_to_end.py DEVICE SECONDS``, it predicts a batch again and again and prints the faces a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.latency import one_face_photo
from benchmarks.many_photos import make_folder
from glamor.many.run import Clock, analyse
from glamor.many.sources import open_sources
from glamor.model import GLAMORNet
from glamor.predictor import Predictor, run_batch

if TYPE_CHECKING:
    from benchmarks.gpu import Setup

BATCH = 64
TEN_MINUTES = 600


def analysis(setup: Setup) -> dict[str, Any]:
    """Analyse a folder with one process and with one a core, and reckon how many cores would feed the device."""
    photos, cores = (12, 2) if setup.small else (600, os.cpu_count() or 1)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        make_folder(Path(folder), photos, broken=0)
        for workers in (0, cores):
            clock, start = Clock(), time.perf_counter()
            rows = analyse(
                [item for source in open_sources([folder]) for item in source.items(())],
                setup.predictor.predict_prepared, setup.predictor.config, setup.predictor.checkpoint.sha256,
                workers=workers, batch=BATCH, clock=clock,
            )  # fmt: skip
            faces = sum(len(row) for row in rows)
            whole = time.perf_counter() - start
            found[f"{workers or 1} core(s)"] = {
                "photos per second": round(photos / whole, 1),
                "share of decoding and detection": round(clock.detection / whole, 3),
                "share of the network": round(clock.network / whole, 3),
                "faces": faces,
            }
    alone = found["1 core(s)"]["photos per second"]
    network = predictions_a_second(setup.predictor, 1.0 if setup.small else 5.0)
    return found | {
        "faces per second of the network alone": round(network),
        "cores that would feed one device": round(network / alone),
    }


def two_processes(setup: Setup) -> dict[str, Any]:
    """Return the faces a second of one process alone on the device, and of two at once."""
    seconds = 1.0 if setup.small else 10.0

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, str(Path(__file__).resolve()), str(setup.device), str(seconds)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def rate(process: subprocess.Popen[str]) -> float:
        told, _ = process.communicate(timeout=300)
        return float(told.split()[-1])

    alone = rate(start())
    together = [start(), start()]
    return {"alone": round(alone), "two at once, together": round(sum(map(rate, together)))}


def training(setup: Setup) -> dict[str, Any]:
    """Return how many faces, each with its scene, ten minutes of training hold, in float32 and in bfloat16."""
    config, seconds = setup.predictor.config, 1.0 if setup.small else 15.0
    found: dict[str, Any] = {}
    for name, precise in (("float32", True), ("bfloat16", False)):
        torch.manual_seed(0)
        model = GLAMORNet(config).to(setup.device).to(memory_format=torch.channels_last).train()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
        batch = 8 if setup.small else 256
        face = torch.rand(batch, 3, config.face_size, config.face_size, device=setup.device)
        context = torch.rand(batch, 3, config.context_size, config.context_size, device=setup.device)
        target = torch.randint(len(config.class_names), (batch,), device=setup.device)
        steps, start = 0, time.perf_counter()
        while steps < 3 or time.perf_counter() - start < seconds:
            with torch.autocast(setup.device.type, torch.bfloat16, enabled=not precise):
                loss = nn.functional.cross_entropy(model(face, context).logits, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            setup.finish()
            steps += 1
        rate = batch * steps / (time.perf_counter() - start)
        found[name] = {"per second": round(rate), "in ten minutes": round(rate * TEN_MINUTES), "batch": batch}
    return found | {"peak_mib": setup.peak_mib()}


def predictions_a_second(predictor: Predictor, seconds: float) -> float:
    """Return how many faces a second the network answers in batches, for so many seconds."""
    (prediction,) = predictor.predict(one_face_photo())
    people, done, start = [prediction.prepared] * BATCH, 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        run_batch(predictor.model, people).logits.cpu()
        done += BATCH
    return done / (time.perf_counter() - start)


if __name__ == "__main__":
    print(predictions_a_second(Predictor(device=sys.argv[1]), float(sys.argv[2])))
