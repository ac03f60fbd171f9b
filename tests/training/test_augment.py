"""Random views, held against pictures whose warp can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from glamor.config import ModelConfig
from glamor.training.augment import (
    Jitter,
    backgrounds,
    erase,
    face_views,
    foreground,
    random_theta,
    recolour,
    scene_views,
    to_float,
    warp,
)
from glamor.training.recipe import FILM

STILL = Jitter(degrees=0, zoom=(1, 1), shift=0, colour=0, grey=0, erase=0)
SMALL = ModelConfig(face_size=32, context_size=32, context_resize_hw=(32, 48))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int, height: int, width: int, seed: int = 1) -> Tensor:
    return torch.randint(1, 256, (count, height, width, 3), dtype=torch.uint8, generator=seeded(seed))


def dot(size: int, row: int, column: int, count: int = 1) -> Tensor:
    images = torch.zeros(count, 1, size, size)
    images[:, :, row, column] = 1
    return images


def centre_of_mass(view: Tensor) -> tuple[float, float]:
    """Return (row, column) in pixels, the middle of the first pixel being 0.5."""
    rows, columns = (torch.arange(side) + 0.5 for side in view.shape[-2:])
    mass = view.sum()
    return float((view.sum(-1) * rows).sum() / mass), float((view.sum(-2) * columns).sum() / mass)


def test_without_jitter_a_view_is_the_picture_or_its_mirror_image() -> None:
    images = pictures(16, 32, 32)
    none = torch.zeros(16, dtype=torch.bool)
    views = face_views(images, none, none, 32, STILL, seeded())
    originals = to_float(images)
    straight = (views - originals).abs().amax(dim=(1, 2, 3)) < 1e-3
    mirrored = (views - originals.flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-3
    assert (straight | mirrored).all()
    assert straight.any()
    assert mirrored.any()


def test_without_jitter_colours_stay() -> None:
    images = to_float(pictures(4, 8, 8))
    torch.testing.assert_close(recolour(images, STILL, seeded()), images, atol=1e-5, rtol=0)
    torch.testing.assert_close(erase(images, STILL, seeded()), images)


def test_grey_has_no_colour_left() -> None:
    grey = recolour(to_float(pictures(4, 8, 8)), replace(STILL, grey=1), seeded())
    torch.testing.assert_close(grey[:, 0], grey[:, 1])
    torch.testing.assert_close(grey[:, 0], grey[:, 2])


def test_dark_pictures_are_darker_and_flatter() -> None:
    images = to_float(pictures(32, 8, 8))
    dark = recolour(images, replace(STILL, dark=1), seeded())
    assert (dark.mean(dim=(1, 2, 3)) <= 0.86 * images.mean(dim=(1, 2, 3))).all()
    assert (dark.std(dim=(1, 2, 3)) < images.std(dim=(1, 2, 3))).all()
    some = recolour(images, replace(STILL, dark=0.4), seeded())
    unchanged = (some - images).abs().amax(dim=(1, 2, 3)) < 1e-5
    assert 0.4 < unchanged.float().mean() < 0.8


def test_blur_loses_what_is_finer_than_two_pixels_and_keeps_the_rest() -> None:
    board = ((torch.arange(16)[:, None] + torch.arange(16)) % 2).float().expand(1, 3, 16, 16)
    slope = torch.linspace(0.1, 0.9, 16).expand(1, 3, 16, 16)
    blurred = recolour(torch.cat((board, slope)), replace(STILL, blur=1), seeded())
    torch.testing.assert_close(blurred[0], torch.full((3, 16, 16), 0.5), atol=1e-3, rtol=0)
    torch.testing.assert_close(blurred[1, :, :, 1:-1], slope[0, :, :, 1:-1], atol=1e-3, rtol=0)


def test_recoloured_pictures_stay_in_range() -> None:
    views = recolour(to_float(pictures(64, 8, 8)), replace(STILL, colour=0.9, dark=0.5, blur=0.5), seeded())
    assert views.min() >= 0
    assert views.max() <= 1
    assert views.isfinite().all()


def test_erasing_fills_one_rectangle_with_one_colour() -> None:
    before = to_float(pictures(8, 40, 40))
    after = erase(before, replace(STILL, erase=1), seeded(4))
    for old, new in zip(before, after, strict=True):
        changed = (old != new).any(dim=0)
        rows, columns = changed.any(dim=1).nonzero().ravel(), changed.any(dim=0).nonzero().ravel()
        assert changed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].float().mean() > 0.95
        assert (new[:, changed] == new[:, changed][:, :1]).all()
        assert 0.05 * 40 / 2 <= len(rows) <= 0.4 * 40 + 1  # sides of 0.1 to 0.4, halved at a corner


@pytest.mark.parametrize(("zoom", "expected"), [(1.0, (8.5, 40.5)), (0.5, (20.25, 36.25)), (2.0, (-15.0, 49.0))])
def test_a_zoomed_dot_moves_away_from_the_centre(zoom: float, expected: tuple[float, float]) -> None:
    theta = torch.tensor([[[1 / zoom, 0, 0], [0, 1 / zoom, 0]]])
    view = warp(dot(64, 8, 40), theta, (64, 64))
    if expected[0] < 0:
        assert not view.any()
    else:
        assert centre_of_mass(view) == pytest.approx(expected, abs=0.3)


def test_zoom_enlarges_the_picture() -> None:
    square = torch.zeros(2, 1, 64, 64)
    square[:, :, 24:40, 24:40] = 1
    theta = random_theta(2, torch.tensor([0.5, 2.0]), STILL, 1.0, seeded())
    area = warp(square, theta, (64, 64)).sum(dim=(1, 2, 3))
    assert area.tolist() == pytest.approx([256 / 4, 256 * 4], rel=0.02)


def test_a_shift_moves_a_dot_by_at_most_its_share_of_the_side() -> None:
    theta = random_theta(200, torch.ones(200), replace(STILL, shift=0.1), 1.0, seeded())
    places = torch.tensor([centre_of_mass(view) for view in warp(dot(101, 50, 50, 200), theta, (101, 101))])
    off = (places - 50.5).abs()
    assert off.max() <= 10.1 + 0.1
    assert off.amax(dim=0).min() > 8  # and it does reach that far, both ways


@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_rotation_keeps_a_dot_at_its_distance(aspect: float) -> None:
    height, width = 80, round(80 * aspect)
    image = torch.zeros(50, 1, height, width)
    image[:, :, 39:41, width // 2 + 29 : width // 2 + 31] = 1  # 30 pixels right of the centre
    theta = random_theta(50, torch.ones(50), replace(STILL, degrees=45), aspect, seeded())
    places = torch.tensor([centre_of_mass(view) for view in warp(image, theta, (height, width))])
    down, right = places[:, 0] - height / 2, places[:, 1] - width / 2
    torch.testing.assert_close(torch.hypot(down, right), torch.full((50,), 30.0), atol=0.2, rtol=0)
    angles = torch.atan2(down, right.abs()).abs()
    assert angles.max() <= math.radians(45.5)
    assert angles.max() > math.radians(35)


def test_foreground_loses_the_black_surroundings_and_keeps_dark_pixels_inside() -> None:
    image = torch.zeros(1, 3, 20, 20)
    image[:, :, 5:15, 4:16] = 0.6
    image[:, :, 9:11, 9:11] = 0.01  # a pupil
    expected = torch.zeros(20, 20)
    expected[6:14, 5:15] = 1  # one pixel less all round
    torch.testing.assert_close(foreground(image)[0, 0], expected)


def test_foreground_keeps_a_picture_without_black_edges_whole() -> None:
    assert (foreground(to_float(pictures(2, 16, 16)).clamp_min(0.1)) == 1).all()


def test_only_blacked_out_backgrounds_are_filled() -> None:
    images = torch.full((128, 32, 32, 3), 180, dtype=torch.uint8)
    images[::2] = 0  # every other picture has black surroundings, its neighbours lend it their colours
    images[::2, 8:24, 8:24] = 180
    none = torch.zeros(128, dtype=torch.bool)
    for blacked_out, low, high in ((none, 0, 0), (torch.arange(128) % 2 == 0, 0.35, 0.65)):  # on average every second
        views = face_views(images, none, blacked_out, 32, STILL, seeded())
        filled = views[::2, :, :4, :4].amax(dim=(1, 2, 3)) > 0.02
        assert low <= filled.float().mean() <= high
        torch.testing.assert_close(views[:, :, 12:20, 12:20], torch.full((128, 3, 8, 8), 180 / 255), atol=1e-3, rtol=0)


def test_tight_pictures_are_shown_smaller() -> None:
    images = torch.full((32, 32, 32, 3), 200, dtype=torch.uint8)
    tight = torch.arange(32) < 16
    views = face_views(images, tight, torch.zeros(32, dtype=torch.bool), 32, STILL, seeded(3))
    middle = views[:, 0, 16] > 0.5 * 200 / 255
    assert (middle[16:].sum(dim=1) == 32).all()
    unfilled = [int(row.sum()) for row, view in zip(middle[:16], views[:16], strict=True) if view[:, 0, 0].max() < 0.02]
    assert unfilled
    assert all(0.75 * 32 - 1 <= width <= 32 for width in unfilled)
    assert min(unfilled) < 32


def test_backgrounds_are_colours_of_the_size() -> None:
    behind = backgrounds(to_float(pictures(8, 16, 16)), 24, seeded())
    assert behind.shape == (8, 3, 24, 24)
    assert behind.min() >= 0
    assert behind.max() <= 1


def test_large_pictures_are_halved_before_small_views() -> None:
    board = (torch.arange(64)[:, None] + torch.arange(64)) % 2 * 255  # aliases badly unless averaged
    images = board.to(torch.uint8)[None, :, :, None].expand(1, 64, 64, 3)
    none = torch.zeros(1, dtype=torch.bool)
    view = face_views(images, none, none, 32, STILL, seeded())
    torch.testing.assert_close(view, torch.full((1, 3, 32, 32), 0.5), atol=1e-3, rtol=0)


def test_scene_views_cut_the_face_crop_out_of_the_patch() -> None:
    patches = torch.full((4, 64, 64, 3), 50, dtype=torch.uint8)
    patches[:, 16:48, 16:48] = 220  # the crop itself: the patch is twice as large
    faces, _ = scene_views(patches, pictures(4, 64, 96), torch.zeros(4, 4), 2.0, SMALL, STILL, seeded())
    assert faces.shape == (4, 3, 32, 32)
    torch.testing.assert_close(faces, torch.full((4, 3, 32, 32), 220 / 255), atol=1e-3, rtol=0)


def test_scene_views_paint_the_face_black_where_it_is() -> None:
    photos = torch.full((8, 64, 96, 3), 200, dtype=torch.uint8)
    boxes = torch.tensor([[0.5, 0.25, 0.625, 0.5]]).expand(8, 4)  # columns 24 to 30, rows 8 to 16 of 32 x 48
    _, contexts = scene_views(pictures(8, 16, 16), photos, boxes, 1.6, SMALL, STILL, seeded())
    expected = torch.full((32, 48), 200 / 255)
    expected[8:16, 24:30] = 0
    straight, mirrored = expected[:, 8:40], expected.flip(1)[:, 8:40]
    for context in contexts:
        errors = [float((context - wanted).abs().max()) for wanted in (straight, mirrored)]
        assert min(errors) < 1e-3


def test_the_masked_face_stays_black_after_recolouring() -> None:
    photos = torch.full((32, 64, 96, 3), 120, dtype=torch.uint8)
    boxes = torch.tensor([[0.35, 0.3, 0.65, 0.7]]).expand(32, 4)
    jitter = replace(Jitter(), erase=0, colour=0.9, dark=0.5, blur=0.5)
    _, contexts = scene_views(pictures(32, 16, 16), photos, boxes, 1.6, SMALL, jitter, seeded())
    assert not contexts[:, :, 14:18, 14:18].any()
    assert contexts[:, :, :4, :].amax(dim=(1, 2, 3)).std() > 0.05  # and the rest did change


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_views(seed: int) -> None:
    images, photos, boxes = pictures(6, 32, 32), pictures(6, 64, 96), torch.rand(6, 4, generator=seeded()).sort(1)[0]
    tight = torch.arange(6) % 2 == 0

    def views(rng: torch.Generator) -> tuple[Tensor, ...]:
        faces = face_views(images, tight, ~tight, 32, FILM, rng)
        return (faces, *scene_views(images, photos, boxes, 1.6, SMALL, FILM, rng))

    first, again, other = views(seeded(seed)), views(seeded(seed)), views(seeded(seed + 1))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))
