"""The parts of ``gpu.py`` about the network alone: maps, rates, explanations, memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from glamor.explain import METHODS, explain
from glamor.explain.trust import DEFAULT_METHODS, examine
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.photo import load_photo

if TYPE_CHECKING:
    from benchmarks.gpu import Setup

TOLERANCE = 1e-4  # of a map's largest value, and of the logits
AUTOCAST_TOLERANCE = 1e-3  # of the probabilities
Forward = Callable[[Tensor, Tensor], Tensor]


def parity(setup: Setup) -> dict[str, Any]:
    """Compare each method's map, and the answer, with those of the CPU, in full float32 on the card."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    (prediction,) = setup.predictor.predict(setup.jpeg)
    there, here = setup.predictor.model, copy.deepcopy(setup.predictor.model).cpu()
    off: dict[str, float] = {}
    for key in ("grad_cam", "integrated_gradients") if setup.small else METHODS:
        own, other = (explain(model, prediction.prepared, key) for model in (here, there))
        scale = max(np.abs(own.face).max(), np.abs(own.context).max())
        off[key] = float(max(np.abs(own.face - other.face).max(), np.abs(own.context - other.context).max()) / scale)
    answer = run_plain(here, *inputs(setup, 1, torch.device("cpu")))
    found = run_plain(there, *inputs(setup, 1, setup.device)).cpu()
    off["logits"] = float((answer - found).abs().max())
    return {"largest difference": off, "within 1e-4": all(value <= TOLERANCE for value in off.values())}


def rates(setup: Setup) -> dict[str, Any]:
    """Return predictions a second at each batch and way of running the network, and how far each answer is off."""
    found: dict[str, Any] = {}
    for batch in (1, 4) if setup.small else (1, 64, 1024):
        pair = inputs(setup, batch, setup.device)
        exact = run_plain(fuse_batchnorm(setup.predictor.model), *pair).softmax(1)
        row: dict[str, Any] = {}
        for name, forward in ways(setup, pair):
            try:
                off = float((forward(*pair).float().softmax(1) - exact).abs().max())
                seconds = setup.median(partial(forward, *pair), 3 if setup.small else 20)
                row[name] = {"per second": round(batch / seconds, 1), "off": off, "usable": off <= AUTOCAST_TOLERANCE}
            except (RuntimeError, torch.OutOfMemoryError) as error:
                row[name] = {"failed": " ".join(str(error).split())[:200]}
        found[f"batch {batch}"] = row | {"peak_mib": setup.peak_mib()}
    return found


def ways(setup: Setup, pair: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Forward]]:
    """Yield the ways of running the network, by name; a captured graph belongs to one batch."""
    model = fuse_batchnorm(setup.predictor.model)
    last = copy.deepcopy(model).to(memory_format=torch.channels_last)
    yield "float32", lambda face, context: run_plain(model, face, context)
    yield "float32, channels last", lambda face, context: run_plain(last, *_channels_last(face, context))

    def bf16(face: Tensor, context: Tensor) -> Tensor:
        with torch.autocast(setup.device.type, torch.bfloat16):
            return run_plain(last, *_channels_last(face, context))

    yield "bfloat16 autocast, channels last", bf16
    if setup.device.type != "cuda":
        return
    yield "CUDA graph, channels last", captured(last, *_channels_last(*pair))
    compiled = torch.compile(last, mode="max-autotune-no-cudagraphs")
    yield "torch.compile, channels last", lambda face, context: run_plain(compiled, *_channels_last(face, context))


def captured(model: GLAMORNet, face: Tensor, context: Tensor) -> Forward:
    """Return a call that copies its inputs into a captured graph of one batch and replays it."""
    fixed = face.clone(memory_format=torch.preserve_format), context.clone(memory_format=torch.preserve_format)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run_plain(model, *fixed)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        logits = run_plain(model, *fixed)

    def replay(face: Tensor, context: Tensor) -> Tensor:
        fixed[0].copy_(face)
        fixed[1].copy_(context)
        graph.replay()
        return logits

    return replay


def explanations(setup: Setup) -> dict[str, Any]:
    """Return the seconds of each method's map and of all checks, and the most memory that they take."""
    (prediction,) = setup.predictor.predict(setup.jpeg)
    model, keys = setup.predictor.model, ("integrated_gradients",) if setup.small else tuple(METHODS)
    setup.peak_mib()
    found: dict[str, Any] = {
        key: round(setup.median(partial(explain, model, prediction.prepared, key), 1 if setup.small else 3), 4)
        for key in keys
    }
    found["peak_mib of the maps"] = setup.peak_mib()
    if not setup.small:
        photo, box = load_photo(setup.jpeg), prediction.face_box_xyxy
        found["all checks"] = round(setup.median(lambda: examine(model, photo, box, DEFAULT_METHODS), 1), 3)
        found["peak_mib of the checks"] = setup.peak_mib()
    return found


def too_large(setup: Setup) -> dict[str, Any]:
    """Ask for more than the card holds, and see that it answers afterwards."""
    if setup.device.type != "cuda":
        return {"left out": "there is no card to fill"}
    free, _ = torch.cuda.mem_get_info(setup.device)
    try:
        torch.empty(2 * free, dtype=torch.uint8, device=setup.device)
        refused = False
    except torch.OutOfMemoryError:
        refused = True
    torch.cuda.empty_cache()
    return {"refused": refused, "answers afterwards": len(setup.predictor.predict(setup.jpeg)) == 1}


def inputs(setup: Setup, batch: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the photo's face and scene, as often as the batch is large."""
    (prediction,) = setup.predictor.predict(setup.jpeg)
    face, context = prediction.prepared.face, prediction.prepared.context
    return (
        face.expand(batch, *face.shape).contiguous().to(device),
        context.expand(batch, *context.shape).contiguous().to(device),
    )


@torch.inference_mode()
def run_plain(model: Any, face: Tensor, context: Tensor) -> Tensor:
    """Return the logits of a batch."""
    logits: Tensor = model(face, context).logits
    return logits


def _channels_last(face: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
    return face.contiguous(memory_format=torch.channels_last), context.contiguous(memory_format=torch.channels_last)
