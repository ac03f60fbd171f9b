"""GLAMOR-Net, explained: what a network makes of a face and of the scene around it.

Importing this package imports nothing heavy; a name loads its room when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glamor.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
    from glamor.config import ModelConfig
    from glamor.errors import GlamorError
    from glamor.explain import Explanation
    from glamor.faces import Face, FaceDetector
    from glamor.model import GLAMORNet, Intervention, Trace
    from glamor.photo import load_photo
    from glamor.predictor import Prediction, Predictor
    from glamor.prepare import Geometry, Prepared
    from glamor.serialise import explanation_to_dict, prediction_to_dict

__all__ = [
    "Checkpoint",
    "Explanation",
    "Face",
    "FaceDetector",
    "GLAMORNet",
    "Geometry",
    "GlamorError",
    "Intervention",
    "ModelConfig",
    "Prediction",
    "Predictor",
    "Prepared",
    "Trace",
    "explanation_to_dict",
    "load_checkpoint",
    "load_photo",
    "prediction_to_dict",
    "save_checkpoint",
]

_ROOM = {
    "Checkpoint": "checkpoint",
    "Explanation": "explain",
    "Face": "faces",
    "FaceDetector": "faces",
    "GLAMORNet": "model",
    "Geometry": "prepare",
    "GlamorError": "errors",
    "Intervention": "model",
    "ModelConfig": "config",
    "Prediction": "predictor",
    "Predictor": "predictor",
    "Prepared": "prepare",
    "Trace": "model",
    "explanation_to_dict": "serialise",
    "load_checkpoint": "checkpoint",
    "load_photo": "photo",
    "prediction_to_dict": "serialise",
    "save_checkpoint": "checkpoint",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM[name]}"), name)


def __dir__() -> list[str]:
    return __all__
