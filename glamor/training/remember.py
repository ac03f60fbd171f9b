"""What a finished checkpoint has learned from, kept beside it, to tell which faces and scenes are unlike that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glamor import familiar
from glamor.checkpoint import Checkpoint, load_checkpoint
from glamor.errors import CheckpointError
from glamor.fused import fuse_batchnorm
from glamor.training.data import Sample, list_samples, prepare_sample

FACES, SCENES = 4000, 2000  # that are kept, and looked at, of a kind at most
_BATCH, _SEED = 32, 0


@dataclass(frozen=True)
class Summaries:
    """What the encoders saw in N samples: faces and scenes (N, C) float32, labels (N,)."""

    faces: NDArray[np.float32]
    scenes: NDArray[np.float32]
    labels: NDArray[np.int64]


def remember(folder: Path, scenes: Sequence[Path], faces: Path | None = None) -> familiar.Memories:
    """Keep summaries of the training's faces and scenes, and how far those of the validation splits are from them.

    Faces of scenes and faces alone count alike, whatever their number: faces alone are many, but are not what people
    show. Of more than a few thousand a draw is kept in which every class is as likely.

    Args:
        folder: of a checkpoint; neighbours.safetensors is written there.
        scenes: folders in NCAER-S layout, on whose training splits the network was trained.
        faces: an image folder of faces alone, if there was one.

    Raises:
        CheckpointError: if the checkpoint cannot be used or the file cannot be written.
        DataError: if a folder cannot be used.
    """
    checkpoint = load_checkpoint(folder)
    roots = [scenes, [faces]] if faces is not None else [scenes]
    known = [_summaries(checkpoint, kind, "train") for kind in roots]
    unseen = [_summaries(checkpoint, kind, "val") for kind in roots]
    memories = familiar.Memories(_of_faces(known, unseen), _of_scenes(known[0], unseen[0]))
    _write(folder / familiar.FAMILIAR_FILE, familiar.to_bytes(memories, checkpoint.sha256))
    return memories


def _of_faces(known: Sequence[Summaries], unseen: Sequence[Summaries]) -> familiar.Memory:
    weights = np.concatenate([np.full(len(kind.labels), 1 / len(kind.labels)) for kind in unseen])
    return familiar.fit(
        np.concatenate([kind.faces for kind in known]),
        np.concatenate([kind.labels for kind in known]),
        np.concatenate([kind.faces for kind in unseen]),
        weights,
    )


def _of_scenes(known: Summaries, unseen: Summaries) -> familiar.Memory:
    return familiar.fit(known.scenes[:SCENES], known.labels[:SCENES], unseen.scenes, np.ones(len(unseen.labels)))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written ({error.strerror}); choose another folder.") from error


def _summaries(checkpoint: Checkpoint, roots: Sequence[Path], split: str) -> Summaries:
    names = checkpoint.config.class_names
    samples = _drawn([sample for root in roots for sample in list_samples(root, split, names)])
    model, device = fuse_batchnorm(checkpoint.model), checkpoint.device
    faces, scenes = [], []
    for start in range(0, len(samples), _BATCH):
        pairs = [prepare_sample(sample, checkpoint.config) for sample in samples[start : start + _BATCH]]
        face, context = (torch.stack(inputs).to(device) for inputs in zip(*pairs, strict=True))
        with torch.inference_mode():
            _, of_faces, of_scenes = model.summarised(face, context)
        faces.append(of_faces.float().cpu().numpy())
        scenes.append(of_scenes.float().cpu().numpy())
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    return Summaries(np.concatenate(faces), np.concatenate(scenes), labels)


def _drawn(samples: Sequence[Sample]) -> list[Sample]:
    """Return at most ``FACES`` samples in random order, of each class about as many as far as there are."""
    labels = np.array([sample.label for sample in samples])
    share = 1 / np.bincount(labels)[labels]
    count = min(FACES, len(samples))
    chosen = np.random.default_rng(_SEED).choice(len(samples), count, replace=False, p=share / share.sum())
    return [samples[i] for i in chosen]
