"""Two faults of a trained network, taken out of it without another training.

*A plain scene said something.* Where plain scenes are all of two labels, a network learns that plain means these. What
follows the scene's encoder now overlooks the directions in which plain scenes differ from a black one, beside which the
network has learned to hear the face alone.

*A face that cannot be read was heard all the more.* A faint vector says little, and nothing tells a small weight from a
small vector. Now the face's fusion score falls with the odds that the face's own answer is the label, where these are
low.
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from glamor.model import GLAMORNet, GlobalLocalAttention, Score
from glamor.training.stages import heads
from glamor.training.stages.draws import Course
from glamor.training.stages.vectors import Vectors

OF_BLACK, OF_PLAIN = 10, 2  # directions that hold a black scene's cells, and those of plain ones that are overlooked
LOW, FALL = -0.25, 1.5  # log odds from which a face's score falls, and by how much for each further unit
STEPS, BATCH, LR, NOISE = 2_000, 512, 1e-3, 0.05


def mend(net: GLAMORNet, vectors: Vectors, seed: int = 0) -> GLAMORNet:
    """Return a network without both faults; its encoders are the same.

    Args:
        net: with attention guided by the face; not changed.
        vectors: what its own encoders say of the training pictures.
        seed: of everything random.
    """
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    mended = copy.deepcopy(net).eval()
    overlook(mended, plain_directions(vectors.canvases))
    odds = heads.face_odds(vectors, heads.answer_of(net, Course.face_first), net.config.hidden, rng)
    lower_where_unlikely(mended.face_score, odds, heads.all_faces(vectors)[0], rng)
    return mended


def plain_directions(canvases: Tensor) -> Tensor:
    """Return orthogonal directions, (C, D), in which plain scenes are large and a black one is not.

    Args:
        canvases: (N, C, h, w), cells of scenes in which nothing is to be seen, the first of them black.
    """
    rows = canvases.float().movedim(1, -1).flatten(0, -2)  # (N, C, h, w) -> (N*h*w, C)
    of_black = _largest(rows[: canvases.shape[2] * canvases.shape[3]], OF_BLACK)
    return _largest(rows - rows @ of_black @ of_black.T, OF_PLAIN)


def overlook(net: GLAMORNet, directions: Tensor) -> None:
    """Let attention, fusion and classifier see nothing of orthogonal directions, (C, D), of the scene's channels."""
    assert isinstance(net.attention, GlobalLocalAttention)
    rest = torch.eye(len(directions)) - directions @ directions.T
    firsts = (net.attention.fc1, net.context_score[0], net.head[0])
    with torch.no_grad():
        for layer in firsts:
            assert isinstance(layer, nn.Linear)
            layer.weight[:, -len(rest) :] = layer.weight[:, -len(rest) :] @ rest


def lower_where_unlikely(score: Score, odds: Score, faces: Tensor, rng: torch.Generator) -> None:
    """Teach a face's score to be ``FALL`` lower for each unit by which the log odds are below ``LOW``.

    Args:
        score: of a face's fusion weight; changed.
        odds: log odds that the face's own answer is the label.
        faces: (N, C) vectors.
        rng: source of randomness.
    """
    with torch.no_grad():
        wanted = score(faces) + FALL * (odds(faces) - LOW).clamp(max=0)
    score.requires_grad_(True)
    optimizer, spread = torch.optim.AdamW(score.parameters(), lr=LR, weight_decay=0.0), faces.std(dim=0) * NOISE
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LR * heads.cosine(step / STEPS)
        drawn = torch.randint(len(faces), (BATCH,), generator=rng)
        noisy = faces[drawn] + spread * torch.randn(faces[drawn].shape, generator=rng)
        loss = F.mse_loss(score(noisy), wanted[drawn])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    score.requires_grad_(False)


def _largest(rows: Tensor, count: int) -> Tensor:
    return torch.linalg.eigh(rows.T @ rows).eigenvectors[:, -count:]
