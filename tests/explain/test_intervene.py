"""Interventions, the fusion curve and swaps against what they must equal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from glamor.errors import ExplainError
from glamor.explain import (
    Intervention,
    compare_people,
    edit_attention,
    fusion_curve,
    intervene,
    one_cell,
    permuted,
    swap_matrix,
    uniform,
    without_evidence,
)
from glamor.model import GLAMORNet, Trace
from glamor.prepare import Prepared

People = Callable[[int], Prepared]


def plain(model: GLAMORNet, person: Prepared) -> Trace:
    with torch.no_grad():
        return model(person.face[None], person.context[None])


def same(first: Tensor, second: Tensor) -> bool:
    return torch.allclose(first, second, atol=1e-5)


def test_learned_values_reproduce_the_plain_pass(small_net: GLAMORNet, person: Prepared) -> None:
    learned = plain(small_net, person)
    forced = Intervention(fusion=learned.fusion_weights[0], attention=learned.attention)
    assert torch.equal(intervene(small_net, person, forced).logits, learned.logits)
    assert torch.equal(intervene(small_net, person, Intervention()).logits, learned.logits)


def test_with_all_weight_on_the_face_the_scene_does_not_matter(small_net: GLAMORNet, person: Prepared) -> None:
    only_face = torch.tensor([1.0, 0.0])
    here = intervene(small_net, person, Intervention(fusion=only_face))
    there = intervene(small_net, person, Intervention(fusion=only_face, context=1 - person.context))
    assert torch.equal(here.logits, there.logits)
    assert not torch.equal(here.context_vector, there.context_vector)


def test_uniform_attention_is_mean_pooling(small_net: GLAMORNet, person: Prepared) -> None:
    trace = intervene(small_net, person, Intervention(attention=uniform((4, 4))))
    with torch.no_grad():
        mean = small_net.encode_context(person.context[None]).mean(dim=(2, 3))
    assert same(trace.context_vector, mean)


def test_attention_on_one_cell_reads_that_cell(small_net: GLAMORNet, person: Prepared) -> None:
    trace = intervene(small_net, person, Intervention(attention=one_cell((4, 4), 1, 3)))
    with torch.no_grad():
        assert same(trace.context_vector, small_net.encode_context(person.context[None])[:, :, 1, 3])


def test_any_grid_is_made_to_add_up_to_one(small_net: GLAMORNet, person: Prepared) -> None:
    grid = torch.arange(16.0).view(4, 4)
    trace = intervene(small_net, person, Intervention(attention=grid))
    assert same(trace.attention[0], grid / 120)
    huge = intervene(small_net, person, Intervention(attention=grid * 2e37))  # their sum is no float32
    assert same(huge.attention[0], grid / 120)


def test_a_permutation_keeps_the_values() -> None:
    grid = torch.rand(4, 4)
    shuffled = permuted(grid, seed=1)
    assert torch.equal(shuffled.flatten().sort().values, grid.flatten().sort().values)
    assert torch.equal(shuffled, permuted(grid, seed=1))
    assert not torch.equal(shuffled, grid)


def test_stand_ins_take_the_place_of_the_inputs(small_net: GLAMORNet, people: People) -> None:
    one, other = people(0), people(1)
    trace = intervene(small_net, one, Intervention(face=other.face, context=other.context))
    assert torch.equal(trace.logits, plain(small_net, other).logits)


def test_inputs_without_evidence(person: Prepared) -> None:
    face, context = without_evidence(person, "blurred")
    assert face.shape == person.face.shape
    assert face.std() < person.face.std() / 3
    assert face.mean() == pytest.approx(float(person.face.mean()), abs=0.02)
    assert not context[:, 16:40, 8:24].any()  # the hole is not filled with blur
    assert context[:, :16].min() > 0.3  # and does not darken what is around it
    assert not without_evidence(person, "black")[0].any()
    noise = [without_evidence(person, "noise", seed)[0] for seed in (1, 1, 2)]
    assert torch.equal(noise[0], noise[1])
    assert not torch.equal(noise[0], noise[2])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Intervention(fusion=torch.tensor([0.7, 0.7])), "add up to 1"),
        (Intervention(fusion=torch.tensor([1.5, -0.5])), "add up to 1"),
        (Intervention(fusion=torch.tensor([float("nan"), 1.0])), "add up to 1"),
        (Intervention(fusion=torch.tensor([1.0])), "add up to 1"),
        (Intervention(attention=torch.zeros(4, 4)), "keep at least one cell"),
        (Intervention(attention=-torch.ones(4, 4)), "negative"),
        (Intervention(attention=torch.full((4, 4), float("inf"))), "unusable"),
        (Intervention(attention=torch.ones(7, 7)), "4 rows and 4 columns"),
        (Intervention(face=torch.zeros(3, 32, 32)), "replacement face"),
        (Intervention(context=torch.zeros(64, 64)), "replacement context"),
    ],
)
def test_what_cannot_be_forced_is_refused(
    wish: Intervention, message: str, small_net: GLAMORNet, person: Prepared
) -> None:
    with pytest.raises(ExplainError, match=message):
        intervene(small_net, person, wish)


def test_editing_attention(small_net: GLAMORNet, person: Prepared) -> None:
    learned = plain(small_net, person)
    assert same(edit_attention(small_net, person, np.ones((4, 4), bool)).logits, learned.logits)
    keep = np.zeros((4, 4), bool)
    keep[2, 1] = keep[0, 0] = True
    edited = edit_attention(small_net, person, keep).attention[0]
    first, second = learned.attention[0, 0, 0], learned.attention[0, 2, 1]
    assert edited[0, 0].item() == pytest.approx((first / (first + second)).item(), abs=1e-6)
    assert edited.sum().item() == pytest.approx(1)
    assert not edited[~torch.from_numpy(keep)].any()


def test_an_empty_edit_is_refused(small_net: GLAMORNet, person: Prepared) -> None:
    with pytest.raises(ExplainError, match="keep at least one cell"):
        edit_attention(small_net, person, np.zeros((4, 4), bool))
    with pytest.raises(ExplainError, match="4 rows and 4 columns"):
        edit_attention(small_net, person, np.ones((3, 3), bool))
    with pytest.raises(ExplainError, match="not on the grid"):
        one_cell((4, 4), 4, 0)


def test_the_fusion_curve_is_the_forced_network(small_net: GLAMORNet, person: Prepared) -> None:
    trace = plain(small_net, person)
    curve = fusion_curve(small_net, trace, steps=5)
    np.testing.assert_array_equal(curve.w_face, [0, 0.25, 0.5, 0.75, 1])
    assert curve.learned_w_face == trace.fusion_weights[0, 0].item()
    for weight, row in zip(curve.w_face, curve.probabilities, strict=True):
        forced = intervene(small_net, person, Intervention(fusion=torch.tensor([weight, 1 - weight])))
        np.testing.assert_allclose(row, forced.logits.softmax(dim=1)[0], atol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_flips_are_where_a_dense_curve_changes_label(seed: int, small_net: GLAMORNet, people: People) -> None:
    torch.manual_seed(seed)
    with torch.no_grad():
        small_net.head[0].weight.normal_(std=3)  # restless: several flips
        small_net.head[3].weight.normal_(std=3)
    trace = plain(small_net, people(seed))
    curve = fusion_curve(small_net, trace, steps=20_001)
    labels = curve.probabilities.argmax(axis=1)
    (changes,) = np.nonzero(np.diff(labels))
    seen = [(labels[i], labels[i + 1]) for i in changes]
    assert [(flip.before, flip.after) for flip in curve.flips] == seen
    for flip, i in zip(curve.flips, changes, strict=True):
        assert curve.w_face[i] - 1e-9 <= flip.w_face <= curve.w_face[i + 1] + 1e-9


def test_some_of_these_curves_do_flip(small_net: GLAMORNet, people: People) -> None:
    counts = []
    for seed in range(6):
        torch.manual_seed(seed)
        with torch.no_grad():
            small_net.head[0].weight.normal_(std=3)
            small_net.head[3].weight.normal_(std=3)
        counts.append(len(fusion_curve(small_net, plain(small_net, people(seed))).flips))
    assert sum(counts) >= 3


def test_the_fusion_curve_encodes_nothing(small_net: GLAMORNet, person: Prepared) -> None:
    trace = plain(small_net, person)
    for encoder in (small_net.face_encoder, small_net.context_encoder):
        encoder.register_forward_hook(lambda *_: pytest.fail("encoded again"))
    fusion_curve(small_net, trace)


def test_the_swap_matrix(small_net: GLAMORNet, people: People) -> None:
    group = [people(seed) for seed in range(3)]
    matrix = swap_matrix(small_net, group)
    for i, face in enumerate(group):
        for j, scene in enumerate(group):
            pair = plain(small_net, Prepared(face.face, scene.context, scene.geometry))
            assert matrix.labels[i, j] == pair.logits.argmax()
            np.testing.assert_allclose(matrix.probabilities[i, j], pair.logits.softmax(dim=1)[0], atol=1e-5)
            np.testing.assert_allclose(matrix.attention[i, j], pair.attention[0], atol=1e-6)
            np.testing.assert_allclose(matrix.fusion_weights[i, j], pair.fusion_weights[0], atol=1e-6)


def test_each_face_and_scene_is_encoded_once(small_net: GLAMORNet, people: People) -> None:
    sizes: list[int] = []
    for encoder in (small_net.face_encoder, small_net.context_encoder):
        encoder.register_forward_hook(lambda module, inputs, output: sizes.append(len(output)))
    swap_matrix(small_net, [people(seed) for seed in range(4)])
    assert sizes == [4, 4]


@pytest.mark.parametrize(("gains", "decides"), [((9.0, 0.0), "face"), ((0.0, 3.0), "scene")])
def test_who_decides(
    gains: tuple[float, float],
    decides: str,
    red_detector: Callable[..., GLAMORNet],
    red_person: Callable[..., Prepared],
) -> None:
    red = red_person((1, 1), (1, 1))
    grey = Prepared(torch.full_like(red.face, 0.5), torch.full_like(red.context, 0.5), red.geometry)
    matrix = swap_matrix(red_detector(face_gain=gains[0], scene_gain=gains[1]), [red, grey])
    assert matrix.labels.diagonal().tolist() == [2, 0]  # red: the target; grey: all logits are 0
    assert matrix.telling_pairs == 2
    assert (matrix.face_decides, matrix.scene_decides) == ((2, 0) if decides == "face" else (0, 2))


def test_people_of_one_scene(small_net: GLAMORNet, people: People) -> None:
    group = [people(seed) for seed in range(3)]
    seen = compare_people(small_net, group, scene=1)
    for i, person in enumerate(group):
        over_scene = plain(small_net, Prepared(person.face, group[1].context, person.geometry))
        np.testing.assert_allclose(seen.attention[i], over_scene.attention[0], atol=1e-6)
        np.testing.assert_allclose(seen.own_attention[i], plain(small_net, person).attention[0], atol=1e-6)
    moved = np.abs(seen.attention[0] - seen.attention[2]).sum() / 2
    assert seen.distance[0, 2] == pytest.approx(moved)
    assert not seen.distance.diagonal().any()


def test_nobody_cannot_be_swapped(small_net: GLAMORNet, person: Prepared) -> None:
    with pytest.raises(ExplainError, match="nobody"):
        swap_matrix(small_net, [])
    with pytest.raises(ExplainError, match="no scene 2"):
        compare_people(small_net, [person], scene=2)
