"""A face's way through the network: the same numbers as the network's own trace, small enough to be sent."""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load
from torch import nn

from glamor.config import CONTEXT_ONLY, ModelConfig
from glamor.explain import Intervention, encode, head_weights, recombine, switching_units, walk
from glamor.explain.head_weights import Affine, Dense, Scorer
from glamor.explain.walk import LARGEST_MAP, MAPS_A_BLOCK, Block, telling_channels
from glamor.model import GLAMORNet
from glamor.prepare import Geometry, Prepared
from tests.explain.conftest import SMALL

LITE = ("blocks.0", "blocks.1", "blocks.2", "blocks.4", "blocks.6")
OWN = tuple(f"block {i}" for i in range(1, 6))
# name: (config, names of the face's blocks, names of the scene's)
NETWORKS = {
    "published": (SMALL, OWN, OWN),
    "caer": (replace(SMALL, attention=CONTEXT_ONLY, vector_norm=True), OWN, OWN),
    "lite": (replace(SMALL, context_encoder="tf_efficientnet_lite0"), OWN, LITE),
    "resnet": (replace(SMALL, encoder="resnet18"), *[("act1", "layer1", "layer2", "layer3", "layer4")] * 2),
    "flattened": (
        replace(SMALL, context_encoder="convnext_atto"),
        OWN,
        ("stages.0", "stages.1", "stages.2", "stages.3"),
    ),
    "no maps but the last": (
        replace(SMALL, context_encoder="vit_tiny_patch16_224", context_resize_hw=(224, 224), context_size=224),
        OWN,
        ("output",),
    ),
}
PHOTO = Geometry((100, 200), (10, 20, 30, 40), (35.0, 6.25, 166.0, 93.75))


def random_network(config: ModelConfig) -> GLAMORNet:
    torch.manual_seed(3)
    model = GLAMORNet(config).eval()
    for module in model.modules():
        if type(module) in (nn.BatchNorm1d, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.05, 0.2)
            nn.init.uniform_(module.weight, -1, 1)
            nn.init.uniform_(module.bias, -0.2, 0.2)
    return model


def random_person(config: ModelConfig) -> Prepared:
    generator = torch.Generator().manual_seed(8)
    face, context = (torch.rand(3, side, side, generator=generator) for side in (config.face_size, config.context_size))
    return Prepared(face, context, PHOTO)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_walk_is_the_networks_own_trace(name: str) -> None:
    config, *_ = NETWORKS[name]
    model, person = random_network(config), random_person(config)
    found = walk(model, person)
    with torch.inference_mode():
        trace = model(person.face[None], person.context[None])
        face_map, context_map = model.encode_face(person.face[None]), model.encode_context(person.context[None])
    for field, tensor in ((field, tensor) for field, tensor in vars(trace).items() if tensor is not None):
        np.testing.assert_allclose(getattr(found, field), tensor[0].numpy(), rtol=0, atol=1e-6, err_msg=field)
    np.testing.assert_allclose(found.face_mean, face_map[0].flatten(1).mean(1).numpy(), rtol=0, atol=1e-6)
    for row, column in ((0, 0), (1, 0), (0, 1)):
        np.testing.assert_array_equal(found.cells[row, column], context_map[0, :, row, column].numpy())
    np.testing.assert_allclose(found.probabilities, trace.logits[0].softmax(0).numpy(), rtol=0, atol=1e-6)
    assert found.geometry == PHOTO


@pytest.mark.parametrize("name", NETWORKS)
def test_its_blocks_are_those_of_the_encoders(name: str) -> None:
    config, face_names, scene_names = NETWORKS[name]
    found = walk(random_network(config), random_person(config))
    assert tuple(block.name for block in found.face_blocks) == face_names
    assert tuple(block.name for block in found.scene_blocks) == scene_names
    last = found.scene_blocks[-1]
    assert (*last.map_hw, last.size) == found.cells.shape
    for map_, channel in zip(_values(last), last.channels, strict=True):
        np.testing.assert_allclose(map_, found.cells[..., channel], rtol=0, atol=np.ptp(map_) / 500)


def test_the_maps_are_those_channels(small_net: GLAMORNet, person: Prepared) -> None:
    maps = person.face[None]
    with torch.no_grad():
        for module, block in zip(small_net.face_encoder, walk(small_net, person).face_blocks, strict=True):
            maps = module(maps)
            assert (block.size, *block.map_hw) == tuple(maps.shape[1:])
            assert 1 <= len(block.channels) <= MAPS_A_BLOCK
            for map_, channel in zip(_values(block), block.channels, strict=True):
                np.testing.assert_allclose(map_, maps[0, channel].numpy(), rtol=0, atol=np.ptp(map_) / 500)


def test_large_maps_are_averaged_down() -> None:
    config = replace(SMALL, context_resize_hw=(224, 224), context_size=224)
    model, person = random_network(config), random_person(config)
    first = walk(model, person).scene_blocks[0]
    assert first.map_hw == (112, 112)
    assert first.maps.shape[1:] == (LARGEST_MAP, LARGEST_MAP)
    with torch.no_grad():
        whole = model.context_encoder[0](person.context[None])[0, first.channels[0]].numpy()
    assert _values(first)[0, 3, 5] == pytest.approx(float(whole[6:8, 10:12].mean()), abs=float(np.ptp(whole)) / 500)


def _values(block: Block) -> np.ndarray:
    low, high = block.low[:, None, None], block.high[:, None, None]
    return low + block.maps / 255 * (high - low)


def test_the_most_telling_channels_do_not_repeat_each_other() -> None:
    stripes, chequers = torch.tensor([[1.0, -1.0], [1.0, -1.0]]), torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    flat = torch.full((2, 2), 9.0)
    maps = torch.stack([flat, 2 * chequers, 5 * stripes, 4 * stripes + chequers, 3 * stripes])
    assert telling_channels(maps) == (2, 1)  # the rest is flat or follows from these two
    assert telling_channels(maps, 1) == (2,)
    assert telling_channels(flat[None]) == ()


@pytest.mark.parametrize("config", [ModelConfig(), ModelConfig(context_encoder="tf_efficientnet_lite0")])
def test_it_is_small_enough_to_be_sent(config: ModelConfig) -> None:
    found = walk(random_network(config), random_person(config))
    assert len(base64.b64encode(found.to_bytes())) < 150_000


def test_what_is_sent_is_all_of_it(small_net: GLAMORNet, person: Prepared) -> None:
    found = walk(small_net, person)
    sent = found.to_bytes()
    arrays = load(sent)
    np.testing.assert_array_equal(arrays["cells"], found.cells)
    np.testing.assert_array_equal(arrays["face_blocks.1.maps"], found.face_blocks[1].maps)
    header = json.loads(sent[8 : 8 + int.from_bytes(sent[:8], "little")])
    about = json.loads(header["__metadata__"]["about"])
    assert about["class_names"] == list(found.class_names)
    assert about["geometry"]["face_box_xyxy"] == [16, 32, 48, 80]
    assert about["scene_blocks"][4]["channels"] == list(found.scene_blocks[4].channels)
    assert sent == walk(small_net, person).to_bytes()


def test_the_network_is_left_as_it_was(small_net: GLAMORNet, person: Prepared) -> None:
    small_net.train()
    found, weights = walk(small_net, person), head_weights(small_net)
    assert all(module.training and not module._forward_hooks for module in small_net.modules())
    before = (found.cells.copy(), weights.head[0].weight.copy())
    with torch.no_grad():
        for parameter in small_net.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(found.cells, before[0])
    np.testing.assert_array_equal(weights.head[0].weight, before[1])  # no view of the network's own


def test_blank_sides_are_what_black_inputs_come_to(small_net: GLAMORNet, person: Prepared) -> None:
    black = Intervention(face=torch.zeros_like(person.face), context=torch.zeros_like(person.context))
    encoded = encode(small_net, person, black)
    blank = head_weights(small_net).blank
    np.testing.assert_allclose(blank.face_mean, encoded.face_map[0].mean(dim=(1, 2)), rtol=0, atol=1e-6)
    np.testing.assert_allclose(blank.cells, encoded.context_map[0].permute(1, 2, 0), rtol=0, atol=1e-6)
    scores = recombine(small_net, encoded).attention_scores[0]
    np.testing.assert_allclose(blank.attention_scores, scores, rtol=0, atol=1e-6)


def test_units_that_switch_by_hand() -> None:
    """Seven units, two cells whose only channel is 1 and -1, a face whose only channel is 2."""
    units = {  # (weight of the face, weight of the cell, bias, scale, shift, weight of the score): does it switch
        (1, 1, 0, 1, 0, 1): False,  # 3 and 1: let through in both cells
        (0, 1, -2, 1, 0, 1): False,  # -1 and -3: the first ReLU shuts both
        (1, 3, 0, 1, 0, 1): True,  # 5 and -1: the first ReLU shuts the second cell
        (1, 1, 0, 1, -2, 1): True,  # 3 - 2 and 1 - 2: the second ReLU shuts the second cell
        (1, 3, 0, 1, 2, 1): True,  # the same as the third, but the shut cell still hears the shift
        (1, 1, 0, -1, 2, 1): True,  # 2 - 3 and 2 - 1: shut where the first value is larger
        (1, 3, 0, 1, 0, 0): False,  # as the third, but no score hears it
    }
    face, cell, bias, scale, shift, score = np.array(list(units), np.float32).T
    scorer = Scorer(face[:, None], cell[:, None], bias, Affine(scale, shift), Dense(score[None], np.zeros(1, "f")))
    weights = replace(head_weights(random_network(SMALL)), scorer=scorer)
    found = switching_units(weights, np.array([2], "f"), np.array([[[1], [-1]]], "f"))
    assert found.tolist() == list(units.values())


def test_units_that_switch_are_those_through_which_the_face_moves_attention() -> None:
    model, person = random_network(replace(SMALL, hidden=64)), random_person(SMALL)
    found = walk(model, person)
    switches = switching_units(head_weights(model), found.face_mean, found.cells)
    exact = deepcopy(model.attention).double()
    face = torch.from_numpy(found.face_mean).double()[None]
    cells = torch.from_numpy(found.cells).double().permute(2, 0, 1)[None]

    def attention(moved: torch.Tensor) -> torch.Tensor:
        hook = exact.fc1.register_forward_hook(lambda _module, _inputs, output: output + moved)
        scores = exact(face, cells)
        hook.remove()
        return scores.flatten().softmax(0)

    slopes = torch.autograd.functional.jacobian(attention, torch.zeros(64, dtype=torch.float64))  # (cells, hidden)
    assert 0 < switches.sum() < 64
    assert switches.tolist() == (slopes.abs().amax(0) > 1e-12).tolist()


def test_without_the_face_no_unit_switches() -> None:
    model, person = random_network(NETWORKS["caer"][0]), random_person(SMALL)
    weights, found = head_weights(model), walk(model, person)
    assert weights.scorer is None
    assert switching_units(weights, found.face_mean, found.cells).shape == (0,)


def test_weights_are_sent_in_single_precision(small_net: GLAMORNet) -> None:
    assert {array.dtype for array in load(head_weights(small_net).to_bytes()).values()} == {np.dtype("float32")}
