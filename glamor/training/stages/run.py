"""All stages, one after the other: GLAMOR-Net on ImageNet encoders, and its twin without the face's guidance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import CONTEXT_ONLY, GUIDED, ModelConfig
from glamor.model import GLAMORNet
from glamor.training.data import join_scenes, list_samples, load_faces, load_scenes
from glamor.training.softlabels import soft_targets
from glamor.training.stages import face_branch, heads
from glamor.training.stages.assemble import assemble
from glamor.training.stages.evidence import cross_fit
from glamor.training.stages.face_branch import FILM, Material, smoothed, taught
from glamor.training.stages.vectors import LONE, Vectors, encode

TWINS = {"glamor-net-lite": GUIDED, "caer-net-s": CONTEXT_ONLY}
SMOOTHING = 0.1
LITE = ModelConfig(
    encoder="tf_efficientnet_lite0",
    context_size=224,
    context_resize_hw=(256, 342),
    face_crop_scale=1.35,
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    license="research and demonstration only",
    trained_on=(
        "ImageNet, AffectNet-like faces, FER2013, web portraits, SFEW film frames, web and stock photos, everyday "
        "pictures labelled by a multimodal model"
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
    """How all stages are run.

    Attributes:
        courses: of the face's branch, in order.
        heads: how all that follows the encoders learns.
        lone: faces alone that the heads learn on.
        seeds: of the heads.
    """

    courses: tuple[face_branch.Course, ...] = face_branch.COURSES
    heads: heads.Course = field(default_factory=heads.Course)
    lone: int = LONE
    seeds: int = 3


def run(net: GLAMORNet, data: Data, teacher: Path, out: Path, plan: Plan) -> None:
    """Train the twins, each with several seeds of its heads, into ``out/NAME/seed-N``.

    Args:
        net: whose encoders know ImageNet; changed. Its attention does not matter.
        data: training splits.
        teacher: a checkpoint whose opinion of each face is half of the face's target.
        out: folder of all results and states; a run that was stopped goes on there.
        plan: how the stages are run.

    Raises:
        CheckpointError, DataError: if a folder cannot be used.
    """
    out.mkdir(parents=True, exist_ok=True)
    branch = face_branch.FaceBranch(net)
    material = _material(data, teacher, net.config)
    for course in plan.courses:
        face_branch.train(branch, material, out, course, seed=0)
    fit_twins(branch, encode(branch.net, data.scenes, data.faces, data.cache, plan.lone), out, plan)


def fit_twins(branch: face_branch.FaceBranch, vectors: Vectors, out: Path, plan: Plan) -> None:
    """Train and save the heads of both twins on the same vectors, see :func:`run`."""
    shown, evidence = cross_fit(
        vectors.cells, smoothed(vectors.targets, SMOOTHING / 2), _importance(vectors), vectors.folds
    )
    vectors = replace(vectors, canvases=evidence.of(vectors.canvases))
    answer = heads.linear_answer(cast(nn.Linear, branch.classifier[1]))
    for name, attention in TWINS.items():
        config = replace(branch.net.config, attention=attention)
        for seed in range(plan.seeds):
            learned = heads.fit(vectors, shown, answer, config, plan.heads, seed)
            whole = assemble(config, branch.net, learned, evidence)
            save_checkpoint(out / name / f"seed-{seed}", whole, config, half=True)


def _importance(vectors: Vectors) -> Tensor:
    """Return the weight of each scene in the evidence: every class alike, nothing from plain backgrounds."""
    film, plain = (torch.from_numpy(vectors.sources == source) for source in (FILM, heads.STOCK))
    weights = torch.where(film, face_branch.FILM_IMPORTANCE, 1.0)
    mass = torch.zeros(vectors.targets.shape[1]).index_add_(0, vectors.labels, weights)
    return torch.where(plain, 0.0, weights / mass[vectors.labels])


def _material(data: Data, teacher: Path, config: ModelConfig) -> Material:
    names = config.class_names
    faces = load_faces(list_samples(data.faces, "train", names), config.face_size, data.cache)
    labels = F.one_hot(torch.from_numpy(faces.labels), len(names)).float()
    opinion = taught(load_checkpoint(teacher, device="cpu").model, faces.images)
    listed = [list_samples(root, "train", names) for root in data.scenes]
    people = [soft_targets(root, "train", some, names) for root, some in zip(data.scenes, listed, strict=True)]
    return Material(
        faces,
        (smoothed(labels, SMOOTHING / 2) + opinion) / 2,
        join_scenes([load_scenes(samples, data.cache) for samples in listed]),
        smoothed(torch.cat(people), SMOOTHING),
    )
