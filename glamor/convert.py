"""The authors' TensorFlow variables -> our tensors: a table of names and two transpositions."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.checkpoint import restore_tensors, save_checkpoint
from glamor.config import ModelConfig
from glamor.errors import ConversionError
from glamor.model import GLAMORNet

VALUE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_TRAINING_ROOTS = {"save_counter", "optimizer", "_optimizer"}
_SLOT = "/.OPTIMIZER_SLOT/"

_ENCODERS = {"FaceEncodingNet": "face_encoder", "ContextEncodingNet": "context_encoder"}
_DENSE = {
    "attention_fc1": "attention.fc1",
    "attention_fc2": "attention.fc2",
    "face_weight1": "face_score.0",
    "face_weight2": "face_score.2",
    "context_weight1": "context_score.0",
    "context_weight2": "context_score.2",
    "final_fc1": "head.0",
    "final_classify": "head.3",
}
_AFFINE = {"kernel": "weight", "bias": "bias"}
_BATCH_NORM = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}


def _names() -> Iterator[tuple[str, str]]:
    for theirs, ours in _ENCODERS.items():
        for block in range(5):
            yield from _joined(f"{theirs}/blocks/{block}/conv", f"{ours}.{block}.0", _AFFINE)
            yield from _joined(f"{theirs}/blocks/{block}/bn", f"{ours}.{block}.1", _BATCH_NORM)
    yield from _joined("attention_fc1_bn", "attention.norm", _BATCH_NORM)
    for theirs, ours in _DENSE.items():
        yield from _joined(theirs, ours, _AFFINE)


def _joined(theirs: str, ours: str, leaves: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"{theirs}/{their_leaf}", f"{ours}.{our_leaf}") for their_leaf, our_leaf in leaves.items())


OUR_NAMES: Mapping[str, str] = dict(_names())
"""TensorFlow's short name of each of the 80 variables -> its name in our state dict."""


def from_tensorflow(variables: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Rename and transpose the variables of the authors' TensorFlow network.

    Args:
        variables: the 80 float32 arrays, kernels HWIO or (in, out), by name, with or without
            the suffix ``/.ATTRIBUTES/VARIABLE_VALUE``.

    Returns:
        What :func:`~glamor.checkpoint.restore_tensors` takes: float32, kernels OIHW or (out, in).

    Raises:
        ConversionError: listing every missing, unknown, doubled or misshapen variable.
    """
    problems = _problems(variables)
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise ConversionError(f"these are not the variables of GLAMOR-Net ({len(problems)} problems):{listed}")
    return {OUR_NAMES[_short(name)]: _to_ours(array) for name, array in variables.items()}


def read_tensorflow(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Read the network's variables from a TensorFlow checkpoint; what only training needs is dropped.

    Args:
        path: the checkpoint's prefix, as ``weights/Model`` for ``weights/Model.index``.

    Returns:
        Each variable by its full name.

    Raises:
        ConversionError: if there is no readable checkpoint, or TensorFlow is not installed.
    """
    prefix = os.fspath(path).removesuffix(".index")
    if not Path(f"{prefix}.index").is_file():
        raise ConversionError(f"there is no TensorFlow checkpoint {prefix!r} ({prefix}.index is missing).")
    tensorflow = _tensorflow()
    try:
        reader = tensorflow.train.load_checkpoint(prefix)
        return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map() if not _is_training(name)}
    except (tensorflow.errors.OpError, IndexError, ValueError) as error:
        raise ConversionError(f"TensorFlow cannot read {prefix!r} ({str(error).splitlines()[0]}).") from error


def convert_checkpoint(path: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Write the authors' TensorFlow checkpoint as one of ours.

    Args:
        path: the TensorFlow checkpoint's prefix; see :func:`read_tensorflow`.
        out: the folder to write; see :func:`~glamor.checkpoint.save_checkpoint`.

    Raises:
        ConversionError: if the checkpoint cannot be read or is not GLAMOR-Net's.
        CheckpointError: if the folder cannot be written.
    """
    config = ModelConfig(
        trained_on="Converted from a TensorFlow checkpoint of the authors' code, minhnhatvt/glamor-net."
    )
    model = GLAMORNet(config)
    restore_tensors(model, from_tensorflow(read_tensorflow(path)))
    save_checkpoint(out, model, config)


def _problems(variables: Mapping[str, NDArray[Any]]) -> list[str]:
    counts = Counter(map(_short, variables))
    shapes = _shapes()
    return [
        *(f"missing: {name}" for name in sorted(shapes.keys() - counts.keys())),
        *(f"unknown: {name}" for name in sorted(counts.keys() - shapes.keys())),
        *(f"given twice: {name}" for name in sorted(counts) if counts[name] > 1),
        *(
            f"{name}: {array.dtype} {array.shape}, expected float32 {shapes[_short(name)]}"
            for name, array in sorted(variables.items())
            if _short(name) in shapes and (array.dtype != np.float32 or array.shape != shapes[_short(name)])
        ),
    ]


def _shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of each TensorFlow variable, by its short name."""
    with torch.device("meta"):
        ours = GLAMORNet(ModelConfig()).state_dict()
    return {theirs: _their_shape(ours[name].shape) for theirs, name in OUR_NAMES.items()}


def _their_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) == 4:
        outputs, inputs, height, width = shape
        return height, width, inputs, outputs
    return tuple(reversed(shape))


def _to_ours(array: NDArray[Any]) -> Tensor:
    tensor = torch.tensor(array)  # a copy: a checkpoint reader's arrays are not ours to share
    if tensor.ndim == 4:
        return tensor.permute(3, 2, 0, 1).contiguous()  # HWIO -> OIHW
    return tensor.t().contiguous() if tensor.ndim == 2 else tensor  # (in, out) -> (out, in)


def _short(name: str) -> str:
    return name.removesuffix(VALUE_SUFFIX)


def _is_training(name: str) -> bool:
    return name == _OBJECT_GRAPH or name.split("/")[0] in _TRAINING_ROOTS or _SLOT in name


def _tensorflow() -> Any:
    try:
        return importlib.import_module("tensorflow")
    except ImportError as error:
        advice = "install it with `python -m pip install -r requirements-convert.txt`"
        raise ConversionError(f"TensorFlow is needed to read this checkpoint; {advice}.") from error
