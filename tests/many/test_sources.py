"""What the arguments of ``analyse`` name."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from glamor.config import CLASS_NAMES
from glamor.errors import DataError, PhotoError
from glamor.many.items import Item
from glamor.many.sources import Count, open_sources, reopen
from tests.datasets import SCENE_BOX, make_faces, make_scenes
from tests.hub_server import HubServer, use_hub


def _items(*paths: object) -> list[Item]:
    sources = open_sources([str(path) for path in paths])
    items = [item for source in sources for item in source.items(CLASS_NAMES)]
    assert sum(source.count().photos or 0 for source in sources) == len(items)
    return items


def _names(items: Sequence[Item], root: Path) -> list[str]:
    return [item.name.removeprefix(f"{root}/") for item in items]


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def test_a_folder_gives_all_pictures_under_it_and_counts_the_rest(tmp_path: Path) -> None:
    _touch(tmp_path, "b.JPG", "a.png", "deep/er/c.webp", "x.heic", "notes.txt", "._a.png", "Makefile")
    assert _names(_items(tmp_path), tmp_path) == ["a.png", "b.JPG", "x.heic", "deep/er/c.webp"]
    (source,) = open_sources([str(tmp_path)])
    assert source.count().others == 3


def _picture(format: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, format)
    return buffer.getvalue()


NAMED_OTHERWISE = {"a.mpo": "MPO", "b.pjpeg": "JPEG", "c": "PNG", "d.txt": "WEBP", "e.jpg.part": "TIFF", "f.dib": "BMP"}


def test_pictures_are_known_by_their_first_bytes_in_folders_and_archives(tmp_path: Path) -> None:
    files = {name: _picture(format) for name, format in NAMED_OTHERWISE.items()}
    files |= {"g": b"BMW is a make of cars", "h.pdf": b"%PDF-1.7\n", "._c": files["c"], "i": b"", "BM": b"II"}
    (tmp_path / "folder").mkdir()
    for name, content in files.items():
        (tmp_path / "folder" / name).write_bytes(content)
    os.mkfifo(tmp_path / "folder" / "pipe")
    with zipfile.ZipFile(tmp_path / "some.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    for place, others in (("folder", 6), ("some.zip", 5)):
        items = _items(tmp_path / place)
        assert _names(items, tmp_path / place) == [*NAMED_OTHERWISE]
        assert [item.read() for item in items] == [files[name] for name in NAMED_OTHERWISE]
        (source,) = open_sources([str(tmp_path / place)])
        assert source.count() == Count(6, others)


def test_archives_that_windows_packed_keep_their_folders_and_labels(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        for name in ("photos\\Happy\\1.jpg", "photos\\Sad\\", "photos\\Sad\\2.jpg"):
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it stands in such files; ZipInfo itself would put it right
            archive.writestr(info, name)
    items = _items(tmp_path)
    assert _names(items, tmp_path) == ["some.zip/photos/Happy/1.jpg", "some.zip/photos/Sad/2.jpg"]
    assert [item.label for item in items] == ["Happy", "Sad"]
    assert [item.read() for item in items] == [b"photos\\Happy\\1.jpg", b"photos\\Sad\\2.jpg"]
    again = reopen(items[0].name)
    assert again is not None
    assert again.read() == items[0].read()


def test_an_archive_without_photos_offers_none_and_one_that_is_none_offers_its_row(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "words.zip", "w") as archive:
        archive.writestr("read me.txt", "hello")
    (tmp_path / "torn.zip").write_bytes(b"PK")
    for name, count, rows in (("words.zip", Count(0, 1), 0), ("torn.zip", Count(1), 1)):
        (source,) = open_sources([str(tmp_path / name)])
        assert source.count() == count
        assert len(list(source.items(()))) == rows


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    _touch(tmp_path, "photo")
    (item,) = _items(tmp_path / "photo")
    assert item.read() == b"photo"


def test_patterns_match_files_and_folders(tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.jpg", "b/2.jpg", "3.jpg", "4.png")
    assert _names(_items(tmp_path / "*.jpg"), tmp_path) == ["3.jpg"]
    assert _names(_items(tmp_path / "?"), tmp_path) == ["a/1.jpg", "b/2.jpg"]
    assert len(_items(tmp_path / "**" / "*.jpg")) == 3


def test_nothing_is_taken_twice(tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.jpg", "a/b/2.jpg", "3.jpg")
    items = _items(tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a/1.jpg", tmp_path / "3.jpg", tmp_path / "3.jpg")
    assert sorted(_names(items, tmp_path)) == ["3.jpg", "a/1.jpg", "a/b/2.jpg"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    _touch(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    assert _names(_items(tmp_path), tmp_path) == ["a/1.jpg"]


def test_archives_are_looked_into_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    with zipfile.ZipFile(tmp_path / "deep" / "some.zip", "w") as archive:
        for name in ("Happy/1.jpg", "2.png", "read me.txt", "__MACOSX/._2.png"):
            archive.writestr(name, name)
    items = _items(tmp_path)
    assert _names(items, tmp_path) == ["deep/some.zip/2.png", "deep/some.zip/Happy/1.jpg"]
    assert [item.label for item in items] == [None, "Happy"]
    assert items[1].read() == b"Happy/1.jpg"
    again = reopen(items[1].name)
    assert again is not None
    assert again.read() == items[1].read()


def test_a_damaged_archive_is_one_photo_that_fails(tmp_path: Path) -> None:
    _touch(tmp_path, "broken.zip", "a.jpg")
    _, broken = _items(tmp_path)
    with pytest.raises(DataError, match=r"broken\.zip is not a zip"):
        broken.read()


def test_names_that_are_no_text_can_be_told_and_read(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(path)).write_bytes(b"1")
    (item,) = _items(tmp_path)
    assert item.name == f"{tmp_path}/caf\\udce9.jpg"
    assert item.name.encode()
    assert item.read() == b"1"


def test_folders_named_like_classes_are_labels(tmp_path: Path) -> None:
    items = _items(make_faces(tmp_path, per_class=1, splits=("val",)))
    assert sorted(str(item.label) for item in items) == sorted(CLASS_NAMES)
    assert {item.box() for item in items} == {None}


def test_scenes_bring_their_face_boxes(tmp_path: Path) -> None:
    root = make_scenes(tmp_path, per_class=1)
    items = _items(root / "images" / "val")
    assert len(items) == len(CLASS_NAMES)
    assert {item.box() for item in items} == {SCENE_BOX}
    for written in (Path(items[0].box_path).read_text(), "\ufeff" + Path(items[0].box_path).read_text() + "\r\n"):
        Path(items[0].box_path).write_text(written, encoding="utf-8")
        assert items[0].box() == SCENE_BOX
    Path(items[0].box_path).write_text("left")
    with pytest.raises(DataError, match="face box"):
        items[0].box()


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: os.symlink("nowhere", path), lambda path: os.symlink(path, path)]
)
def test_what_is_no_file_fails_without_waiting(make: Callable[[str], None], tmp_path: Path) -> None:
    make(str(tmp_path / "a.jpg"))
    (item,) = _items(tmp_path)
    with pytest.raises(PhotoError, match="not a file"):
        item.read()


@pytest.mark.parametrize("given", ["no/such/folder/at all", "nothing/*.jpg", "a/b/c"])
def test_what_names_nothing_is_refused(given: str) -> None:
    with pytest.raises(DataError, match="check the path"):
        open_sources([given])


def _dataset(pixels: Sequence[int]):  # type: ignore[no-untyped-def]
    import datasets

    def png(value: int) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (20, 20), (value, 0, 0)).save(buffer, "PNG")
        return buffer.getvalue()

    features = datasets.Features(
        {
            "picture": datasets.Image(),
            "what": datasets.ClassLabel(names=["happy", "puzzled"]),
            "note": datasets.Value("string"),
        }
    )
    rows = {
        "picture": [{"bytes": png(v), "path": None} for v in pixels],
        "what": [v % 2 for v in pixels],
        "note": ["x"] * len(pixels),
    }
    return datasets.Dataset.from_dict(rows, features=features)


def test_a_saved_data_set_is_streamed_with_its_labels(tmp_path: Path) -> None:
    import datasets

    datasets.DatasetDict({"train": _dataset([4, 7]), "test": _dataset([9])}).save_to_disk(str(tmp_path / "set"))
    items = _items(tmp_path / "set")
    assert [item.name.removeprefix(str(tmp_path)) for item in items] == [
        "/set/train/00000000", "/set/train/00000001", "/set/test/00000000"
    ]  # fmt: skip
    assert [item.label for item in items] == ["Happy", None, None]
    for item, value in zip(items, (4, 7, 9), strict=True):
        with Image.open(io.BytesIO(item.read())) as image:
            assert image.getpixel((0, 0)) == (value, 0, 0)


def test_a_data_set_that_cannot_be_had_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match="nobody/nothing-at-all:train is not a file or folder here"):
        open_sources(["nobody/nothing-at-all:train"])


def test_a_name_that_is_nothing_at_all_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    with HubServer() as hub:
        use_hub(hub.url, tmp_path, monkeypatch)
        with pytest.raises(DataError, match="no public data set of this name; check the path"):
            open_sources(["nobody/nothing"])
    use_hub("http://127.0.0.1:9", tmp_path, monkeypatch)  # nobody listens there
    with pytest.raises(DataError, match="cannot be asked for a data set of this name"):
        open_sources(["nobody/nothing"])
    assert time.monotonic() - start < 10
