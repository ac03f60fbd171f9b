"""The peers of ``peers_of.py`` that need TensorFlow.

It lies in a throw-away folder of its own:

    pip install --target /tmp/peers/tf tensorflow-cpu==2.21.0 tf-keras==2.21.0 deepface==0.0.103
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.throwaway import PEERS
from glamor.model import KERAS_BATCH_NORM_EPS

THREADS = 2
Label = Callable[[Path], str | None]  # a photo's file -> its label; None: no face


def tensorflow() -> Any:
    """Return TensorFlow, on two threads.

    Raises:
        SystemExit: if it is not installed.
    """
    sys.path.append(str(PEERS / "tf"))
    try:
        found = importlib.import_module("tensorflow")
    except ImportError as error:
        raise SystemExit(f"TensorFlow is not installed ({error})") from error
    found.config.threading.set_intra_op_parallelism_threads(THREADS)
    found.config.threading.set_inter_op_parallelism_threads(1)
    return found


def deepface() -> Label:
    """Return deepface's pipeline with its fastest detector; its network has random numbers, which take as long.

    It would fetch its weights from GitHub when first used.
    """
    tensorflow()
    weights: Any = importlib.import_module("deepface.commons.weight_utils")
    weights.download_weights_if_necessary = lambda **_: ""
    weights.load_model_weights = lambda model, **_: model
    analyze = importlib.import_module("deepface.DeepFace").analyze

    def label(file: Path) -> str | None:
        try:
            found = analyze(str(file), actions=["emotion"], detector_backend="opencv", silent=True)
        except ValueError:  # no face
            return None
        return str(found[0]["dominant_emotion"])

    return label


def authors_graph() -> Label:
    """Return GLAMOR-Net as its authors built it, in TensorFlow 2, with this library's numbers and preparation."""
    tf = tensorflow()
    from glamor.faces import default_detector
    from glamor.photo import load_photo
    from glamor.predictor import Predictor
    from glamor.prepare import prepare, square_box

    predictor, detect = Predictor(device="cpu"), default_detector()
    config = predictor.config
    read = {name: tensor.numpy() for name, tensor in predictor.model.state_dict().items()}
    graph = tf.function(lambda face, context: _logits(tf, read, face, context))

    def label(file: Path) -> str | None:
        photo = load_photo(file)
        found = detect(photo)
        if not found:
            return None
        prepared = [prepare(photo, square_box(face.box_xyxy, config.face_crop_scale), config) for face in found]
        faces, contexts = (
            np.stack([getattr(each, side).permute(1, 2, 0).numpy() for each in prepared])
            for side in ("face", "context")
        )
        logits = graph(tf.constant(faces), tf.constant(contexts)).numpy()
        return str(config.class_names[int(logits[0].argmax())])

    return label


def _logits(tf: Any, read: dict[str, Any], face: Any, context: Any) -> Any:
    """Return the logits of faces (N, H, W, 3) before their scenes: (N, classes); paper, equations 1 to 7."""
    face_map, context_map = (
        _encoded(tf, read, f"{side}_encoder", x) for side, x in (("face", face), ("context", context))
    )
    vector = tf.reduce_mean(face_map, (1, 2))
    shape = tf.shape(context_map)
    cells = tf.reshape(context_map, (shape[0], shape[1] * shape[2], context_map.shape[-1]))
    queries = tf.tile(vector[:, None], (1, shape[1] * shape[2], 1))
    hidden = tf.nn.relu(_dense(tf, read, "attention.fc1", tf.concat((queries, cells), -1)))
    hidden = tf.nn.relu(_normed(tf, read, "attention.norm", hidden))
    share = tf.nn.softmax(_dense(tf, read, "attention.fc2", hidden), 1)  # (N, cells, 1)
    attended = tf.reduce_sum(share * cells, 1)
    scores = [
        _dense(tf, read, f"{side}_score.2", tf.nn.relu(_dense(tf, read, f"{side}_score.0", x)))
        for side, x in (("face", vector), ("context", attended))
    ]
    weights = tf.nn.softmax(tf.concat(scores, 1), 1)
    both = tf.concat((weights[:, :1] * vector, weights[:, 1:] * attended), 1)
    return _dense(tf, read, "head.3", tf.nn.relu(_dense(tf, read, "head.0", both)))


def _encoded(tf: Any, read: dict[str, Any], name: str, images: Any) -> Any:
    for block in range(5):
        kernel = read[f"{name}.{block}.0.weight"].transpose(2, 3, 1, 0)  # OIHW -> HWIO
        images = tf.nn.conv2d(images, kernel, 1, "SAME") + read[f"{name}.{block}.0.bias"]
        images = tf.nn.relu(_normed(tf, read, f"{name}.{block}.1", images))
        if block < 4:
            images = tf.nn.max_pool2d(images, 2, 2, "VALID")
    return images


def _dense(tf: Any, read: dict[str, Any], name: str, values: Any) -> Any:
    return tf.matmul(values, read[f"{name}.weight"].T) + read[f"{name}.bias"]


def _normed(tf: Any, read: dict[str, Any], name: str, values: Any) -> Any:
    mean, variance, beta, gamma = (read[f"{name}.{part}"] for part in ("running_mean", "running_var", "bias", "weight"))
    return tf.nn.batch_normalization(values, mean, variance, beta, gamma, KERAS_BATCH_NORM_EPS)
