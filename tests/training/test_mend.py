"""Faults that are taken out of a trained network."""

from __future__ import annotations

import torch
from torch import Tensor

from glamor.model import GLAMORNet, Intervention, Score
from glamor.training.stages.heads import all_faces, answer_of, face_odds
from glamor.training.stages.mend import (
    FALL,
    LOW,
    OF_BLACK,
    OF_PLAIN,
    lower_where_unlikely,
    mend,
    overlook,
    plain_directions,
)
from tests.small import SMALL
from tests.told import noise, told_faces

CHANNELS = SMALL.filters[-1]


def spread(rows: Tensor) -> Tensor:
    """Return cells (N, C, 2, 2) that are the same all over."""
    return rows[:, :, None, None].expand(-1, -1, 2, 2)


def network(seed: int) -> GLAMORNet:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return GLAMORNet(SMALL).eval()


def test_plain_scenes_are_overlooked_and_a_black_one_is_heard_as_before() -> None:
    net, channels = network(1), CHANNELS
    black = noise(1, channels, 2, 2, seed=2)
    plain = noise(40, OF_PLAIN, seed=3) @ (30 * noise(OF_PLAIN, channels, seed=4))
    canvases = torch.cat((black, spread(plain)))
    directions = plain_directions(canvases)
    assert directions.shape == (channels, OF_PLAIN)
    assert channels > OF_BLACK + OF_PLAIN
    torch.testing.assert_close(directions.T @ directions, torch.eye(OF_PLAIN), rtol=0, atol=1e-5)

    faces, forced = noise(40, channels, 1, 1, seed=5), Intervention(fusion=torch.tensor([0.3, 0.7]))
    with torch.inference_mode():
        before = net.combine(faces, black.expand(40, -1, -1, -1)).logits
        moved_before = net.combine(faces, spread(plain), forced).logits
        overlook(net, directions)
        after = net.combine(faces, black.expand(40, -1, -1, -1)).logits
        moved = net.combine(faces, spread(plain), forced).logits
        of_black = net.combine(faces, spread(plain - plain @ directions @ directions.T), forced).logits
    torch.testing.assert_close(after, before, rtol=0, atol=1e-4)
    torch.testing.assert_close(moved, of_black, rtol=0, atol=1e-3)  # the same without those directions
    assert (moved - moved_before).abs().max() > 0.1


def test_a_score_is_lowered_where_an_answer_is_likely_wrong_and_nowhere_else() -> None:
    faces = noise(4_000, 8, seed=1)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        score, odds = Score(8, 64), Score(8, 4)
    with torch.no_grad():
        odds[2].weight *= 12  # some faces are likely wrong, others are not
        said, likely = score(faces)[:, 0], odds(faces)[:, 0]
    lower_where_unlikely(score, odds, faces, torch.Generator().manual_seed(3))
    with torch.inference_mode():
        change = score(faces)[:, 0] - said
    low, high = likely < LOW - 0.5, likely > LOW + 0.3
    assert min(int(low.sum()), int(high.sum())) > 200
    wanted = FALL * (likely - LOW).clamp(max=0)
    assert float(change[high].abs().mean()) < 0.2 * float(wanted[low].abs().mean())
    assert float((change - wanted)[low].abs().mean()) < 0.25 * float(wanted[low].abs().mean())


def reader() -> GLAMORNet:
    """Return a network whose own answer of a face is the largest of its first seven channels."""
    net = network(8)
    with torch.no_grad():
        for layer in (net.head[0], net.head[3]):
            layer.weight.zero_()
            layer.bias.zero_()
        net.head[0].weight[:7, :7] = torch.eye(7)
        net.head[3].weight[:, :7] = torch.eye(7)
    return net


def test_the_fusion_turns_to_the_scene_where_the_face_cannot_be_read() -> None:
    vectors, net = told_faces(CHANNELS, noise(40, CHANNELS, 2, 2, seed=7)), reader()
    mended = mend(net, vectors)
    scenes = noise(210, CHANNELS, 2, 2, seed=9)

    def weights(of: GLAMORNet, faces: Tensor) -> Tensor:
        with torch.inference_mode():
            return of.combine(faces[:, :, None, None], scenes).fusion_weights[:, 0]

    falls = [float((weights(mended, f) - weights(net, f)).mean()) for f in (vectors.faces, vectors.degraded)]
    assert falls[1] < falls[0] - 0.15
    assert all(value.equal(mended.state_dict()[name]) for name, value in net.state_dict().items() if "encoder" in name)


def test_the_odds_are_those_of_being_right() -> None:
    vectors, net = told_faces(CHANNELS, noise(40, CHANNELS, 2, 2, seed=7)), reader()
    answer = answer_of(net, 1.0)
    odds = face_odds(vectors, answer, 16, torch.Generator().manual_seed(0))
    faces, labels = all_faces(vectors)
    right = (answer(faces).argmax(dim=1) == labels).float()
    clear, hard = (float(odds(faces[part]).sigmoid().mean()) for part in (slice(0, 210), slice(210, 420)))
    assert float(right[:210].mean()) > 0.95
    assert clear > 0.85
    assert float(right[210:420].mean()) < 0.2
    assert hard < 0.35
