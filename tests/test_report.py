from __future__ import annotations

import hashlib
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image

from glamor.errors import ReportError
from glamor.explain import Explanation, explain
from glamor.familiar import Familiarity
from glamor.photo import Photo
from glamor.predictor import Prediction, Predictor
from glamor.report import MANIFEST, load_report, write_report, zip_report

Analysis = tuple[Photo, tuple[Prediction, ...], int, Explanation]
Files = dict[str, bytes]
PICTURES = {"boxes", "probabilities", "saw", "attention", "fusion", "attributions"}


@pytest.fixture(scope="module")
def analysis(random_checkpoint: Path) -> Analysis:
    """Two faces, the second of them explained for a class that is not its label, by a seeded smoothed method."""
    predictor = Predictor(str(random_checkpoint), device="cpu")
    portrait = skimage.data.astronaut()
    photo = np.hstack([portrait, portrait])
    first, second = predictor.predict(photo)
    predictions = first, replace(second, familiarity=Familiarity(0.97, 0.5, (("Happy", 31), ("Fear", 19))))
    other = int(predictions[1].probabilities.argmin())
    told = explain(predictor.model, predictions[1].prepared, "saliency", other, smooth=True, seed=5)
    return photo, predictions, 1, told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, analysis: Analysis) -> Path:
    return write_report(tmp_path_factory.mktemp("report"), *analysis).parent


@pytest.fixture(scope="module")
def zipped(analysis: Analysis) -> bytes:
    return zip_report(*analysis)


@pytest.fixture(scope="module")
def files(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _save(path: Path, files: Mapping[str, bytes], *, vouched: bool = True) -> Path:
    """Write a zip of these files, with a manifest that vouches for them unless told otherwise."""
    files = dict(files)
    if vouched:
        hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != MANIFEST}
        files[MANIFEST] = json.dumps({"format": 1, "files": hashes}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _npz(arrays: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in arrays.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _npys(files: Files) -> Files:
    with zipfile.ZipFile(io.BytesIO(files["arrays.npz"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_manifest_vouches_for_every_file(folder: Path, files: Files) -> None:
    hashes = json.loads(files[MANIFEST])["files"]
    assert set(files) == {*hashes, MANIFEST}
    pictures = {f"{name}.{kind}" for name in PICTURES for kind in ("png", "svg")}
    assert set(hashes) == {"analysis.json", "arrays.npz", "report.html", *pictures}
    for name, sha256 in hashes.items():
        assert hashlib.sha256(files[name]).hexdigest() == sha256


def test_the_zip_holds_the_same_files_the_manifest_last_and_no_date(
    analysis: Analysis, files: Files, zipped: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.namelist()[-1] == MANIFEST
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert zip_report(*analysis) == zipped


def test_every_picture_opens_and_shows_something(folder: Path) -> None:
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 1
            assert not picture.getexif()


def test_every_svg_is_whole_tells_its_result_and_fetches_nothing(folder: Path) -> None:
    for path in folder.glob("*.svg"):
        root = ET.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text
        links = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")]
        assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)


def test_arrays_are_raw(folder: Path, analysis: Analysis) -> None:
    _, predictions, selected, explanation = analysis
    prediction = predictions[selected]
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["face_attribution"], explanation.face)
        np.testing.assert_array_equal(arrays["context_attribution"], explanation.context)
        np.testing.assert_array_equal(arrays["context_scored"], explanation.scored)
        np.testing.assert_array_equal(arrays["attention"], prediction.attention)
        np.testing.assert_array_equal(arrays["logits"], prediction.logits)
        np.testing.assert_array_equal(arrays["probabilities"], prediction.probabilities)
        np.testing.assert_array_equal(arrays["face_input"].transpose(2, 0, 1), prediction.prepared.face.numpy())
        np.testing.assert_array_equal(arrays["context_input"].transpose(2, 0, 1), prediction.prepared.context.numpy())


def test_the_json_says_how_to_get_the_numbers_again(files: Files, analysis: Analysis) -> None:
    photo, predictions, _, explanation = analysis
    values = json.loads(files["analysis.json"])
    assert values["photo"] == {"hw": [512, 1024], "sha256": hashlib.sha256(photo.tobytes()).hexdigest()}
    assert values["method"]["key"] == "saliency"
    assert values["method"]["parameters"] == {"smooth_samples": 10, "smooth_stdev": 0.1}
    assert values["explanation"]["seed"] == 5
    assert values["explanation"]["target"] == explanation.target
    for face, prediction in zip(values["faces"], predictions, strict=True):
        assert face["provenance"]["sha256"] == prediction.provenance.sha256
        assert face["provenance"]["versions"]["torch"] == version("torch")
    assert [one["face_box_xyxy"] for one in values["geometry"]] == [
        list(one.prepared.geometry.face_box_xyxy) for one in predictions
    ]


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_loaded_report_has_every_number_and_array_of_the_saved_one(
    kind: str, folder: Path, zipped: bytes, analysis: Analysis, tmp_path: Path, files: Files
) -> None:
    path = tmp_path / "saved.zip"
    path.write_bytes(zipped)
    report = load_report(folder if kind == "folder" else path)
    _, predictions, selected, explanation = analysis
    assert report.analysis == json.loads(files["analysis.json"])
    assert report.selected == selected
    for loaded, saved in ((report.prediction, predictions[selected]), (report.explanation, explanation)):
        for field in fields(saved):
            found, wanted = getattr(loaded, field.name), getattr(saved, field.name)
            if isinstance(wanted, np.ndarray):
                assert found.dtype == wanted.dtype
                np.testing.assert_array_equal(found, wanted)
            elif field.name == "prepared":
                assert found.geometry == wanted.geometry
                assert torch.equal(found.face, wanted.face)
                assert torch.equal(found.context, wanted.context)
            else:
                assert found == wanted, field.name


class _Page(HTMLParser):
    """Counts what a page would fetch or run, and reads its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.links += [values[name] for name in ("src", "href", "action", "data", "poster") if name in values]
        assert not [name for name in values if name.startswith("on")]
        if tag == "img":
            self.pictures.append((values["src"], values["alt"]))
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]


def test_the_page_needs_nothing_but_itself(files: Files) -> None:
    text = files["report.html"].decode()
    page = _Page(text)
    assert not {"script", "link", "iframe", "object", "embed", "form"} & set(page.tags)
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert "default-src 'none'" in page.policy
    assert not re.search(r"url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    for source, alt in page.pictures:
        assert len(alt) > 20
        with Image.open(io.BytesIO(b64decode(source.partition(",")[2]))) as picture:
            assert picture.width >= 720


def test_the_page_shows_the_numbers_of_the_explained_face(files: Files, analysis: Analysis) -> None:
    text = files["report.html"].decode()
    _, predictions, selected, explanation = analysis
    prediction = predictions[selected]
    for name, value in zip(prediction.class_names, prediction.probabilities, strict=True):
        assert f'<th scope="row">{name}</th>' in text
        assert f'<td class="number">{value:.1%}</td>' in text
    assert prediction.provenance.sha256 in text
    assert f"Orange speaks for “{explanation.target_name}”" in text
    assert "Saliency with SmoothGrad" in text
    assert "seed 5, smooth_samples 10, smooth_stdev 0.1" in text
    assert "not what the person feels" in text


def test_the_page_says_that_a_face_is_unlike_the_training_s(files: Files) -> None:
    said = "97% of the faces that it was checked on; of its 50 nearest training faces 31 were Happy, 19 Fear."
    assert said in files["report.html"].decode()


def test_a_checkpoint_cannot_put_markup_on_the_page(analysis: Analysis, tmp_path: Path) -> None:
    photo, predictions, selected, explanation = analysis
    evil = '"><script>alert(1)</script>/../..'
    names = (evil, *predictions[selected].class_names[1:])
    made = replace(predictions[selected].provenance, checkpoint=evil)
    prediction = replace(predictions[selected], class_names=names, emotion=evil, provenance=made)
    told = replace(explanation, target_name=evil)
    write_report(tmp_path, photo, [prediction], 0, told)
    assert "script" not in _Page((tmp_path / "report.html").read_text()).tags
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", path.name) for path in tmp_path.iterdir())
    for path in tmp_path.glob("*.svg"):
        assert not [element for element in ET.parse(path).iter() if element.tag.endswith("script")]
    assert load_report(tmp_path).explanation.target_name == evil


def test_a_report_that_stops_half_way_has_no_manifest(tmp_path: Path, analysis: Analysis) -> None:
    write_report(tmp_path, *analysis)
    (tmp_path / "arrays.npz").unlink()
    (tmp_path / "arrays.npz").mkdir()  # nothing can be written there any more
    with pytest.raises(IsADirectoryError):
        write_report(tmp_path, *analysis)
    assert not (tmp_path / MANIFEST).exists()
    with pytest.raises(ReportError, match=r"it has no file manifest\.json"):
        load_report(tmp_path)


def _refusal(path: Path) -> str:
    with pytest.raises(ReportError) as caught:
        load_report(path)
    message = str(caught.value)
    assert message.endswith("unchanged.")
    assert "\n" not in message
    return message


def _changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {name: change(files[name])}


def _edited(**changes: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(json.loads(content) | changes).encode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_changed("report.html", lambda page: page + b" "), "report.html was changed or damaged"),
        (_changed("arrays.npz", lambda whole: whole[:-1]), "arrays.npz was changed or damaged"),
        (_changed("analysis.json", _edited(selected=0)), "analysis.json was changed or damaged"),
        (lambda files: {n: c for n, c in files.items() if n != "saw.svg"}, "it has no file saw.svg"),
        (lambda files: files | {"../evil.png": b"x"}, "a file that does not belong"),
        (lambda files: files | {"/etc/evil.png": b"x"}, "a file that does not belong"),
        (lambda files: files | {"run.exe": b"x"}, "a file that does not belong"),
        (lambda files: files | {f"p{i}.png": b"x" for i in range(70)}, "at most 64"),
        (_changed(MANIFEST, _edited(format=2)), "manifest.json is not of format 1"),
        (_changed(MANIFEST, lambda _: b"[]"), "manifest.json is not a JSON object"),
        (_changed(MANIFEST, lambda _: b"[" * 100_000), "manifest.json is not JSON"),
        (
            _changed(MANIFEST, _edited(files={"analysis.json": "", "arrays.npz": "", "../../x.png": ""})),
            "names files that do not belong",
        ),
    ],
)
def test_a_bundle_that_is_not_what_was_written_is_refused(
    change: Callable[[Files], Files], problem: str, files: Files, tmp_path: Path
) -> None:
    assert problem in _refusal(_save(tmp_path / "changed.zip", change(files), vouched=False))


def _familiar(**change: object) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        values = json.loads(content)
        values["faces"][1]["familiarity"] |= change
        return json.dumps(values).encode()

    return edit


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_edited(selected=2), "does not have the fields"),
        (_edited(selected="0"), "does not have the fields"),
        (_edited(faces=[]), "does not have the fields"),
        (_edited(explanation={}), "does not have the fields"),
        (_edited(selected=0), "contradict each other"),
        (_familiar(face=1.5), "does not have the fields"),
        (_familiar(scene="0,5"), "does not have the fields"),
        (_familiar(neighbours={"Happy": "many"}), "does not have the fields"),
        (_familiar(neighbours=["Happy"]), "does not have the fields"),
        (lambda _: b'{"format": NaN}', "is not JSON"),
        (lambda _: b"[1]", "is not a JSON object"),
    ],
)
def test_an_analysis_that_contradicts_itself_is_refused_although_its_hash_is_right(
    change: Callable[[bytes], bytes], problem: str, files: Files, tmp_path: Path
) -> None:
    changed = files | {"analysis.json": change(files["analysis.json"])}
    assert f"analysis.json {problem}" in _refusal(_save(tmp_path / "changed.zip", changed)).replace(
        "analysis.json and arrays.npz", "analysis.json"
    )


class _Bomb:
    """Would leave a file if it were ever unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def test_a_pickle_among_the_arrays_is_never_opened(files: Files, tmp_path: Path) -> None:
    mark, buffer = tmp_path / "opened", io.BytesIO()
    np.save(buffer, np.array([_Bomb(mark)], dtype=object), allow_pickle=True)
    arrays = _npys(files) | {"logits.npy": buffer.getvalue()}
    assert "arrays.npz is damaged" in _refusal(_save(tmp_path / "p.zip", files | {"arrays.npz": _npz(arrays)}))
    assert not mark.exists()


@pytest.mark.parametrize("shape", [(10**15,), (2**63, 2**63), (6,), (-1,), ("7",)])
def test_a_shape_that_the_bytes_do_not_bear_out_is_refused(shape: tuple[object], files: Files, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"shape": shape, "fortran_order": False, "descr": "<f8"})
    arrays = _npys(files) | {"logits.npy": buffer.getvalue() + bytes(56)}
    assert "arrays.npz is damaged" in _refusal(_save(tmp_path / "s.zip", files | {"arrays.npz": _npz(arrays)}))


def test_arrays_of_other_names_or_kinds_are_refused(files: Files, tmp_path: Path) -> None:
    arrays, buffer = _npys(files), io.BytesIO()
    more = _npz(arrays | {"more.npy": arrays["logits.npy"]})
    assert "does not hold the arrays" in _refusal(_save(tmp_path / "m.zip", files | {"arrays.npz": more}))
    np.save(buffer, np.zeros(7, np.float32))
    other = _npz(arrays | {"logits.npy": buffer.getvalue()})
    assert "arrays.npz is damaged" in _refusal(_save(tmp_path / "o.zip", files | {"arrays.npz": other}))


def test_bombs_are_refused_unopened(files: Files, tmp_path: Path) -> None:
    zeros = bytes(65 * 2**20)
    assert "larger than 64 MiB" in _refusal(_save(tmp_path / "one.zip", files | {"saw.png": zeros}))
    two = files | {"saw.png": zeros, "boxes.png": zeros}
    assert "more than 128 MiB" in _refusal(_save(tmp_path / "two.zip", two))
    inner = _npz(_npys(files) | {"logits.npy": zeros})
    assert "arrays.npz would take more than 64 MiB" in _refusal(
        _save(tmp_path / "inner.zip", files | {"arrays.npz": inner})
    )


def test_what_is_no_zip_at_all_or_cut_off_or_not_there_is_refused(zipped: bytes, tmp_path: Path) -> None:
    for name, content in {"words.zip": b"words", "empty.zip": b"", "cut.zip": zipped[:-2000]}.items():
        (tmp_path / name).write_bytes(content)
        assert "neither a folder nor a whole zip file" in _refusal(tmp_path / name)
    damaged = bytearray(zipped)
    damaged[2000:2400] = bytes(400)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    _refusal(tmp_path / "damaged.zip")
    assert "No such file" in _refusal(tmp_path / "nowhere.zip")


def test_a_folder_whose_file_is_a_link_out_of_it_is_refused(files: Files, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    secret = tmp_path / "secret"
    secret.write_bytes(files["saw.png"])
    (folder / "saw.png").unlink()
    (folder / "saw.png").symlink_to(secret)
    assert "it has no file saw.png" in _refusal(folder)


def test_a_large_photo_is_drawn_smaller_with_its_boxes_in_place(random_checkpoint: Path, tmp_path: Path) -> None:
    predictor = Predictor(str(random_checkpoint), device="cpu")
    photo = np.full((1500, 2560, 3), 128, np.uint8)
    predictions = predictor.predict(photo, [(1280.0, 300.0, 1920.0, 900.0)])
    told = explain(predictor.model, predictions[0].prepared, "grad_cam")
    write_report(tmp_path, photo, predictions, 0, told)
    with Image.open(tmp_path / "boxes.png") as picture:
        drawn = np.asarray(picture.convert("RGB")).astype(int)
    assert drawn.shape == (750, 1280, 3)
    violet = np.abs(drawn - (0x8A, 0x3F, 0xD1)).sum(axis=2) < 12
    rows, columns = np.flatnonzero(violet.any(axis=1)), np.flatnonzero(violet.any(axis=0))
    assert abs(columns[0] - 640) < 8
    assert abs(columns[-1] - 960) < 8
    assert abs(rows[-1] - 450) < 8
