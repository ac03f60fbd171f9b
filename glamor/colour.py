"""Colours of other colour spaces, as sRGB: what a browser shows, and what the network has learnt from."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageCms

Conversion = Callable[[Image.Image], Image.Image]

_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # Pillow's names for the colour spaces of profiles
_GREYS = frozenset({"1", "L", "LA"})
_UNSEEN = 1  # of 255: profiles that change no colour by more are sRGB


def conversion(image: Image.Image) -> Conversion:
    """Return what makes RGB of an image, or of a part of it, whose transparency has been dealt with.

    The colour profile in it is followed; one that is broken, or of another kind of picture, is ignored.
    """
    try:
        return _conversion(image) or _plain
    except Exception:  # on a broken profile lcms lets several classes of exception out, and what follows is fine
        return _plain


def _plain(image: Image.Image) -> Image.Image:
    return image.convert("RGB")


def _conversion(image: Image.Image) -> Conversion | None:
    if image.mode == "LAB":
        return _following(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "LAB")
    embedded = image.info.get("icc_profile")
    if not isinstance(embedded, bytes) or not embedded:
        return None
    profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
    mode = _MODES.get(profile.profile.xcolor_space.strip())
    if mode is None or (mode == "CMYK") != (image.mode == "CMYK") or (mode == "L" and image.mode not in _GREYS):
        return None
    follow = _following(profile, mode)
    probe = _probe(mode)
    changes = np.asarray(follow(probe)).astype(int) - np.asarray(probe.convert("RGB"))
    return follow if abs(changes).max() > _UNSEEN else None


def _following(profile: ImageCms.ImageCmsProfile, mode: str) -> Conversion:
    transform = ImageCms.buildTransform(
        profile, _srgb(), mode, "RGB", ImageCms.Intent.PERCEPTUAL, ImageCms.Flags.BLACKPOINTCOMPENSATION
    )
    return lambda image: transform.apply(image if image.mode == mode else image.convert(mode))


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _probe(mode: str) -> Image.Image:
    """Return a picture of colours from all over a colour space."""
    levels = np.linspace(0, 255, 9 if mode != "L" else 256).round().astype(np.uint8)
    if mode == "L":
        return Image.fromarray(levels[None])
    channels = np.stack(np.meshgrid(*[levels] * len(mode), indexing="ij"), -1)
    return Image.fromarray(channels.reshape(9, -1, len(mode)), mode)
