"""The encoders by several engines: ``python benchmarks/engines.py [--repeats 30] [--checkpoint SOURCE]``.

Integrated Gradients with 50 steps asks for 50 forward passes and their gradients, each of which is as dear as about two
more: 150 in all. What the fastest of PyTorch as it is, PyTorch compiled and ONNX Runtime needs for the same
convolutions is a floor that does not depend on how fast the machine multiplies matrices. Compiling needs g++;
ONNX Runtime is a tool for measuring, in a throw-away folder (the project does not depend on it), and what is not there
is said to be missing:

    pip install --no-deps --target /tmp/peers/py onnxruntime onnx onnxscript onnx_ir ml_dtypes protobuf flatbuffers
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.latency import machine, median_seconds, one_face_photo
from benchmarks.throwaway import PEERS
from glamor.explain import explain
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet
from glamor.predictor import Predictor
from glamor.prepare import Prepared

sys.path.append(str(PEERS / "py"))
BATCHES = (1, 4, 8, 16)
FORWARDS = 150
Pair = tuple[Tensor, Tensor]
Run = Callable[[], object]


class Encoders(nn.Module):
    """Both encoders of a network: all of its convolutions but the attention's."""

    def __init__(self, model: GLAMORNet) -> None:
        super().__init__()
        self.face, self.context = model.face_encoder, model.context_encoder

    def forward(self, face: Tensor, context: Tensor) -> Pair:
        """Return both feature maps."""
        return self.face(face), self.context(context)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The encoders by several engines, beside Integrated Gradients.")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--checkpoint")
    arguments = parser.parse_args()
    predictor = Predictor(arguments.checkpoint)
    encoders = Encoders(fuse_batchnorm(predictor.model)).eval()
    (prediction,) = predictor.predict(one_face_photo())
    print(f"{machine(predictor.checkpoint.device)}; median of {arguments.repeats}; milliseconds a face and scene")
    best = float("inf")
    for name, engine in {"eager": eager, "compiled": compiled, "onnxruntime": onnxruntime}.items():
        try:
            found = {
                batch: seconds(engine(encoders, inputs(prediction.prepared, batch)), batch, arguments.repeats)
                for batch in BATCHES
            }
        except (ImportError, RuntimeError) as reason:
            print(f"{name:<12} missing ({' '.join(str(reason).split())[:80]})")
            continue
        best = min(best, *found.values())
        print(f"{name:<12}", *(f"{1000 * took:8.2f} in {batch}" for batch, took in found.items()))
    gradients = median_seconds(lambda: explain(predictor.model, prediction.prepared, "integrated_gradients"), 5, 1)
    floor = FORWARDS * best
    ratio = gradients / floor
    print(
        f"Integrated Gradients {1000 * gradients:.0f} ms; {FORWARDS} forwards {1000 * floor:.0f} ms; ratio {ratio:.2f}"
    )


def inputs(prepared: Prepared, batch: int) -> Pair:
    """Return the same face and scene several times over: (N, 3, S, S) and (N, 3, H, W)."""
    return prepared.face.expand(batch, -1, -1, -1).clone(), prepared.context.expand(batch, -1, -1, -1).clone()


def seconds(run: Run, batch: int, repeats: int) -> float:
    """Return the seconds that one face and scene of a batch take."""
    return median_seconds(run, repeats) / batch


def eager(encoders: Encoders, pair: Pair) -> Run:
    """PyTorch as it is."""
    return torch.inference_mode()(lambda: encoders(*pair))


def compiled(encoders: Encoders, pair: Pair) -> Run:
    """PyTorch, compiled for this size of batch."""
    torch._dynamo.reset()
    made = torch.compile(encoders, dynamic=False)
    return torch.inference_mode()(lambda: made(*pair))


def onnxruntime(encoders: Encoders, pair: Pair) -> Run:
    """ONNX Runtime on as many threads as PyTorch."""
    ort = importlib.import_module("onnxruntime")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an exporter that PyTorch will drop; the other one takes a minute
        file = Path(folder) / "encoders.onnx"
        torch.onnx.export(encoders, pair, file, input_names=["face", "context"], dynamo=False)
        graph = file.read_bytes()
    options = ort.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    given = {"face": pair[0].numpy(), "context": pair[1].numpy()}
    return lambda: session.run(None, given)


if __name__ == "__main__":
    main()
