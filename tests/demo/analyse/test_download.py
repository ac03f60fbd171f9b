"""The download button's file: what is in it, where it lies, and how it is called."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.analyse import download, handlers, words
from demo.engine import Engine
from demo.visits import MapRequest, Selection, Session
from glamor.report import load_report
from glamor.serialise import explanation_to_dict, prediction_to_dict
from tests.live_app import LiveApp
from tests.visitor import Visitor


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_zip_is_the_analysis_on_the_screen(engine: Engine, two_people: np.ndarray, cache: Path) -> None:
    session = Session()
    handlers.analyse(engine, session, two_people, "grad_cam", 0.5)
    handlers.choose_face(session, 1, 0.5)
    handlers.explain(engine, session, 0.5)
    path, said = download.save(engine, session)
    assert path is not None
    assert Path(path).name in said
    assert Path(path).is_relative_to(cache)
    report = load_report(path)
    assert session.analysis is not None
    assert report.analysis["faces"] == json.loads(
        json.dumps([prediction_to_dict(p) for p in session.analysis.predictions])
    )
    assert report.selected == 1
    (shown,) = session.maps.values()
    assert explanation_to_dict(report.explanation) == explanation_to_dict(shown)
    assert [one.name for one in cache.rglob("*") if one.is_file()] == [Path(path).name]


@pytest.mark.parametrize(
    ("many", "blur", "told"),
    [
        (False, True, words.DOWNLOAD_SHOWS_PEOPLE),
        (True, True, words.DOWNLOAD_BLURRED),
        (True, False, words.DOWNLOAD_SHOWS_OTHERS),
    ],
)
def test_who_can_be_recognised_is_said_and_the_others_are_blurred_if_wished(
    engine: Engine, astronaut: np.ndarray, two_people: np.ndarray, cache: Path, many: bool, blur: bool, told: str
) -> None:
    session = Session()
    handlers.analyse(engine, session, two_people if many else astronaut, "grad_cam", 0.5)
    path, said = download.save(engine, session, blur)
    assert path is not None
    assert told in said
    assert load_report(path).others_blurred is (many and blur)


def test_the_page_blurs_the_others_until_its_box_is_cleared(
    app: LiveApp, two_people: np.ndarray, tmp_path: Path
) -> None:
    photo = tmp_path / "two.png"
    Image.fromarray(two_people).save(photo)
    with Visitor(app.url) as visitor:
        visitor.act(visitor.event("photo", "input"), None, visitor.upload(photo), "grad_cam", 0.5)
        box, pressed = visitor.parts["blur-others"], visitor.then(visitor.event("download", "click"))
        assert box["props"]["value"] is True
        assert box["id"] in pressed["inputs"]
        for blur in (True, False):
            file = visitor.act(pressed, None, blur)["download-file"]
            assert load_report((file.get("value") or file)["path"]).others_blurred is blur


def test_each_zip_lies_in_a_folder_of_its_own_that_nobody_can_guess(
    engine: Engine, astronaut: np.ndarray, cache: Path
) -> None:
    paths = []
    for session in (Session(), Session()):
        handlers.analyse(engine, session, astronaut, "grad_cam", 0.5)
        path, _ = download.save(engine, session)
        assert path is not None
        paths.append(Path(path))
    assert paths[0].name == paths[1].name
    assert paths[0].parent != paths[1].parent
    for path in paths:
        assert path.parent.parent == cache
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert len(path.parent.name) > 8


def test_a_map_that_is_not_there_yet_is_made(engine: Engine, astronaut: np.ndarray, cache: Path) -> None:
    session = Session()
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.5)
    path, _ = download.save(engine, session)
    assert path is not None
    assert load_report(path).explanation.method == "grad_cam"


def test_without_a_face_there_is_nothing_to_download(engine: Engine, nobody: np.ndarray, cache: Path) -> None:
    session = Session()
    for _ in range(2):
        path, said = download.save(engine, session)
        assert path is None
        assert words.DOWNLOAD_NEEDS_FACE in said
        handlers.analyse(engine, session, nobody, "grad_cam", 0.5)
    assert not cache.exists()


def test_nothing_of_the_metadata_is_in_the_zip(
    engine: Engine, astronaut: np.ndarray, cache: Path, tmp_path: Path
) -> None:
    exif, photo, session = Image.Exif(), tmp_path / "somebody-at-home.jpg", Session()
    exif[0x010E] = "at home"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    Image.fromarray(astronaut).save(photo, exif=exif, quality=95)
    handlers.analyse(engine, session, str(photo), "grad_cam", 0.5)
    path, _ = download.save(engine, session)
    assert path is not None
    content = Path(path).read_bytes()
    for trace in (b"at home", b"somebody", b"Exif", b"eXIf"):
        assert trace not in content


@pytest.mark.parametrize("label", ["../../etc/passwd", "Überraschung!", "a" * 300, "...", "CON\n"])
def test_a_file_name_is_safe_whatever_a_label_is_called(engine: Engine, astronaut: np.ndarray, label: str) -> None:
    (prediction,) = engine.predict(astronaut)
    request = MapRequest(0, "grad_cam", label)
    name = download.file_name(Selection(request, prediction))
    assert name.startswith("glamor-face-1-")
    assert name.endswith(".zip")
    assert len(name) < 80
    assert set(name[:-4]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
