"""Training in stages: what scenes show, heads on vectors, and the network that is put together from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from glamor.checkpoint import load_checkpoint
from glamor.config import CONTEXT_ONLY, GUIDED, ModelConfig
from glamor.errors import DataError
from glamor.model import GLAMORNet, Intervention
from glamor.training.stages import evidence, heads, vectors
from glamor.training.stages.assemble import assemble
from glamor.training.stages.draws import Course
from glamor.training.stages.run import Data, Plan, run
from tests.small import SMALL, save_small
from tests.told import LABELS, SHOWN, direction_of_each_label, noise, told_faces

EVEN = torch.ones(len(LABELS))


def right(shown: Tensor, labels: Tensor) -> float:
    return float((shown.mean(dim=(2, 3)).argmax(dim=1) == labels).float().mean())


def scenes_that_tell(of: Tensor, strength: float) -> Tensor:
    """Return (N, 40, 2, 2): channel 3 * label is brighter."""
    cells = noise(len(of), 40, 2, 2)
    cells[torch.arange(len(of)), 3 * of] += strength
    return cells


def test_evidence_is_found_where_it_was_planted_in_any_cell() -> None:
    cells = scenes_that_tell(LABELS, 4.0)
    found = evidence.fit(cells.mean(dim=(2, 3)), SHOWN, EVEN)
    assert right(found.of(scenes_that_tell(LABELS.flip(0), 4.0)), LABELS.flip(0)) > 0.95
    only_one = torch.zeros(1, 40, 2, 2) + found.mean.view(1, -1, 1, 1)
    only_one[0, 3 * 5, 1, 0] += 4.0
    shown = found.of(only_one)[0]
    assert shown[:, 1, 0].argmax() == 5
    torch.testing.assert_close(shown[:, 0, 0], torch.zeros(7), rtol=0, atol=1e-5)


def test_what_is_shown_of_a_picture_was_learned_without_it_and_its_copies() -> None:
    cells = noise(len(LABELS), 400, 2, 2)  # that say nothing, and more channels than pictures: easily learned by heart
    by_heart = evidence.fit(cells.mean(dim=(2, 3)), SHOWN, EVEN)
    assert right(by_heart.of(cells), LABELS) > 0.9
    unseen, whole = evidence.cross_fit(cells, SHOWN, EVEN, torch.arange(len(LABELS)) % 5)
    assert right(unseen, LABELS) < 0.25
    assert right(whole.of(cells), LABELS) > 0.9
    assert unseen.mean(dim=(2, 3)).std() == pytest.approx(1, abs=1e-4)

    twice, folds = torch.cat((cells, cells)), torch.arange(len(LABELS)).repeat(2) % 5
    both = evidence.cross_fit(twice, SHOWN.repeat(2, 1), EVEN.repeat(2), folds)[0]
    assert right(both, LABELS.repeat(2)) < 0.25
    apart_folds = torch.cat((folds[: len(LABELS)], (folds[len(LABELS) :] + 1) % 5))
    apart = evidence.cross_fit(twice, SHOWN.repeat(2, 1), EVEN.repeat(2), apart_folds)[0]
    assert right(apart, LABELS.repeat(2)) > 0.7  # a copy in another fold gives a picture away


def test_frames_of_one_film_are_found_to_look_alike() -> None:
    films = torch.arange(60) % 4
    pictures = 5 * noise(4, 30, seed=3)[films] + noise(60, 30)
    found = evidence.looks(pictures, 4, torch.Generator().manual_seed(1))
    assert all(len(set(found[films == film].tolist())) == 1 for film in range(4))


def linear(weights: Tensor, biases: Tensor) -> heads.FaceAnswer:
    """Return the answer of a linear layer: a unit for each sign, since only the positive is passed on."""
    signs = torch.cat((torch.eye(len(weights)), -torch.eye(len(weights))), dim=1)
    return heads.FaceAnswer(torch.cat((weights, -weights)), torch.zeros(2 * len(weights)), signs, biases)


def test_a_face_answers_as_the_network_that_it_is_taken_from() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        net = GLAMORNet(SMALL).eval()
    faces, silent = noise(5, 16, seed=2), torch.zeros(5, 16, 2, 2)
    forced = Intervention(fusion=torch.tensor([0.8, 0.2]))
    expected = net.combine(faces[:, :, None, None], silent, forced).logits
    torch.testing.assert_close(heads.answer_of(net, 0.8)(faces), expected)


def told_vectors() -> tuple[vectors.Vectors, Tensor, heads.FaceAnswer]:
    """Return faces that tell the label and degraded ones that tell nothing, beside scenes that tell it."""
    shown = 2 * SHOWN[:, :, None, None].expand(-1, -1, 2, 2) + 0.3 * noise(len(LABELS), 7, 2, 2, seed=2)
    made = told_faces(10, canvases=0.1 * noise(40, 7, 2, 2, seed=7))
    return made, shown, linear(direction_of_each_label(10), torch.zeros(7))


@pytest.mark.parametrize("attention", [GUIDED, CONTEXT_ONLY])
def test_the_fusion_turns_to_the_scene_where_the_face_cannot_be_read(attention: str) -> None:
    made, shown, answer = told_vectors()
    config = replace(SMALL, hidden=32, attention=attention)
    net = heads.fit(made, shown, answer, config, Course(epochs=20, doubt=0.0), seed=0)
    with torch.inference_mode():
        clear, hard = (net.combine(faces[:, :, None, None], shown) for faces in (made.faces, made.degraded))
        empty = net.combine(made.faces[:40, :, None, None], made.canvases)
    assert clear.fusion_weights[:, 0].mean() > hard.fusion_weights[:, 0].mean() + 0.2
    assert empty.fusion_weights[:, 0].mean() > 0.8
    assert (empty.logits.argmax(dim=1) == LABELS[:40]).float().mean() > 0.95
    assert (hard.logits.argmax(dim=1) == LABELS).float().mean() > 0.9


TIMM = ModelConfig(
    encoder="test_efficientnet",
    hidden=32,
    face_size=32,
    context_size=64,
    context_resize_hw=(64, 86),
    face_crop_scale=1.35,
)


@pytest.mark.parametrize("attention", [GUIDED, CONTEXT_ONLY])
def test_the_whole_network_answers_as_its_heads_do(attention: str) -> None:
    config = replace(TIMM, attention=attention)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        encoders = GLAMORNet(config).eval()
    found = evidence.Evidence(noise(64, seed=1), noise(64, 7, seed=2))
    made, shown, answer = told_vectors()
    answer = linear(noise(7, 64, seed=3), noise(7, seed=5))
    made = replace(made, **{name: noise(210, 64, seed=8) for name in ("faces", "degraded", "lone", "lone_degraded")})
    learned = heads.fit(replace(made, black=noise(1, 64)), shown, answer, config, Course(epochs=1), seed=0)
    whole = assemble(config, encoders, learned, found)
    rng = torch.Generator().manual_seed(6)
    face, context = torch.rand(3, 3, 32, 32, generator=rng), torch.rand(3, 3, 96, 96, generator=rng)
    with torch.inference_mode():
        vector = encoders.encode_face(face).mean(dim=(2, 3), keepdim=True)
        expected = learned.combine(vector, found.of(encoders.encode_context(context)))
        given = whole(face, context)
    torch.testing.assert_close(given.logits, expected.logits, rtol=0, atol=1e-4)
    torch.testing.assert_close(given.attention, expected.attention, rtol=0, atol=1e-5)
    torch.testing.assert_close(given.fusion_weights, expected.fusion_weights, rtol=0, atol=1e-5)


def test_all_stages_leave_checkpoints_of_both_twins_that_share_their_encoders(data: Path) -> None:
    plan = Plan(Course(epochs=1, batch=(8, 8, 8)), lone=14, seeds=2)
    net, out = (
        GLAMORNet(replace(TIMM, encoder="glamor", context_encoder=TIMM.encoder, filters=SMALL.filters)),
        data / "out",
    )
    start = load_checkpoint(save_small(data / "start", 1), device="cpu")
    with pytest.raises(DataError, match="has another face encoder; start from one with that of the network"):
        run(net, start, Data((data / "scenes",), data / "faces"), out, plan)
    net = GLAMORNet(replace(net.config, filters=start.config.filters))
    run(net, start, Data((data / "scenes",), data / "faces"), out, plan)
    nets = {path.relative_to(out).as_posix(): load_checkpoint(path, device="cpu") for path in out.glob("*/seed-*")}
    assert set(nets) == {f"{name}/seed-{seed}" for name in ("glamor-net-lite", "caer-net-s") for seed in (0, 1)}
    guided, alone = nets["glamor-net-lite/seed-0"], nets["caer-net-s/seed-0"]
    assert (guided.config.attention, alone.config.attention) == (GUIDED, CONTEXT_ONLY)
    for part in ("face_encoder", "context_encoder"):
        ours, theirs = (twin.model.get_submodule(part).state_dict() for twin in (guided, alone))
        assert all(value.equal(theirs[name]) for name, value in ours.items())
    kept = guided.model.face_encoder.state_dict()
    given = start.model.face_encoder.state_dict()
    assert all(kept[name].half().equal(value.half()) for name, value in given.items())
