"""Training in phases: the face branch on faces, the whole network on scenes.

    python -m glamor train --faces data/faces --scenes data/scenes --out runs/default

Stopped at any point, the same command goes on from the last finished epoch.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from glamor.config import CONTEXT_ONLY, GLAMOR_ENCODER, GUIDED, ModelConfig
from glamor.errors import DataError
from glamor.training.losses import Ablation
from glamor.training.recipe import RECIPES, recipe
from glamor.training.trainer import Plan, Trainer

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # what timm's backbones were trained with
HEAD_CROP_SCALE = 1.35  # whole heads: the shared crop convention of the shipped weights


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``train``."""
    parser.add_argument("--faces", type=Path, help="folder of faces: <split>/<Class>/<name>")
    parser.add_argument("--scenes", type=Path, required=True, help="folder of scenes in NCAER-S layout")
    parser.add_argument("--more-scenes", type=Path, nargs="+", default=[], help="further scenes to learn from")
    parser.add_argument("--out", type=Path, required=True, help="folder for state, metrics and weights")
    parser.add_argument("--recipe", default="default", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--encoder", default=ModelConfig.encoder, help="glamor, or a timm backbone such as resnet18")
    parser.add_argument("--context-encoder", default="", help="the scene's encoder, if it differs")
    parser.add_argument(
        "--attention",
        default=ModelConfig.attention,
        choices=[GUIDED, CONTEXT_ONLY],
        help="what scores the scene's cells",
    )
    parser.add_argument(
        "--context-size", type=int, default=ModelConfig.context_size, help="side of the scene, in pixels"
    )
    parser.add_argument("--pretrained", action="store_true", help="start timm backbones from their ImageNet weights")
    parser.add_argument(
        "--ablation", default="none", choices=[a.value for a in Ablation], help="train a twin without one part"
    )
    parser.add_argument(
        "--start", type=Path, help="a checkpoint's folder, or after-PHASE.pt of another run: continue from there"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trained-on", default="", help="one line for config.json (default: the folders' names)")
    parser.add_argument("--license", default="", help="licence of the weights, for config.json")


def run(args: argparse.Namespace) -> None:
    """Run ``train`` with parsed shell arguments and print where the checkpoint is."""
    folders = " and ".join(folder.name for folder in (args.faces, args.scenes) if folder)
    config = ModelConfig(
        encoder=args.encoder,
        context_encoder=args.context_encoder,
        attention=args.attention,
        context_size=args.context_size,
        context_resize_hw=_whole_photo(args.context_size),
        face_crop_scale=HEAD_CROP_SCALE,
        license=args.license,
        trained_on=args.trained_on or folders,
    )
    if args.encoder != GLAMOR_ENCODER:
        config = replace(config, mean=IMAGENET_MEAN, std=IMAGENET_STD)
    plan = Plan(
        recipe=recipe(args.recipe),
        config=config,
        faces=args.faces,
        scenes=args.scenes,
        out=args.out,
        seed=args.seed,
        ablation=Ablation(args.ablation),
        start=args.start,
        pretrained=args.pretrained,
        more_scenes=tuple(args.more_scenes),
    )
    print(train(plan))


def _whole_photo(context_size: int) -> tuple[int, int]:
    """Return (rows, columns) of the photo from which the scene is cut, as large to it as in the published network."""
    rows, columns = ModelConfig.context_resize_hw
    return rows * context_size // ModelConfig.context_size, columns * context_size // ModelConfig.context_size


def train(plan: Plan) -> Path:
    """Train, or go on training, and return the folder of the finished checkpoint.

    Args:
        plan: what to train.

    Returns:
        ``plan.out / "checkpoint"``, readable by :func:`glamor.checkpoint.load_checkpoint`.

    Raises:
        DataError: if the data or an earlier state cannot be used.
    """
    phases = plan.recipe.phases
    if plan.faces is None and any(phase.lone_faces or not phase.with_scenes for phase in phases):
        raise DataError("this recipe needs faces as well as scenes; give --faces, or use --recipe paper.")
    plan.out.mkdir(parents=True, exist_ok=True)
    return Trainer(plan).run()
