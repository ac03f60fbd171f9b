"""Both layouts are read as documented, decoded once, and cut where a hand-made picture says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from glamor.config import CLASS_NAMES, ModelConfig
from glamor.errors import DataError
from glamor.training.data import (
    PATCH_SIZE,
    PHOTO_HW,
    Sample,
    balanced_weights,
    is_scenes,
    list_samples,
    load_faces,
    load_scenes,
    prepare_sample,
)
from tests.datasets import SCENE_BOX, SCENE_HW, add_scene, make_faces, make_scenes, save

GREY = np.full((40, 60, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_faces(tmp_path_factory.mktemp("data") / "faces", per_class=2)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_scenes(tmp_path_factory.mktemp("data") / "scenes")


def test_faces_are_listed_by_class_and_name(faces: Path) -> None:
    samples = list_samples(faces, "val", CLASS_NAMES)
    assert not is_scenes(faces)
    assert [sample.label for sample in samples] == [label for label in range(7) for _ in range(2)]
    assert samples[0] == Sample(faces / "val" / "Anger" / "effectnet_0.png", 0, "effectnet", None)
    assert samples[-1] == Sample(faces / "val" / "Surprise" / "fer2013_1.png", 6, "fer2013", None)


def test_scenes_are_listed_with_their_boxes(scenes: Path) -> None:
    samples = list_samples(scenes, "train", CLASS_NAMES)
    assert is_scenes(scenes)
    assert len(samples) == 14
    assert samples[1] == Sample(scenes / "images" / "train" / "Anger" / "stock_1.jpg", 0, "stock", SCENE_BOX)


def test_labels_follow_the_class_names_that_are_asked_for(faces: Path) -> None:
    samples = list_samples(faces, "val", ("Surprise", "Anger"))
    assert [(sample.label, sample.path.parent.name) for sample in samples[::2]] == [(0, "Surprise"), (1, "Anger")]


def test_only_pictures_count_and_a_name_without_underscore_has_no_source(tmp_path: Path) -> None:
    for name in ("plain.PNG", "notes.txt", "film_a_b.png"):
        save(tmp_path / "val" / "Fear" / f"{name}.png", GREY)
        (tmp_path / "val" / "Fear" / f"{name}.png").rename(tmp_path / "val" / "Fear" / name)
    assert [(s.path.name, s.source) for s in list_samples(tmp_path, "val", CLASS_NAMES)] == [
        ("film_a_b.png", "film"),
        ("plain.PNG", ""),
    ]


@pytest.mark.parametrize(
    ("text", "box"),
    [("1,2,3,4", (1, 2, 3, 4)), (" -1.5, 2e1 ,30,40\n", (-1.5, 20, 30, 40)), ("0,0,0,0", (0, 0, 0, 0))],
)
def test_boxes_are_four_numbers(tmp_path: Path, text: str, box: tuple[float, ...]) -> None:
    add_scene(tmp_path, "val", "Sad", "film_1", GREY, ())
    (tmp_path / "crop" / "val" / "Sad" / "film_1.txt").write_text(text)
    assert list_samples(tmp_path, "val", CLASS_NAMES)[0].face_box_xyxy == box


@pytest.mark.parametrize("content", [b"", b"1,2,3", b"1,2,3,4,5", b"a,b,c,d", b"\xff\xfe,1,2,3", None])
def test_an_unreadable_box_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    add_scene(tmp_path, "val", "Sad", "film_1", GREY, ())
    path = tmp_path / "crop" / "val" / "Sad" / "film_1.txt"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataError, match=r"Sad.film_1\.txt does not hold a face box; expected 'x1,y1,x2,y2'") as caught:
        list_samples(tmp_path, "val", CLASS_NAMES)
    assert "\n" not in str(caught.value)


def test_a_split_that_is_not_there_is_refused(faces: Path) -> None:
    with pytest.raises(DataError, match=r"^\S*nowhere is not a folder; expected .*\.$"):
        list_samples(faces, "nowhere", CLASS_NAMES)


def test_a_split_without_pictures_is_refused(faces: Path) -> None:
    with pytest.raises(DataError, match=r"^\S*val holds no pictures in folders named Joy, Rage\.$"):
        list_samples(faces, "val", ("Joy", "Rage"))


def test_faces_are_decoded_to_the_size_in_order(tmp_path: Path) -> None:
    for name, value in (("Anger", 40), ("Sad", 90)):
        save(tmp_path / "val" / name / "film_0.png", np.full((30, 20, 3), (value, 0, 255), np.uint8))
    arrays = load_faces(list_samples(tmp_path, "val", CLASS_NAMES), 24)
    assert arrays.images.shape == (2, 24, 24, 3)
    assert arrays.images.dtype == np.uint8
    assert np.unique(arrays.images[0].reshape(-1, 3), axis=0).tolist() == [[40, 0, 255]]
    assert np.unique(arrays.images[1].reshape(-1, 3), axis=0).tolist() == [[90, 0, 255]]
    assert arrays.labels.tolist() == [0, 5]
    assert arrays.sources.tolist() == ["film", "film"]


def test_the_cache_spares_the_second_decoding_and_ends_when_a_file_changes(tmp_path: Path) -> None:
    root, cache = make_faces(tmp_path / "faces", per_class=1, splits=("val",)), tmp_path / "cache"
    samples = list_samples(root, "val", CLASS_NAMES)
    first = load_faces(samples, 24, cache)
    (stored,) = cache.glob("*.npy")
    marked = np.load(stored)
    marked[0] = 77
    np.save(stored, marked)
    again = load_faces(samples, 24, cache)
    assert (again.images[0] == 77).all()  # came from the cache, not from the pictures
    np.testing.assert_array_equal(again.images[1:], first.images[1:])

    save(samples[0].path, np.full((31, 31, 3), 200, np.uint8))
    assert (load_faces(samples, 24, cache).images[0] == 200).all()
    assert len(load_faces(samples[1:], 24, cache).images) == 6
    assert load_faces(samples, 20, cache).images.shape[1] == 20


def test_an_unfinished_cache_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    root, cache = make_scenes(tmp_path / "scenes", per_class=1, splits=("val",)), tmp_path / "cache"
    samples = list_samples(root, "val", CLASS_NAMES)
    whole = load_scenes(samples, cache)
    assert sorted(path.name.split(".")[1] for path in cache.iterdir()) == ["0", "1", "2"]
    next(cache.glob("*.0.npy")).unlink()  # what a kill between two files leaves
    again = load_scenes(samples, cache)
    for name in ("patches", "photos", "boxes"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))


def test_scene_boxes_are_fractions_of_the_photo(scenes: Path) -> None:
    arrays = load_scenes(list_samples(scenes, "val", CLASS_NAMES))
    height, width = SCENE_HW
    x1, y1, x2, y2 = SCENE_BOX
    expected = [x1 / width, y1 / height, x2 / width, y2 / height]
    np.testing.assert_allclose(arrays.boxes, np.tile(expected, (14, 1)), rtol=1e-6)
    assert arrays.patches.shape == (14, PATCH_SIZE, PATCH_SIZE, 3)
    assert arrays.photos.shape == (14, *PHOTO_HW, 3)
    assert arrays.labels.tolist() == sorted([*range(7)] * 2)
    assert arrays.sources[:2].tolist() == ["film", "stock"]


def test_a_patch_is_the_box_enlarged_around_its_centre(tmp_path: Path) -> None:
    # The box is 120 wide: its patch is 192 wide, pixel for pixel, 36 more on each side.
    photo = np.zeros((300, 400, 3), np.uint8)
    photo[..., 0], photo[..., 1] = np.arange(400) // 2, np.arange(300)[:, None] // 2
    save(tmp_path / "images" / "val" / "Fear" / "film_0.png", photo)
    box = tmp_path / "crop" / "val" / "Fear" / "film_0.txt"
    box.parent.mkdir(parents=True)
    box.write_text("100,80,220,200")
    arrays = load_scenes(list_samples(tmp_path, "val", CLASS_NAMES))
    np.testing.assert_array_equal(arrays.patches[0], photo[44:236, 64:256])


def test_a_patch_is_black_over_the_edge_of_the_photo(tmp_path: Path) -> None:
    save(tmp_path / "images" / "val" / "Fear" / "film_0.png", np.full((200, 200, 3), 250, np.uint8))
    box = tmp_path / "crop" / "val" / "Fear" / "film_0.txt"
    box.parent.mkdir(parents=True)
    box.write_text("-20,40,100,160")  # the patch begins 56 pixels left of the photo
    (patch,) = load_scenes(list_samples(tmp_path, "val", CLASS_NAMES)).patches
    assert (patch[:, :56] == 0).all()
    assert (patch[:, 56:] == 250).all()


def test_a_scene_without_a_face_has_a_black_patch(tmp_path: Path) -> None:
    add_scene(tmp_path, "val", "Fear", "film_0", GREY, (0, 0, 0, 0))
    arrays = load_scenes(list_samples(tmp_path, "val", CLASS_NAMES))
    assert not arrays.patches.any()
    assert not arrays.boxes.any()


def test_a_face_alone_is_prepared_with_a_black_scene(faces: Path) -> None:
    face, context = prepare_sample(list_samples(faces, "val", CLASS_NAMES)[0], ModelConfig())
    assert face.shape == (3, 96, 96)
    assert face.max() > 0.1
    assert context.shape == (3, 112, 112)
    assert not context.any()


def test_a_scene_is_prepared_with_its_face_masked(tmp_path: Path) -> None:
    photo = np.full((128, 171, 3), 200, np.uint8)
    photo[40:80, 60:100] = (250, 10, 10)
    add_scene(tmp_path, "val", "Fear", "film_0", photo, (60, 40, 100, 80))
    face, context = prepare_sample(list_samples(tmp_path, "val", CLASS_NAMES)[0], ModelConfig(jpeg_round_trip=False))
    torch.testing.assert_close(face.mean(dim=(1, 2)), torch.tensor([250, 10, 10]) / 255, atol=0.05, rtol=0)
    inside = context[:, 40 - 8 : 80 - 8, 60 - 29 : 100 - 29]  # the middle begins at row 8, column 29
    assert not inside.any()
    assert abs(context[:, 0, 0] - 200 / 255).max() < 0.02


def test_balanced_weights_give_every_class_the_same_mass() -> None:
    labels = np.array([0, 0, 0, 1, 2, 2])
    assert balanced_weights(labels).tolist() == pytest.approx([1 / 9] * 3 + [1 / 3] + [1 / 6] * 2)


def test_importance_counts_within_a_class_only() -> None:
    labels = np.array([0, 0, 1, 1])
    weights = balanced_weights(labels, np.array([3.0, 1.0, 10.0, 10.0]))
    assert weights.tolist() == pytest.approx([3 / 8, 1 / 8, 1 / 4, 1 / 4])
