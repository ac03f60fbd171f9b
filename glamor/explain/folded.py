"""The same network in half the time, for the thousands of passes of a check."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from glamor.model import GLAMORNet


def folded(model: GLAMORNet) -> GLAMORNet:
    """Return a copy in eval mode that computes the same up to rounding, and faster.

    Each BatchNorm that follows its convolution in an encoder becomes part of that convolution's
    weights and bias (at inference both are linear), and pixels lie in memory channels last.

    Args:
        model: the network, left untouched; its hooks are copied with it.
    """
    copy = deepcopy(model).eval()
    for encoder in (copy.face_encoder, copy.context_encoder):
        for module in list(encoder.modules()):
            if isinstance(module, nn.Sequential):
                _fold(module)
    return copy.to(memory_format=torch.channels_last)


def _fold(block: nn.Sequential) -> None:
    for i in range(len(block) - 1):
        convolution, norm = block[i], block[i + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            block[i], block[i + 1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
