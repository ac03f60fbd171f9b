from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from glamor.checkpoint import load_checkpoint, restore_tensors, save_checkpoint
from glamor.config import CONTEXT_ONLY, ModelConfig
from glamor.explain.trust.cascade import layers_from_top
from glamor.fused import fuse_batchnorm
from glamor.model import GLAMORNet, Intervention
from glamor.training.losses import Ablation, ablate
from tests import caer
from tests.seeded import GOLDEN
from tests.small import SMALL


@pytest.fixture(scope="module")
def net() -> GLAMORNet:
    model = GLAMORNet(caer.CAER)
    restore_tensors(model, caer.tensors())
    return model.eval()


def test_forward_agrees_with_the_public_reproduction_of_caer_net_s(net: GLAMORNet) -> None:
    with torch.inference_mode():
        trace = net(*caer.inputs())
    ours = {
        "logits": trace.logits,
        "attention": trace.attention,
        "attention_scores": trace.attention_scores,
        "fusion_scores": trace.fusion_scores,
        "fusion": trace.fusion_weights,
        "face_vector": trace.face_vector,
        "context_vector": trace.context_vector,
    }
    with np.load(GOLDEN / "caer_forward_golden.npz") as golden:
        assert set(golden.files) == {*ours, "face_pooled", "context_pooled", "seed"}
        for name, tensor in ours.items():
            assert tensor.shape == golden[name].shape
            np.testing.assert_allclose(tensor.numpy(), golden[name], rtol=0, atol=1e-4, err_msg=name)


def test_size_is_the_references() -> None:
    state = GLAMORNet(caer.CAER).state_dict()
    stored = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    assert len(stored) == len(caer.shapes()) == 92
    assert sum(tensor.numel() for tensor in stored.values()) == 2_394_254


def test_the_scene_alone_says_where_it_looks(net: GLAMORNet) -> None:
    face, context = caer.inputs()
    guided = GLAMORNet(replace(caer.CAER, attention=ModelConfig.attention)).eval()
    with torch.inference_mode():
        assert torch.equal(net(face, context).attention, net(face.flip(0), context).attention)
        assert not torch.equal(guided(face, context).attention, guided(face.flip(0), context).attention)


def test_a_forced_map_replaces_its_own(net: GLAMORNet) -> None:
    face, context = caer.inputs()
    one = torch.zeros(7, 7)
    one[2, 5] = 1
    with torch.inference_mode():
        trace = net(face, context, Intervention(attention=one, fusion=torch.tensor([0.0, 1.0])))
        cell = net.encode_context(context)[:, :, 2, 5] / 49
        assert net.context_norm is not None
        torch.testing.assert_close(trace.context_vector, net.context_norm(cell))
    assert torch.equal(trace.attention, one.expand(4, 7, 7))


def test_fusing_batchnorm_computes_the_same(net: GLAMORNet) -> None:
    with torch.inference_mode():
        torch.testing.assert_close(
            fuse_batchnorm(net)(*caer.inputs()).logits, net(*caer.inputs()).logits, rtol=0, atol=1e-3
        )


@pytest.mark.parametrize("vector_norm", [False, True])
def test_it_is_saved_and_loaded(vector_norm: bool, tmp_path: Path) -> None:
    config = replace(SMALL, attention=CONTEXT_ONLY, vector_norm=vector_norm)
    model = GLAMORNet(config).eval()
    save_checkpoint(tmp_path, model, config)
    loaded = load_checkpoint(tmp_path, device="cpu")
    assert loaded.config == config
    images = torch.rand(2, 3, 96, 96), torch.rand(2, 3, 112, 112)
    with torch.inference_mode():
        torch.testing.assert_close(loaded.model(*images).logits, model(*images).logits)


def test_attention_can_be_ablated() -> None:
    model = GLAMORNet(caer.CAER).eval()
    ablate(Ablation.NO_ATTENTION, model)
    with torch.inference_mode():
        attention = model(*caer.inputs()).attention
    torch.testing.assert_close(attention, torch.full((4, 7, 7), 1 / 49))


def test_a_cascade_forgets_all_of_it() -> None:
    model = GLAMORNet(replace(SMALL, attention=CONTEXT_ONLY, vector_norm=True))
    covered = {p for _, modules in layers_from_top(model) for module in modules for p in module.parameters()}
    assert covered == set(model.parameters())
