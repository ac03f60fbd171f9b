"""Encoded once, asked often; and gradients that know what was forced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain import (
    Encoded,
    Intervention,
    compare_people,
    edit_attention,
    encode,
    intervene,
    one_cell,
    only_cells,
    permuted,
    read_answer,
    recombine,
    swap_matrix,
    uniform,
    without_evidence,
)
from glamor.model import GLAMORNet
from glamor.prepare import Prepared

ONLY_FACE, ONLY_SCENE = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
FORCES = {
    "nothing": Intervention(),
    "fusion": Intervention(fusion=torch.tensor([0.3, 0.7])),
    "uniform": Intervention(attention=uniform((4, 4))),
    "both": Intervention(fusion=ONLY_SCENE, attention=one_cell((4, 4), 2, 1)),
}


@pytest.mark.parametrize("forced", FORCES.values(), ids=FORCES)
def test_recombining_what_was_encoded_is_the_whole_network(
    forced: Intervention, small_net: GLAMORNet, person: Prepared
) -> None:
    encoded = encode(small_net, person)
    with torch.no_grad():
        whole = small_net(person.face[None], person.context[None], forced)
    for name in ("logits", "attention", "fusion_weights", "context_vector"):
        assert torch.equal(getattr(recombine(small_net, encoded, forced), name), getattr(whole, name)), name


def test_each_encoder_runs_once_however_much_is_asked(small_net: GLAMORNet, person: Prepared) -> None:
    runs: list[str] = []
    small_net.face_encoder.register_forward_hook(lambda *_: runs.append("face"))
    small_net.context_encoder.register_forward_hook(lambda *_: runs.append("context"))
    encoded = encode(small_net, person)
    for forced in FORCES.values():
        recombine(small_net, encoded, forced)
    assert runs == ["face", "context"]
    intervene(small_net, person, FORCES["both"])
    assert runs == ["face", "context"] * 2


def test_a_blank_face_is_the_same_for_everybody(small_net: GLAMORNet, people: Callable[[int], Prepared]) -> None:
    maps = []
    for seed in range(2):
        black, _ = without_evidence(people(seed), "black")
        maps.append(encode(small_net, people(seed), Intervention(face=black)))
    assert torch.equal(maps[0].face_map, maps[1].face_map)
    assert not torch.equal(maps[0].context_map, maps[1].context_map)


def test_stand_ins_are_encoded_instead(small_net: GLAMORNet, people: Callable[[int], Prepared]) -> None:
    one, other = people(0), people(1)
    swapped = encode(small_net, one, Intervention(face=other.face))
    expected = encode(small_net, replace(one, face=other.face))
    assert torch.equal(swapped.face_map, expected.face_map)
    assert torch.equal(swapped.context_map, expected.context_map)


def test_the_model_is_untouched_also_after_a_refusal(small_net: GLAMORNet, person: Prepared) -> None:
    small_net.train()
    weights = {name: tensor.clone() for name, tensor in small_net.state_dict().items()}
    encoded = encode(small_net, person)
    recombine(small_net, encoded, FORCES["both"])
    with pytest.raises(ExplainError, match="4 rows and 4 columns"):
        recombine(small_net, encoded, Intervention(attention=uniform((7, 7))))
    assert all(module.training for module in small_net.modules())
    assert all(parameter.requires_grad for parameter in small_net.parameters())
    assert all(torch.equal(tensor, weights[name]) for name, tensor in small_net.state_dict().items())


@pytest.mark.parametrize(
    "ask",
    [
        lambda model, person: intervene(model, person, FORCES["both"]),
        lambda model, person: edit_attention(model, person, uniform((4, 4)) > 0),
        lambda model, person: swap_matrix(model, [person, person]),
        lambda model, person: compare_people(model, [person, person]),
    ],
    ids=["intervene", "edit", "swap", "people"],
)
def test_the_model_is_untouched_also_after_a_failure(
    ask: Callable[[GLAMORNet, Prepared], object], small_net: GLAMORNet, person: Prepared
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    hook = small_net.train().head[2].register_forward_hook(fail)
    weights = {name: tensor.clone() for name, tensor in small_net.state_dict().items()}
    with pytest.raises(RuntimeError, match="out of memory"):
        ask(small_net, person)
    assert all(module.training for module in small_net.modules())
    assert all(parameter.requires_grad for parameter in small_net.parameters())
    assert all(torch.equal(tensor, weights[name]) for name, tensor in small_net.state_dict().items())
    assert list(small_net.head[2]._forward_hooks) == [hook.id]


def test_an_answer_is_the_trace_in_plain_numbers(small_net: GLAMORNet, person: Prepared) -> None:
    small_net.config = replace(small_net.config, temperature=2.5)
    trace = intervene(small_net, person, FORCES["fusion"])
    answer = read_answer(small_net, trace)
    np.testing.assert_allclose(answer.probabilities, (trace.logits[0] / 2.5).softmax(dim=0), atol=1e-6)
    assert answer.emotion == answer.class_names[int(trace.logits.argmax())]
    assert answer.fusion_weights == pytest.approx((0.3, 0.7))
    np.testing.assert_allclose(answer.attention, trace.attention[0])
    np.testing.assert_allclose(answer.logits, trace.logits[0])


def test_the_scene_counts_for_nothing_on_a_permuted_map_of_equal_cells(small_net: GLAMORNet, person: Prepared) -> None:
    encoded = encode(small_net, person)
    same_cells = Encoded(encoded.face_map, encoded.context_map[:, :, :1, :1].expand_as(encoded.context_map))
    learned = recombine(small_net, encoded).attention[0]
    here = recombine(small_net, same_cells, Intervention(attention=learned))
    there = recombine(small_net, same_cells, Intervention(attention=permuted(learned, seed=4)))
    assert torch.allclose(here.logits, there.logits, atol=1e-5)
    other = recombine(small_net, encoded, Intervention(attention=permuted(learned, seed=4)))
    assert not torch.allclose(recombine(small_net, encoded).logits, other.logits, atol=1e-5)


def test_removing_cells_keeps_the_proportions_of_the_rest() -> None:
    attention = torch.tensor([[0.1, 0.2], [0.3, 0.4]])
    left = only_cells(attention, [[True, False], [True, True]])
    assert torch.allclose(left, torch.tensor([[0.125, 0.0], [0.375, 0.5]]))
    with pytest.raises(ExplainError, match="keep at least one cell"):
        only_cells(torch.tensor([[1.0, 0.0]]), [[False, True]])


# --- gradients


def gradients(model: GLAMORNet, person: Prepared, forced: Intervention, target: int = 2) -> tuple[Tensor, Tensor]:
    face, context = person.face[None].requires_grad_(), person.context[None].requires_grad_()
    logit = model(face, context, forced).logits[0, target]
    found = torch.autograd.grad(logit, (face, context), allow_unused=True, materialize_grads=True)
    return found[0], found[1]


@pytest.mark.parametrize(("weights", "silent"), [(ONLY_FACE, 1), (ONLY_SCENE, 0)])
def test_no_gradient_reaches_an_input_without_weight(
    weights: Tensor, silent: int, small_net: GLAMORNet, person: Prepared
) -> None:
    # With the attention forced too, the face has no other way to the answer than its weight.
    found = gradients(small_net, person, Intervention(fusion=weights, attention=uniform((4, 4))))
    assert not found[silent].any()
    assert found[1 - silent].abs().max() > 1e-4


def test_the_face_still_steers_attention_when_only_the_scene_is_weighed(small_net: GLAMORNet, person: Prepared) -> None:
    to_face, _ = gradients(small_net, person, Intervention(fusion=ONLY_SCENE))
    assert to_face.abs().max() > 1e-8


def test_attention_on_one_cell_sends_gradients_no_further_than_it_sees(small_net: GLAMORNet, person: Prepared) -> None:
    _, to_scene = gradients(small_net, person, Intervention(attention=one_cell((4, 4), 0, 0)))
    reach = 8 + 39  # the cell's centre and half of the encoder's receptive field of 78 pixels
    assert to_scene[..., :reach, :reach].any()
    assert not to_scene[..., reach:, :].any()
    assert not to_scene[..., reach:].any()


@pytest.mark.parametrize("forced", FORCES.values(), ids=FORCES)
def test_gradients_are_the_measured_slopes(forced: Intervention, small_net: GLAMORNet, person: Prepared) -> None:
    model = small_net.double()
    generator = torch.Generator().manual_seed(5)
    # No face mask: where the pixels of a max-pool are equal there is no one slope.
    context = torch.rand(person.context.shape, generator=generator, dtype=torch.float64)
    exact = Prepared(person.face.double(), context, person.geometry)
    found = gradients(model, exact, forced)
    steps = [torch.randn(one.shape, generator=generator, dtype=torch.float64) * 1e-7 for one in found]

    def logit(sign: int) -> float:
        face, context = exact.face[None] + sign * steps[0], exact.context[None] + sign * steps[1]
        with torch.no_grad():
            return float(model(face, context, forced).logits[0, 2])

    slope = float(sum((gradient * step).sum() for gradient, step in zip(found, steps, strict=True)))
    assert (logit(1) - logit(-1)) / 2 == pytest.approx(slope, rel=1e-3)
