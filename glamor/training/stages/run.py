"""GLAMOR-Net with a scene's encoder from ImageNet, and its twin CAER-Net-S, from a trained checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from glamor.checkpoint import Checkpoint, save_checkpoint
from glamor.config import CONTEXT_ONLY, GUIDED, ModelConfig
from glamor.errors import DataError
from glamor.model import GLAMORNet
from glamor.training.stages import heads
from glamor.training.stages.assemble import assemble
from glamor.training.stages.draws import STOCK, Course, scene_weights, smoothed
from glamor.training.stages.evidence import cross_fit
from glamor.training.stages.vectors import LONE, Vectors, encode

TWINS = {"glamor-net-lite": GUIDED, "caer-net-s": CONTEXT_ONLY}
SMOOTHING = 0.05
LITE = ModelConfig(
    context_encoder="tf_efficientnet_lite0",
    hidden=160,  # those of the face's classifier, two for each label that the scene can speak for, and a few more
    context_size=224,
    context_resize_hw=(256, 342),
    face_crop_scale=1.35,
    license="research and demonstration only",
    trained_on=(
        "AffectNet-like faces, FER2013, web portraits, SFEW film frames, web and stock photos, everyday pictures "
        "labelled by a multimodal model; ImageNet"
    ),
)


@dataclass(frozen=True)
class Data:
    """Folders in NCAER-S layout, an image folder of faces alone, and where decoded pictures are kept."""

    scenes: tuple[Path, ...]
    faces: Path
    cache: Path | None = None


@dataclass(frozen=True)
class Plan:
    """How all that follows the encoders learns, on how many faces alone, and with how many seeds."""

    heads: Course = field(default_factory=Course)
    lone: int = LONE
    seeds: int = 3


def run(net: GLAMORNet, start: Checkpoint, data: Data, out: Path, plan: Plan) -> None:
    """Train the twins, each with several seeds, into ``out/NAME/seed-N``.

    Args:
        net: whose scene's encoder knows ImageNet; its face's encoder becomes that of ``start``.
        start: a trained network whose face's encoder and classifier are gone on from.
        data: training splits.
        out: folder of the results.
        plan: how they learn.

    Raises:
        CheckpointError, DataError: if a folder or ``start`` cannot be used.
    """
    try:
        net.face_encoder.load_state_dict(start.model.face_encoder.state_dict())
    except RuntimeError as error:
        raise DataError(f"{start.source} has another face encoder; start from one with that of the network.") from error
    vectors = encode(net.eval(), data.scenes, data.faces, data.cache, plan.lone)
    fit_twins(net, heads.answer_of(start.model, plan.heads.face_first), vectors, out, plan)


def fit_twins(net: GLAMORNet, answer: heads.FaceAnswer, vectors: Vectors, out: Path, plan: Plan) -> None:
    """Train and save all that follows the encoders of both twins on the same vectors, see :func:`run`."""
    plain = torch.from_numpy(vectors.sources == STOCK)
    weights = torch.where(plain, 0.0, scene_weights(vectors, plan.heads)).float()
    shown, evidence = cross_fit(vectors.cells, smoothed(vectors.targets, SMOOTHING), weights, vectors.folds)
    vectors = replace(vectors, canvases=evidence.of(vectors.canvases))
    for name, attention in TWINS.items():
        config = replace(net.config, attention=attention)
        for seed in range(plan.seeds):
            learned = heads.fit(vectors, shown, answer, config, plan.heads, seed)
            whole = assemble(config, net, learned, evidence)
            save_checkpoint(out / name / f"seed-{seed}", whole, config, half=True)
