from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import skimage.data
from PIL import Image

from glamor.__main__ import main
from glamor.explain import explain
from glamor.explain.parts import Part, explain_parts, sentence
from glamor.predictor import Predictor
from glamor.report import load_report
from glamor.serialise import explanation_to_dict, parts_to_dict, prediction_to_dict

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GLAMOR_CHECKPOINT", raising=False)
    monkeypatch.setenv("GLAMOR_DEVICE", "cpu")


@pytest.fixture
def portrait(tmp_path: Path) -> str:
    """One face."""
    path = tmp_path / "portrait.png"
    Image.fromarray(skimage.data.astronaut()).save(path)
    return str(path)


@pytest.fixture
def pair(tmp_path: Path) -> str:
    """Two faces, the larger one on the right."""
    canvas = Image.new("RGB", (1000, 520), "gray")
    portrait = Image.fromarray(skimage.data.astronaut())
    canvas.paste(portrait.resize((340, 340)), (20, 60))
    canvas.paste(portrait, (480, 4))
    path = tmp_path / "pair.png"
    canvas.save(path)
    return str(path)


@pytest.fixture
def wall(tmp_path: Path) -> str:
    """No face."""
    path = tmp_path / "wall.png"
    Image.fromarray(skimage.data.brick()).save(path)
    return str(path)


def _run(*words: object) -> int:
    return main([str(word) for word in words])


def _assert_one_line(capsys: pytest.CaptureFixture[str], *parts: str) -> None:
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    for part in parts:
        assert part in err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "COMMAND"),
        (["dance"], "dance"),
        (["predict"], "PHOTO"),
        (["predict", "x.jpg", "--box", "1,2,3"], "four numbers"),
        (["predict", "x.jpg", "--box", "a,b,c,d"], "four numbers"),
        (["explain", "x.jpg"], "--out"),
        (["explain", "x.jpg", "--out", "y", "--face", "first"], "first"),
        (["train", "--no-such-option"], ""),
        (["evaluate", "--no-such-option"], ""),
        (["convert", "x"], "--out"),
    ],
)
def test_arguments_without_sense_end_in_one_line(words: list[str], part: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    _assert_one_line(capsys, part)


@pytest.mark.parametrize("command", ["predict", "explain", "evaluate", "train", "convert"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"python -m glamor {command}" in capsys.readouterr().out


def test_help_does_not_wait_for_torch():
    code = "import sys, glamor.__main__ as m\ntry: m.main(['--help'])\nfinally: sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_json_holds_what_the_library_says(pair: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]):
    assert _run("predict", pair, "--json", "--checkpoint", random_checkpoint) == 0
    expected = [prediction_to_dict(p) for p in Predictor(str(random_checkpoint)).predict(pair)]
    assert len(expected) == 2
    assert json.loads(capsys.readouterr().out) == {"photo": pair, "faces": expected}


def test_many_photos_give_one_json_line_each(
    portrait: str, wall: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    assert _run("predict", portrait, wall, "--json", "--checkpoint", random_checkpoint) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["photo"], len(answer["faces"])) for answer in answers] == [(portrait, 1), (wall, 0)]


def test_people_read_a_line_a_face(pair: str, wall: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]):
    assert _run("predict", pair, wall, "--checkpoint", random_checkpoint) == 0
    heading, first, second, nothing = capsys.readouterr().out.splitlines()
    left, right = Predictor(str(random_checkpoint)).predict(pair)
    assert heading == f"{pair}: 2 faces"
    assert first.split()[:2] == ["1", left.emotion]
    assert second.split()[:2] == ["2", right.emotion]
    assert f"{left.probabilities.max():.1%}" in first
    assert nothing == f"{wall}: no face found"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_photo_that_cannot_be_read_keeps_none_of_the_others_from_an_answer(
    form: tuple[str, ...],
    portrait: str,
    wall: str,
    tmp_path: Path,
    random_checkpoint: Path,
    capsys: pytest.CaptureFixture[str],
):
    page = tmp_path / "a  page.jpg"
    page.write_text("<html>")
    words = (portrait, page, tmp_path / "nowhere.jpg", wall, "--checkpoint", random_checkpoint, *form)
    assert _run("predict", *words) == 2
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert first.startswith(f"glamor: {page}: The file is a web page, not a photo that can be read")
    assert second.startswith(f"glamor: {tmp_path / 'nowhere.jpg'}: There is no file")
    answered = [line for line in out.splitlines() if not line.startswith("  ")]
    assert [path in line for path, line in zip((portrait, wall), answered, strict=True)] == [True, True]


# What a name is, and what is printed of it by a terminal of Windows and one of UTF-8.
NAMES = [
    (b"smile \xf0\x9f\x98\x80.png", "smile \\U0001f600.png", "smile \U0001f600.png"),
    (b"caf\xe9.png", "caf\\udce9.png", "caf\\udce9.png"),
    (b"two\nlines\x1b[2J.png", "two\\nlines\\x1b[2J.png", "two\\nlines\\x1b[2J.png"),
]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_names_that_a_terminal_cannot_show_are_written_out(
    encoding: str, portrait: str, tmp_path: Path, random_checkpoint: Path
):
    for name, *_ in NAMES:
        os.symlink(os.fsencode(portrait), os.fsencode(tmp_path) + b"/" + name)
    given = [os.fsencode(tmp_path) + b"/" + name for name, *_ in NAMES]
    missing = [path + b".none" for path in given]
    words = [sys.executable, "-m", "glamor", "predict", *given, *missing, "--checkpoint", str(random_checkpoint)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, env=environment)
    shown = [windows if encoding == "cp1252" else utf8 for _, windows, utf8 in NAMES]
    headings = [line for line in done.stdout.decode(encoding).splitlines() if not line.startswith("  ")]
    assert headings == [f"{tmp_path}/{name}: 1 face" for name in shown]
    errors = done.stderr.decode(encoding).splitlines()
    assert [line.partition(": There is no file")[0] for line in errors] == [
        f"glamor: {tmp_path}/{name}.none" for name in shown
    ]
    assert done.returncode == 2
    if encoding == "utf-8":
        return  # JSON is ASCII, which a terminal of Windows would show as well
    done = subprocess.run([*words, "--json"], cwd=ROOT, capture_output=True, env=environment)
    names = [json.loads(line)["photo"] for line in done.stdout.decode("ascii").splitlines()]
    assert names == [
        f"{tmp_path}/{name}" for name in ("smile \U0001f600.png", "caf\\udce9.png", "two\nlines\x1b[2J.png")
    ]


def test_numbers_that_json_lacks_are_never_printed(
    portrait: str, random_checkpoint: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("glamor.serialise.prediction_to_dict", lambda _: {"probability": float("nan")})
    assert _run("predict", portrait, "--json", "--checkpoint", random_checkpoint) == 2
    _assert_one_line(capsys, "not finite")


def test_a_given_box_is_used_as_it_is(wall: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]):
    assert _run("predict", wall, "--json", "--box=-5,10.5,100,120", "--checkpoint", random_checkpoint) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face["face_box_xyxy"] == [-5, 10.5, 100, 120]
    assert face["face_score"] is None


def test_the_environment_names_the_checkpoint(
    wall: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GLAMOR_CHECKPOINT", "no/such/folder")
    assert _run("predict", wall) == 2
    _assert_one_line(capsys, "no/such/folder")


def test_a_file_that_is_no_photo_ends_in_one_line(
    tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    text = tmp_path / "letter.jpg"
    text.write_text("Dear reader,\n")
    assert _run("predict", text, "--checkpoint", random_checkpoint) == 2
    _assert_one_line(capsys, "glamor: ")


def test_a_box_outside_the_photo_ends_in_one_line(
    wall: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    assert _run("predict", wall, "--box", "9000,9000,9100,9100", "--checkpoint", random_checkpoint) == 2
    _assert_one_line(capsys, "9000")


def test_a_missing_tensorflow_checkpoint_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert _run("convert", tmp_path / "Model", "--out", tmp_path / "out") == 2
    _assert_one_line(capsys, "Model")


def test_explain_writes_what_the_library_says(
    pair: str, tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "analysis"
    words = ("--method", "gradcam", "--target", "happy", "--face", 1, "--checkpoint", random_checkpoint)
    assert _run("explain", pair, "--out", out, "--no-blur-others", *words) == 0
    assert "face 1, Happy, grad_cam" in capsys.readouterr().out

    predictor = Predictor(str(random_checkpoint))
    predictions = predictor.predict(pair)
    happy = predictor.config.class_names.index("Happy")
    expected = explain(predictor.model, predictions[0].prepared, "grad_cam", happy)
    analysis = json.loads((out / "analysis.json").read_text())
    assert analysis["faces"] == [prediction_to_dict(prediction) for prediction in predictions]
    assert analysis["selected"] == 0
    assert analysis["explanation"] == explanation_to_dict(expected)
    assert load_report(out).analysis == analysis


def test_explain_says_what_each_part_adds(
    portrait: str, tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    words = ("--method", "gradcam", "--target", "happy", "--checkpoint", random_checkpoint)
    assert _run("explain", portrait, "--out", tmp_path, "--parts", "--missing", "surroundings", *words) == 0
    told = json.loads((tmp_path / "analysis.json").read_text())["parts"]
    predictor = Predictor(str(random_checkpoint))
    (prediction,) = predictor.predict(portrait)
    happy = predictor.config.class_names.index("Happy")
    expected = explain_parts(predictor.model, prediction, happy, replacement="surroundings")
    assert told == parts_to_dict(expected)
    assert told["sentence"] == sentence([Part(**part) for part in told["parts"]], "Happy")
    assert told["sentence"] in capsys.readouterr().out.splitlines()
    page = (tmp_path / "report.html").read_text()
    assert told["sentence"] in html.unescape(page)
    assert (tmp_path / "parts.svg").exists()
    assert load_report(tmp_path).analysis["parts"] == told

    x1, y1, x2, y2 = prediction.prepared.geometry.face_box_xyxy
    own = ("--part", f"top={x1},{y1},{x2},{y1 + 40}", "--part", f"a=b={x1},{y2 - 40},{x2},{y2}")
    assert _run("explain", portrait, "--out", tmp_path / "own", *own, *words) == 0
    told = json.loads((tmp_path / "own" / "analysis.json").read_text())["parts"]
    assert [part["name"] for part in told["parts"]] == ["top", "a=b", "rest of the face", "scene"]


def test_a_face_without_parts_says_so_in_shell_and_report(
    portrait: str, tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    words = ("--method", "gradcam", "--checkpoint", random_checkpoint, "--box", "100,50,300,250", "--parts")
    assert _run("explain", portrait, "--out", tmp_path, *words) == 0
    told = json.loads((tmp_path / "analysis.json").read_text())["parts"]
    assert told["parts"] == []
    assert "given by hand" in told["sentence"]
    assert told["sentence"] in capsys.readouterr().out
    assert told["sentence"] in (tmp_path / "report.html").read_text()
    assert not (tmp_path / "parts.svg").exists()


def test_the_largest_face_is_explained_first(pair: str, tmp_path: Path, random_checkpoint: Path):
    assert _run("explain", pair, "--method", "grad_cam", "--out", tmp_path, "--checkpoint", random_checkpoint) == 0
    analysis = json.loads((tmp_path / "analysis.json").read_text())
    assert analysis["selected"] == 1
    assert analysis["explanation"]["target_name"] == analysis["faces"][1]["emotion"]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--method", "tarot"], ["tarot", "integrated_gradients"]),
        (["--target", "Joy"], ["Joy", "Happy"]),
        (["--face", "2"], ["--face is 2", "1 to 1"]),
        (["--face", "0"], ["--face is 0"]),
        (["--parts", "--missing", "gone"], ["gone", "blurred"]),
        (["--part", "ear=0,0,9,9"], ["ear", "within the face"]),
        (["--part", "ear=180,80,200,90", "--part", "ear=180,90,200,99"], ["same name"]),
    ],
)
def test_a_wish_that_cannot_be_met_ends_in_one_line(
    words: list[str],
    parts: list[str],
    portrait: str,
    tmp_path: Path,
    random_checkpoint: Path,
    capsys: pytest.CaptureFixture[str],
):
    assert _run("explain", portrait, "--out", tmp_path / "out", "--checkpoint", random_checkpoint, *words) == 2
    _assert_one_line(capsys, *parts)
    assert not (tmp_path / "out").exists()


def test_no_face_says_how_to_give_one(
    wall: str, tmp_path: Path, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    assert _run("explain", wall, "--out", tmp_path / "out", "--checkpoint", random_checkpoint) == 2
    _assert_one_line(capsys, "--box")


def test_a_file_in_the_way_of_the_folder_ends_in_one_line(
    portrait: str, random_checkpoint: Path, capsys: pytest.CaptureFixture[str]
):
    words = ("--method", "grad_cam", "--checkpoint", random_checkpoint)
    assert _run("explain", portrait, "--out", portrait, *words) == 2
    _assert_one_line(capsys, portrait)


def test_the_real_process_prints_json_only(portrait: str, random_checkpoint: Path):
    command = [sys.executable, "-m", "glamor", "predict", portrait, "--json", "--checkpoint", str(random_checkpoint)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["faces"]) == 1


def test_the_real_process_fails_in_one_line(random_checkpoint: Path):
    command = [sys.executable, "-m", "glamor", "predict", "nowhere.jpg", "--checkpoint", str(random_checkpoint)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "nowhere.jpg" in done.stderr
