from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from glamor.checkpoint import restore_tensors
from glamor.config import ModelConfig
from glamor.convert import from_tensorflow
from glamor.explain.trust.cascade import layers_from_top
from glamor.model import GLAMORNet, Intervention, Trace
from tests import seeded

FEEDBACK = (
    "logits",
    "attention",
    "attention_scores",
    "fusion_weights",
    "fusion_scores",
    "face_vector",
    "context_vector",
)


@pytest.fixture(scope="module")
def net() -> GLAMORNet:
    model = GLAMORNet(ModelConfig())
    restore_tensors(model, from_tensorflow(seeded.tf_variables()))
    return model.eval()


@pytest.fixture(scope="module")
def images() -> tuple[Tensor, Tensor]:
    return seeded.inputs()


def run(net: GLAMORNet, images: tuple[Tensor, Tensor], forced: Intervention | None = None) -> Trace:
    with torch.inference_mode():
        return net(*images, forced)


def test_forward_agrees_with_the_authors_tensorflow_network(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    trace = run(net, images)
    ours = {
        "probs": trace.logits.softmax(dim=1),
        "attention": trace.attention,
        "attention_scores": trace.attention_scores,
        "fusion": trace.fusion_weights,
        "fusion_scores": trace.fusion_scores,
        "face_vector": trace.face_vector,
        "context_vector": trace.context_vector,
    }
    with np.load(seeded.GOLDEN / "forward_golden.npz") as golden:
        assert set(golden.files) == {*ours, "seed"}
        for name, tensor in ours.items():
            assert tensor.shape == golden[name].shape
            np.testing.assert_allclose(tensor.numpy(), golden[name], rtol=0, atol=1e-4, err_msg=name)


def test_channels_last_computes_the_same_function(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    fast = GLAMORNet(net.config).eval()
    fast.load_state_dict(net.state_dict())
    fast.to(memory_format=torch.channels_last)
    torch.testing.assert_close(run(fast, images).logits, run(net, images).logits, rtol=0, atol=1e-4)


def test_size_is_the_published_networks() -> None:
    net = GLAMORNet(ModelConfig())
    numbers = sum(t.numel() for name, t in net.state_dict().items() if not name.endswith("num_batches_tracked"))
    assert numbers == 2_161_802
    assert sum(p.numel() for p in net.parameters() if p.requires_grad) == 2_158_602


def test_the_two_encoders_share_no_weights() -> None:
    net = GLAMORNet(ModelConfig())
    face = {p.data_ptr() for p in net.face_encoder.parameters()}
    assert face.isdisjoint(p.data_ptr() for p in net.context_encoder.parameters())


@pytest.mark.parametrize(("height", "width"), [(112, 112), (224, 224), (16, 48), (160, 112)])
def test_attention_grid_grows_with_the_context(net: GLAMORNet, height: int, width: int) -> None:
    trace = run(net, (torch.rand(2, 3, 96, 96), torch.rand(2, 3, height, width)))
    assert trace.attention.shape == trace.attention_scores.shape == (2, height // 16, width // 16)
    torch.testing.assert_close(trace.attention.sum(dim=(1, 2)), torch.ones(2))


def test_weights_are_probabilities(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    trace = run(net, images)
    assert (trace.attention >= 0).all()
    assert (trace.fusion_weights > 0).all()
    torch.testing.assert_close(trace.attention.sum(dim=(1, 2)), torch.ones(4))
    torch.testing.assert_close(trace.fusion_weights.sum(dim=1), torch.ones(4))


@pytest.mark.parametrize(
    "shape", [(3, 96, 96), (1, 1, 96, 96), (1, 3, 100, 96), (1, 3, 96, 8), (1, 3, 0, 96), (96,), ()]
)
@pytest.mark.parametrize("which", ["face", "context"])
def test_bad_shapes_are_refused_by_name(net: GLAMORNet, which: str, shape: tuple[int, ...]) -> None:
    images = {"face": torch.zeros(1, 3, 96, 96), "context": torch.zeros(1, 3, 112, 112), which: torch.zeros(shape)}
    with pytest.raises(ValueError, match=f"{which} is .*multiples of 16"):
        net(images["face"], images["context"])


def test_every_face_needs_its_context(net: GLAMORNet) -> None:
    with pytest.raises(ValueError, match="1 faces and 2 contexts"):
        net(torch.zeros(1, 3, 96, 96), torch.zeros(2, 3, 112, 112))


def test_what_was_learned_fed_back_changes_nothing(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    plain = run(net, images)
    forced = Intervention(plain.fusion_weights, plain.attention, *images)
    again = run(net, images, forced)
    for name in FEEDBACK:
        assert torch.equal(getattr(again, name), getattr(plain, name)), name


def test_an_empty_intervention_changes_nothing(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    assert torch.equal(run(net, images, Intervention()).logits, run(net, images).logits)


def test_full_weight_on_the_face_makes_the_context_irrelevant(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    face, context = images
    only_face = Intervention(fusion=torch.tensor([1.0, 0.0]))
    logits = run(net, images, only_face).logits
    assert torch.equal(run(net, (face, 1 - context), only_face).logits, logits)
    assert not torch.equal(run(net, (1 - face, context), only_face).logits, logits)


def test_full_weight_on_one_cell_gives_that_cell(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    one = torch.zeros(7, 7)
    one[2, 5] = 1  # row 2, column 5
    trace = run(net, images, Intervention(attention=one))
    with torch.inference_mode():
        expected = net.encode_context(images[1])[:, :, 2, 5]
    torch.testing.assert_close(trace.context_vector, expected)


def test_uniform_attention_is_mean_pooling(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    trace = run(net, images, Intervention(attention=torch.full((7, 7), 1 / 49)))
    with torch.inference_mode():
        mean = net.encode_context(images[1]).mean(dim=(2, 3))
    torch.testing.assert_close(trace.context_vector, mean, rtol=1e-5, atol=1e-5)


def test_a_stand_in_replaces_the_input(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    face, context = images
    grey = torch.full((3, 96, 96), 0.5)
    swapped = run(net, images, Intervention(face=grey, context=context.flip(0)))
    expected = run(net, (grey.expand_as(face), context.flip(0)))
    assert torch.equal(swapped.logits, expected.logits)


def test_people_in_a_batch_do_not_influence_each_other(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    face, context = images
    torch.testing.assert_close(run(net, (face[2:3], context[2:3])).logits, run(net, images).logits[2:3])


def test_normalisation_is_part_of_the_network(net: GLAMORNet, images: tuple[Tensor, Tensor]) -> None:
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.25, 2.0)
    other = GLAMORNet(ModelConfig(mean=mean, std=std)).eval()
    other.load_state_dict(net.state_dict())
    by_hand = [(x - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1) for x in images]
    torch.testing.assert_close(run(other, images).logits, run(net, (by_hand[0], by_hand[1])).logits)


def test_a_timm_backbone_takes_the_encoders_place() -> None:
    config = ModelConfig(encoder="resnet18", class_names=("no", "yes"))
    net = GLAMORNet(config).eval()
    trace = run(net, (torch.rand(2, 3, 96, 96), torch.rand(2, 3, 224, 224)))
    assert trace.logits.shape == (2, 2)
    assert trace.attention.shape == (2, 7, 7)  # its stride is 32
    assert trace.context_vector.shape == (2, 512)


def test_the_scene_may_have_an_encoder_of_its_own() -> None:
    net = GLAMORNet(ModelConfig(context_encoder="resnet18")).eval()
    trace = run(net, (torch.rand(2, 3, 96, 96), torch.rand(2, 3, 224, 224)))
    assert trace.face_vector.shape == (2, 256)
    assert trace.context_vector.shape == (2, 512)
    assert trace.attention.shape == (2, 7, 7)
    covered = {p for _, modules in layers_from_top(net) for module in modules for p in module.parameters()}
    assert covered == set(net.parameters())


@pytest.mark.parametrize("encoder", ["glamor", "resnet18"])
def test_a_summary_tells_what_each_channel_of_the_last_stages_is_on_average(
    encoder: str, images: tuple[Tensor, Tensor]
) -> None:
    net = GLAMORNet(ModelConfig(encoder=encoder)).eval()
    with torch.inference_mode():
        trace, plain = net(*images, summarise=True), net(*images)
        maps = net.encode_face(images[0])
    torch.testing.assert_close(trace.logits, plain.logits, rtol=0, atol=0)
    assert plain.face_summary is None
    assert trace.face_summary.shape == (len(images[0]), net.face_encoder.summary_channels)
    assert trace.context_summary.shape == (len(images[1]), net.context_encoder.summary_channels)
    last = maps.mean(dim=(2, 3)) / maps.mean(dim=(2, 3)).norm(dim=1, keepdim=True)
    torch.testing.assert_close(trace.face_summary[:, -last.shape[1] :], last)
    torch.testing.assert_close(trace.face_summary.square().sum(dim=1), torch.full((len(maps),), 3.0))
