"""Attention, fusion and classifier, learned on stored vectors in a minute.

The fusion scores are the log odds that each side's own answer is the label's, and stay so: a softmax of the two is
how much of the evidence each side has, so that the scene is heard where the face cannot be read. The classifier starts
as the sum of what face and scene say by themselves, each as loud as the fusion makes it. From there it learns, and the
attention with it, on labels alone: on the scenes, on faces beside scenes of the same label (which are thousands of
pairs more, if face and scene tell of the label independently), and on faces beside scenes in which nothing is to be
seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from glamor.config import ModelConfig
from glamor.model import ContextAttention, GLAMORNet, GlobalLocalAttention, Score
from glamor.training.data import balanced_weights
from glamor.training.stages.draws import Course, Draws, tells
from glamor.training.stages.vectors import Vectors


@dataclass(frozen=True)
class FaceAnswer:
    """What a face says by itself: a hidden layer of H units and the logits, of vectors (N, C).

    Attributes:
        first: (H, C) and offsets: (H,), of the hidden units, which pass on what is positive.
        last: (K, H) and biases: (K,), of the logits.
    """

    first: Tensor
    offsets: Tensor
    last: Tensor
    biases: Tensor

    def __call__(self, vectors: Tensor) -> Tensor:
        """Return logits, (N, K)."""
        return (vectors @ self.first.T + self.offsets).clamp_min(0) @ self.last.T + self.biases


def answer_of(net: GLAMORNet, face_weight: float) -> FaceAnswer:
    """Return what the classifier of a trained network says of a face at a fusion weight, the scene's vector 0."""
    first, last, of_face = _linear(net.head, 0), _linear(net.head, 3), net.face_encoder.channels
    own = face_weight * first.weight.detach()[:, :of_face]
    return FaceAnswer(own, first.bias.detach(), last.weight.detach(), last.bias.detach())


def fit(
    vectors: Vectors, shown: Tensor, answer: FaceAnswer, config: ModelConfig, course: Course, seed: int
) -> GLAMORNet:
    """Train all that follows the encoders.

    Args:
        vectors: of the training pictures; canvases already as evidence, (., K, h, w).
        shown: (N, K, h, w), the evidence of each scene's cells.
        answer: of a face by itself.
        config: its attention and hidden width are those of the network.
        course: how it learns.
        seed: of everything random.

    Returns:
        A network in eval mode whose ``combine`` takes face vectors (N, C, 1, 1) and evidence (N, K, h, w); its encoders
        are of no use.
    """
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    net = _started(vectors, answer, config, course)
    _ask_how_often_right(net, vectors, shown, answer, course, rng)
    learner = _Learner(net, course)
    draws = Draws(vectors, shown, course, rng)
    steps = len(shown) // course.batch[0] * course.epochs
    for step in range(steps):
        learner.learn(*draws.batch(), step / steps)
    learner.take_average()
    return net.eval()


def _started(vectors: Vectors, answer: FaceAnswer, config: ModelConfig, course: Course) -> GLAMORNet:
    """Return a network whose classifier adds up what both sides say; other units start small."""
    of_face, classes, hidden = answer.first.shape[1], len(answer.biases), config.hidden
    net = GLAMORNet(replace(config, encoder="glamor", context_encoder="", vector_norm=False))
    guided = isinstance(net.attention, GlobalLocalAttention)
    net.attention = GlobalLocalAttention(of_face, classes, hidden) if guided else ContextAttention(classes, hidden)
    net.face_score, net.context_score = Score(of_face, hidden), Score(classes, hidden)
    net.head[0] = nn.Linear(of_face + classes, hidden)
    net.face_encoder.requires_grad_(False)
    net.context_encoder.requires_grad_(False)
    _scale_inputs(net, of_face, vectors.lone.std(dim=0) + 1e-3)
    with torch.no_grad():
        if isinstance(net.attention, GlobalLocalAttention):
            net.attention.fc2.weight *= 0.1
            net.attention.fc2.bias.zero_()
        _add_up(net, answer, course)
    return net


def _scale_inputs(net: GLAMORNet, of_face: int, spread: Tensor) -> None:
    """Let new layers take face vectors as if their channels varied by 1."""
    layers = [_linear(net.head, 0), _linear(net.face_score, 0)]
    if isinstance(net.attention, GlobalLocalAttention):
        layers.append(net.attention.fc1)
    with torch.no_grad():
        for layer in layers:
            layer.weight[:, :of_face] /= spread


def _add_up(net: GLAMORNet, answer: FaceAnswer, course: Course) -> None:
    """Let the classifier add what face and scene say: a unit for each sign, since only the positive is passed on."""
    first, last = _linear(net.head, 0), _linear(net.head, 3)
    units, of_face, classes = len(answer.offsets), answer.first.shape[1], len(answer.biases)
    taken = units + 2 * classes
    first.weight *= 0.1
    last.weight *= 0.1
    first.weight[:taken], last.weight[:, :taken] = 0, 0
    first.bias.zero_()
    last.bias.copy_(answer.biases)
    first.weight[:units, :of_face], first.bias[:units] = answer.first / course.face_first, answer.offsets
    last.weight[:, :units] = answer.last
    for label in range(classes):
        for unit, sign in ((units + 2 * label, 1.0), (units + 2 * label + 1, -1.0)):
            first.weight[unit, of_face + label] = sign
            last.weight[label, unit] = sign * course.scene_gain


def _linear(part: nn.Sequential, at: int) -> nn.Linear:
    return cast(nn.Linear, part[at])


def _ask_how_often_right(
    net: GLAMORNet, vectors: Vectors, shown: Tensor, answer: FaceAnswer, course: Course, rng: torch.Generator
) -> None:
    """Fit each side's fusion score to the odds that its own answer is the label, times the course's sharpness."""
    _fit_face_odds(net.face_score, vectors, answer, rng)
    told = tells(vectors)
    whole = torch.cat((shown[told], vectors.canvases)).mean(dim=(2, 3))
    nothing = torch.zeros(len(vectors.canvases))  # is told by these: what is right by luck is not to be heard
    right = torch.cat(((whole[: len(told)].argmax(dim=1) == vectors.labels[told]).float(), nothing))
    canvases = torch.full((len(nothing),), 0.3 / len(nothing), dtype=torch.float64)
    weights = torch.cat((balanced_weights(vectors.labels[told].numpy()) * 0.7, canvases))
    _fit_odds(net.context_score, whole, right, weights, 0.3, rng)
    with torch.no_grad():
        _linear(net.face_score, 2).bias.sub_(course.doubt)
        for score in (net.face_score, net.context_score):
            _linear(score, 2).weight.mul_(course.sharpness)
            _linear(score, 2).bias.mul_(course.sharpness)


def all_faces(vectors: Vectors) -> tuple[Tensor, Tensor]:
    """Return the vectors (N, C) and labels (N,) of all faces, clear and hard to read."""
    faces = torch.cat((vectors.faces, vectors.degraded, vectors.lone, vectors.lone_degraded))
    return faces, torch.cat((vectors.labels, vectors.labels, vectors.lone_labels, vectors.lone_labels))


def face_odds(vectors: Vectors, answer: FaceAnswer, hidden: int, rng: torch.Generator) -> Score:
    """Return the log odds that a face's own answer is its label, as a score of its vector with so many hidden units."""
    score = Score(vectors.lone.shape[1], hidden)
    with torch.no_grad():
        _linear(score, 0).weight /= vectors.lone.std(dim=0) + 1e-3
    _fit_face_odds(score, vectors, answer, rng)
    return score.requires_grad_(False)


def _fit_face_odds(score: Score, vectors: Vectors, answer: FaceAnswer, rng: torch.Generator) -> None:
    faces, labels = all_faces(vectors)
    in_scenes, alone = (balanced_weights(of.numpy()) for of in (vectors.labels, vectors.lone_labels))
    weights = torch.cat((in_scenes * 0.35, in_scenes * 0.35, alone * 0.15, alone * 0.15))
    _fit_odds(score, faces, (answer(faces).argmax(dim=1) == labels).float(), weights, 0.05, rng)


def _fit_odds(score: Score, inputs: Tensor, right: Tensor, weights: Tensor, noise: float, rng: torch.Generator) -> None:
    steps, lr = 600, 2e-3
    nn.init.zeros_(_linear(score, 2).weight)
    nn.init.zeros_(_linear(score, 2).bias)
    optimizer, spread = torch.optim.AdamW(score.parameters(), lr=lr, weight_decay=0.1), inputs.std(dim=0) * noise
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = lr * cosine(step / steps)
        drawn = torch.multinomial(weights, 256, replacement=True, generator=rng)
        noisy = inputs[drawn] + spread * torch.randn(inputs[drawn].shape, generator=rng)
        loss = F.binary_cross_entropy_with_logits(score(noisy)[:, 0], right[drawn])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


class _Learner:
    """The optimizer and the averaged weights."""

    def __init__(self, net: GLAMORNet, course: Course) -> None:
        self.net, self.course, self.done = net, course, 0
        parts = ((net.head, 0.0, course.classifier_lr), (net.attention, 0.05, course.attention_lr))
        groups = [{"params": list(part.parameters()), "weight_decay": decay, "share": f} for part, decay, f in parts]
        fusion = [*net.face_score.parameters(), *net.context_score.parameters()]
        groups.append({"params": fusion, "weight_decay": 0.0, "share": course.fusion_lr})
        self.optimizer = torch.optim.AdamW(groups, lr=course.lr)
        self.average = {name: value.clone() for name, value in net.state_dict().items()}
        net.train()

    def learn(self, faces: Tensor, shown: Tensor, targets: Tensor, progress: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.course.lr * group["share"] * min(1.0, self.done / 20 + 0.02) * cosine(progress)
        loss = F.cross_entropy(self.net.combine(faces[:, :, None, None], shown).logits, targets)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self.done += 1
        kept = min(self.course.averaging, self.done / (9 + self.done))
        with torch.no_grad():
            for name, value in self.net.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - kept)

    def take_average(self) -> None:
        self.net.load_state_dict(self.average)


def cosine(progress: float) -> float:
    """Return the factor of the learning rate, from 1 down to 0.01, at a progress in [0, 1]."""
    return 0.5 * (1 + math.cos(math.pi * progress)) + 0.01
