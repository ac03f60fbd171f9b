"""Occlusion one stream at a time is plain occlusion, for half the encoding."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from captum.attr import Occlusion
from numpy.typing import NDArray
from torch import Tensor

from glamor.config import ModelConfig
from glamor.explain import explain
from glamor.model import GLAMORNet
from glamor.prepare import Geometry, Prepared

PATCH, STRIDE = 16, 8
FACE_PATCHES, CONTEXT_PATCHES = 5 * 5, 7 * 7  # of 48 x 48 and 64 x 64 pixels


def naive(model: GLAMORNet, face: Tensor, context: Tensor, *, hide_face: bool, target: int) -> NDArray[np.float64]:
    """Occlusion as its paper describes it: a whole forward pass for every patch."""
    image = face if hide_face else context
    size = image.shape[-1]
    lost, covered = np.zeros((size, size)), np.zeros((size, size))
    with torch.no_grad():
        plain = model(face[None], context[None]).logits[0, target]
        for top, left in product(range(0, size - PATCH + 1, STRIDE), repeat=2):
            hidden = image.clone()
            hidden[:, top : top + PATCH, left : left + PATCH] = 0
            pair = (hidden, context) if hide_face else (face, hidden)
            loss = float(plain - model(pair[0][None], pair[1][None]).logits[0, target])
            lost[top : top + PATCH, left : left + PATCH] += loss
            covered[top : top + PATCH, left : left + PATCH] += 1
    return lost / covered


def test_equals_naive_occlusion(small_net: GLAMORNet, person: Prepared) -> None:
    found = explain(small_net, person, "occlusion", 5)
    face = naive(small_net, person.face, person.context, hide_face=True, target=5)
    context = naive(small_net, person.face, person.context, hide_face=False, target=5)
    np.testing.assert_allclose(found.face, face, atol=1e-4)
    np.testing.assert_allclose(found.context[found.scored], context[found.scored], atol=1e-4)


@pytest.mark.parametrize("method", ["occlusion", "feature_ablation"])
def test_the_stream_that_stays_is_encoded_once(method: str, small_net: GLAMORNet, person: Prepared) -> None:
    images = {"face": 0, "context": 0}

    def count(stream: str) -> None:
        def hook(module: object, inputs: object, output: Tensor) -> None:
            images[stream] += len(output)

        getattr(small_net, f"{stream}_encoder").register_forward_hook(hook)

    for stream in images:
        count(stream)
    explain(small_net, person, method, 0)
    # Logit, baseline's logit, the unhidden start of the own run, once for the other's run.
    faces, contexts = images["face"] - 4, images["context"] - 5  # and once for the grid's size
    if method == "occlusion":
        assert (faces, contexts) == (FACE_PATCHES, CONTEXT_PATCHES)
    assert 0 < faces < 40
    assert 0 < contexts < 50


def test_at_the_published_sizes_it_encodes_half_as_many_pixels_as_plain_occlusion() -> None:
    model = GLAMORNet(ModelConfig(filters=(1, 1, 1, 1, 1), hidden=1)).eval()
    encoded = {"pixels": 0}

    def count(module: object, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        encoded["pixels"] += len(inputs[0]) * inputs[0].shape[2] * inputs[0].shape[3]

    model.face_encoder.register_forward_hook(count)
    model.context_encoder.register_forward_hook(count)
    face, context = torch.rand(1, 3, 96, 96), torch.rand(1, 3, 112, 112)
    window, strides = ((3, PATCH, PATCH),) * 2, ((3, STRIDE, STRIDE),) * 2
    Occlusion(lambda *pair: model(*pair).logits).attribute(
        (face, context), sliding_window_shapes=window, strides=strides, target=0
    )
    plain, encoded["pixels"] = encoded["pixels"], 0
    nobody = Geometry((112, 112), (0, 0, 0, 0), (0.0, 0.0, 112.0, 112.0))
    explain(model, Prepared(face[0], context[0], nobody), "occlusion", 0)
    # 290 patches with both inputs each, against 121 faces and 169 scenes and a handful of whole passes.
    assert plain >= 290 * (96**2 + 112**2)
    assert 1.85 < plain / encoded["pixels"] < 2.0
