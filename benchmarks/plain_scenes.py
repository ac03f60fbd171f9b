"""What a plain scene means to a network: ``python benchmarks/plain_scenes.py data/faces``.

Portraits without the label Disgust stand before one colour with a black hole, as where a face was cut out; a network to
which plain means nothing does not answer Disgust more often than before black.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.training.data import list_samples, prepare_sample

LABEL, SOURCE = "Disgust", "portraits"
COLOURS = {"black": 0.0, "grey": 0.5, "near white": 0.94}
HOLES = (0.35, 0.5)  # of the scene's side


def main() -> None:
    """Print how many portraits are answered Disgust before each colour."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="an image folder of faces alone; its validation split is read")
    parser.add_argument("--limit", type=int, default=242)
    parser.add_argument("--checkpoint", default=EMBEDDED, help="default: the embedded weights")
    given = parser.parse_args()
    checkpoint = load_checkpoint(given.checkpoint)
    config, device = checkpoint.config, checkpoint.device
    label = config.class_names.index(LABEL)
    samples = [
        sample
        for sample in list_samples(given.faces, "val", config.class_names)
        if sample.source == SOURCE and sample.label != label
    ][: given.limit]
    faces = torch.stack([prepare_sample(sample, config)[0] for sample in samples]).to(device)
    for name, colour in COLOURS.items():
        for hole in HOLES:
            scene = torch.full((1, 3, config.context_size, config.context_size), colour, device=device)
            half, middle = int(config.context_size * hole / 2), config.context_size // 2
            scene[..., middle - half : middle + half, middle - half : middle + half] = 0
            with torch.inference_mode():
                logits = torch.cat(
                    [checkpoint.model(part, scene.expand(len(part), -1, -1, -1)).logits for part in faces.split(64)]
                )
            found = int((logits.argmax(dim=1) == label).sum())
            print(f"{name:<10} with a hole of {hole:.0%}: {found} of {len(samples)} are answered {LABEL}")


if __name__ == "__main__":
    main()
