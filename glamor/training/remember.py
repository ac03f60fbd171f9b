"""What a finished checkpoint has learned from, kept beside it, to tell which faces and scenes are unlike that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glamor import familiar
from glamor.checkpoint import Checkpoint, load_checkpoint
from glamor.config import ModelConfig
from glamor.errors import CheckpointError
from glamor.fused import fuse_batchnorm
from glamor.images import chw_to_hwc
from glamor.prepare import resize
from glamor.training import strange
from glamor.training.data import Sample, list_samples, prepare_sample

FACES, SCENES = 4000, 2000  # that are kept, and looked at, of a kind at most
CHANGED = 120  # validation faces that are changed into what they are not
FOUND_FILE = "neighbours.json"
_BATCH, _SEED = 32, 0
_OF_INPUTS = (
    *("class_names", "face_size", "context_resize_hw", "context_size"),
    *("face_crop_scale", "jpeg_round_trip", "mean", "std"),
)


@dataclass(frozen=True)
class Summaries:
    """What the encoders saw in N samples: faces and scenes (N, C) float32, labels (N,); and where they came from."""

    faces: NDArray[np.float32]
    scenes: NDArray[np.float32]
    labels: NDArray[np.int64]
    sources: NDArray[np.str_]


@dataclass(frozen=True)
class Found:
    """How many pictures of one kind are further from the training's than 95% of the validation splits are.

    Attributes:
        name: of the kind or the source.
        count: of its pictures.
        face: share whose face is.
        scene: share whose scene is; None where there is no scene.
        strange: whether they are no such faces as the network has learned from.
    """

    name: str
    count: int
    face: float
    scene: float | None = None
    strange: bool = False


def remember(folder: Path, scenes: Sequence[Path], faces: Path) -> tuple[Found, ...]:
    """Keep summaries of the training's faces and scenes, and how far those of the validation splits are from them.

    Faces of scenes and faces alone count alike, whatever their number: faces alone are many, but are not what people
    show. Of more than a few thousand a draw is kept in which every class is as likely.

    Args:
        folder: of a checkpoint; neighbours.safetensors is written there, and what it finds as neighbours.json.
        scenes: folders in NCAER-S layout, on whose training splits the network was trained.
        faces: an image folder of faces alone.

    Returns:
        What is found unlike: of the validation splits by source, then of pictures that are no such faces by kind.

    Raises:
        CheckpointError: if the checkpoint cannot be used or the file cannot be written.
        DataError: if a folder cannot be used.
    """
    checkpoint = load_checkpoint(folder)
    known = [_summaries(checkpoint, kind, "train") for kind in (scenes, [faces])]
    unseen = [_summaries(checkpoint, kind, "val") for kind in (scenes, [faces])]
    memories = familiar.Memories(_of_faces(known, unseen), _of_scenes(known[0], unseen[0]))
    names = checkpoint.config.class_names
    changed = [_face(sample, checkpoint.config) for sample in _drawn(list_samples(faces, "val", names))[:CHANGED]]
    found = (*_by_source(memories, unseen), *_by_kind(memories, checkpoint, changed))
    _write(folder / familiar.FAMILIAR_FILE, familiar.to_bytes(memories, checkpoint.sha256))
    values = {"weights_sha256": checkpoint.sha256, "found": [asdict(row) for row in found]}
    _write(folder / FOUND_FILE, (json.dumps(values, indent=1) + "\n").encode())
    return found


def share(folder: Path, other: Path) -> None:
    """Keep beside another checkpoint what :func:`remember` kept beside one whose encoders are the same.

    Raises:
        CheckpointError: if a checkpoint cannot be used, nothing is kept beside the first, or the encoders differ.
    """
    first, second = load_checkpoint(folder), load_checkpoint(other)
    memories = familiar.read_memories(first)
    if memories is None:
        raise CheckpointError(f"Nothing is kept beside {folder}; run scripts.remember with it first.")
    if not _same_encoders(first, second):
        raise CheckpointError(f"The encoders of {folder} and {other} differ; run scripts.remember with each of them.")
    _write(other / familiar.FAMILIAR_FILE, familiar.to_bytes(memories, second.sha256))
    values = json.loads((folder / FOUND_FILE).read_text()) | {"weights_sha256": second.sha256}
    _write(other / FOUND_FILE, (json.dumps(values, indent=1) + "\n").encode())


def _same_encoders(first: Checkpoint, second: Checkpoint) -> bool:
    """Return whether both make the same of a photo before anything is attended, weighed or classified."""
    if any(getattr(first.config, name) != getattr(second.config, name) for name in _OF_INPUTS):
        return False
    for part in ("face_encoder", "context_encoder"):
        own, others = (getattr(checkpoint.model, part).state_dict() for checkpoint in (first, second))
        if own.keys() != others.keys() or not all(torch.equal(own[name], others[name]) for name in own):
            return False
    return True


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


def _by_source(memories: familiar.Memories, unseen: Sequence[Summaries]) -> Iterator[Found]:
    scenes, faces = unseen
    of_faces, of_scenes = _beyond(memories.faces, scenes.faces), _beyond(memories.scenes, scenes.scenes)
    for source in np.unique(scenes.sources):
        own = scenes.sources == source
        yield Found(str(source), int(own.sum()), float(of_faces[own].mean()), float(of_scenes[own].mean()))
    alone = _beyond(memories.faces, faces.faces)
    for source in np.unique(faces.sources):
        own = faces.sources == source
        yield Found(str(source), int(own.sum()), float(alone[own].mean()))


def _by_kind(memories: familiar.Memories, checkpoint: Checkpoint, faces: Sequence[strange.Picture]) -> Iterator[Found]:
    """Find pictures of no person unlike, as faces and as scenes, and faces of people that were changed."""
    for name, pictures in strange.made().items():
        of_faces, of_scenes = _of_pictures(checkpoint, pictures)
        beyond = _beyond(memories.faces, of_faces), _beyond(memories.scenes, of_scenes)
        yield Found(name, len(pictures), float(beyond[0].mean()), float(beyond[1].mean()), strange=True)
    rows = [strange.changed(face) for face in faces]
    for name in rows[0]:
        of_faces, _ = _of_pictures(checkpoint, [row[name] for row in rows])
        share = float(_beyond(memories.faces, of_faces).mean())
        yield Found(f"validation faces {name}", len(rows), share, strange=True)


def _of_pictures(
    checkpoint: Checkpoint, pictures: Sequence[strange.Picture]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the summaries of pictures, as faces and as scenes."""
    sizes = checkpoint.config.face_size, checkpoint.config.context_size
    inputs = [torch.stack([resize(picture, (size, size)) for picture in pictures]) for size in sizes]
    with torch.inference_mode():
        trace = checkpoint.model(*(part.to(checkpoint.device) for part in inputs), summarise=True)
    return trace.face_summary.float().cpu().numpy(), trace.context_summary.float().cpu().numpy()


def _beyond(memory: familiar.Memory, vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    return memory.look_up(vectors)[0] > familiar.UNLIKE


def _face(sample: Sample, config: ModelConfig) -> strange.Picture:
    face, _ = prepare_sample(sample, replace(config, face_size=strange.SIDE))
    return (chw_to_hwc(face) * 255).round().astype(np.uint8)


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
            trace = model(face, context, summarise=True)
        faces.append(trace.face_summary.float().cpu().numpy())
        scenes.append(trace.context_summary.float().cpu().numpy())
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    sources = np.array([sample.source for sample in samples])
    return Summaries(np.concatenate(faces), np.concatenate(scenes), labels, sources)


def _drawn(samples: Sequence[Sample]) -> list[Sample]:
    """Return at most ``FACES`` samples in random order, of each class about as many as far as there are."""
    labels = np.array([sample.label for sample in samples])
    share = 1 / np.bincount(labels)[labels]
    count = min(FACES, len(samples))
    chosen = np.random.default_rng(_SEED).choice(len(samples), count, replace=False, p=share / share.sum())
    return [samples[i] for i in chosen]
