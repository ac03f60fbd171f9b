"""The API over real HTTP, against the app in a process of its own."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo import words
from glamor.evaluation.card import read_verdicts
from glamor.explain import explain
from glamor.explain.flips import sentences
from glamor.explain.parts import Part, explain_parts, sentence
from glamor.photo import load_photo
from glamor.serialise import explanation_to_dict, parts_to_dict, prediction_to_dict
from tests.explain.rebuilt import flips_from
from tests.live_app import ROOT
from tests.sentences import assert_sentence


def test_only_the_documented_endpoints_are_offered(client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert sorted(endpoints) == ["/explain", "/intervene", "/predict", "/trust"]
    names = {name: [one["parameter_name"] for one in value["parameters"]] for name, value in endpoints.items()}
    assert names["/predict"] == ["photo", "boxes"]
    asked = ["photo", "method", "target", "face", "box", "opacity", "maps", "parts", "regions", "missing", "flips"]
    assert names["/explain"] == asked
    assert names["/trust"] == ["photo", "methods", "target", "face", "box"]


def test_api_shell_and_predictor_give_the_same_numbers(client, predictor, pair_file):
    values, picture = client.predict(handle_file(pair_file), api_name="/predict")
    expected = [prediction_to_dict(prediction) for prediction in predictor.predict(pair_file)]
    assert len(expected) == 2
    assert values == {"faces": json.loads(json.dumps(expected))}
    shell = subprocess.run(
        [sys.executable, "-m", "glamor", "predict", "--json", pair_file],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert json.loads(shell.stdout)["faces"] == values["faces"]
    with Image.open(picture) as shown:
        assert shown.size == (1024, 600)


def test_given_boxes_are_used_as_they_are(client, predictor, astronaut_file):
    boxes = [[150, 30, 300, 180], [10.5, 20.25, 90, 120]]
    values, _ = client.predict(handle_file(astronaut_file), boxes, api_name="/predict")
    expected = predictor.predict(astronaut_file, [tuple(box) for box in boxes])
    assert values["faces"] == json.loads(json.dumps([prediction_to_dict(one) for one in expected]))
    assert [face["face_score"] for face in values["faces"]] == [None, None]


def test_an_explanation_has_the_numbers_of_the_library_and_two_lossless_pictures(client, predictor, pair_file):
    values, moved, looked = client.predict(
        handle_file(pair_file), method="grad_cam", target="Fear", face=2, opacity=0.5, api_name="/explain"
    )
    prediction = predictor.predict(pair_file)[1]
    with predictor.lock:
        expected = explain(predictor.model, prediction.prepared, "grad_cam", prediction.class_names.index("Fear"))
    assert values["prediction"] == json.loads(json.dumps(prediction_to_dict(prediction)))
    told = explanation_to_dict(expected)
    assert values["explanation"].keys() == told.keys()
    assert (values["explanation"]["method"], values["explanation"]["target_name"]) == ("grad_cam", "Fear")
    for name in ("face", "context"):
        np.testing.assert_allclose(values["explanation"][name], told[name], rtol=1e-4, atol=1e-7)
    assert [Path(picture).suffix for picture in (moved, looked)] == [".png", ".png"]


def test_without_the_maps_an_explanation_is_a_few_numbers(client, pair_file):
    values, _, _ = client.predict(handle_file(pair_file), method="grad_cam", maps=False, api_name="/explain")
    assert not values["explanation"].keys() & {"face", "context", "scored"}
    assert values["explanation"]["method"] == "grad_cam"
    assert len(json.dumps(values)) < 10_000


def test_parts_are_those_of_the_library(client, predictor, pair_file):
    asked = {"method": "grad_cam", "target": "Fear", "maps": False, "api_name": "/explain"}
    (largest, _), fear = predictor.predict(pair_file), predictor.config.class_names.index("Fear")
    own = {"left half": [200, 100, 256, 300]}
    for settings, regions in (({"parts": True}, None), ({"regions": own}, {"left half": (200, 100, 256, 300)})):
        told = client.predict(handle_file(pair_file), **asked, **settings)[0]["parts"]
        expected = parts_to_dict(explain_parts(predictor.model, largest, fear, regions=regions))
        assert [part["name"] for part in told["parts"]] == [part["name"] for part in expected["parts"]]
        for name in ("logit", "probability"):
            np.testing.assert_allclose(*([part[name] for part in one["parts"]] for one in (told, expected)), atol=1e-4)
        assert told["sentence"] == sentence([Part(**part) for part in told["parts"]], "Fear")
        assert sum(part["logit"] for part in told["parts"]) == pytest.approx(told["logit_all"] - told["logit_none"])
    by_hand, _, _ = client.predict(handle_file(pair_file), **asked, box=[170, 60, 300, 200], parts=True)
    assert by_hand["parts"]["parts"] == []
    assert "given by hand" in by_hand["parts"]["sentence"]


@pytest.mark.parametrize(
    ("regions", "refusal"),
    [
        (["mouth"], "Send an object of names and boxes"),
        ({"mouth": [1, 2, 3]}, "four numbers"),
        ({"mouth": [0, 0, 20, 20]}, "within the face"),
        ({str(i): [0, 0, 20, 20] for i in range(6)}, "give 1 to 5"),
        ({"x" * 500: [0, 0, 20, 20]}, "at most 4 words"),
    ],
)
def test_own_parts_that_cannot_be_used_are_refused_in_one_sentence(client, astronaut_file, regions, refusal):
    with pytest.raises(AppError, match=refusal) as caught:
        client.predict(handle_file(astronaut_file), method="grad_cam", regions=regions, api_name="/explain")
    assert_sentence(str(caught.value))


def test_what_would_turn_the_label_is_told_and_how_a_missing_part_is_shown_can_be_chosen(client, astronaut_file):
    asked = {"maps": False, "parts": True, "flips": True, "api_name": "/explain"}
    values, _, _ = client.predict(handle_file(astronaut_file), missing="mean", **asked)
    assert values["parts"]["replacement"] == "mean"
    told = values["flips"]
    assert told["emotion"] == values["prediction"]["emotion"]
    assert list(sentences(flips_from(told))) == told["sentences"]
    assert (told["scenes"], told["parts_asked"]) == (3, True)
    with pytest.raises(AppError, match="a hat") as caught:
        client.predict(handle_file(astronaut_file), missing="a hat", **asked)
    assert_sentence(str(caught.value))


def test_left_out_arguments_mean_the_largest_face_and_its_own_label(client, predictor, pair_file):
    values, _, _ = client.predict(handle_file(pair_file), api_name="/explain")
    assert values["explanation"]["method"] == read_verdicts(predictor.checkpoint).default == "grad_cam"
    largest = predictor.predict(pair_file)[0]
    assert values["prediction"]["face_box_xyxy"] == list(largest.face_box_xyxy)
    assert values["explanation"]["target_name"] == largest.emotion


def test_no_face_is_an_empty_answer_for_predict_and_advice_for_explain(client, nobody, tmp_path):
    path = tmp_path / "nobody.png"
    Image.fromarray(nobody).save(path)
    values, _ = client.predict(handle_file(str(path)), api_name="/predict")
    assert values == {"faces": []}
    for endpoint in ("/explain", "/trust"):
        with pytest.raises(AppError) as caught:
            client.predict(handle_file(str(path)), api_name=endpoint)
        assert str(caught.value) == words.NO_FACE_API


def _huge_png() -> bytes:
    """30,000 x 30,000 pixels of grey in 110 kB: 900 MB if anyone decoded it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pack = zlib.compressobj(1)
    rows = b"".join(pack.compress(bytes(30_001 * 100)) for _ in range(300)) + pack.flush()
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _one_pixel() -> bytes:
    return b"P6 1 1 255\n\x00\x00\x00"


RUBBISH = {
    "empty.jpg": b"",
    "text.jpg": b"these are words, not a picture",
    "truncated.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "vector.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "pixel.ppm": _one_pixel(),
    "program.png": b"\x7fELF" + bytes(100),
}


@pytest.mark.parametrize("endpoint", ["/predict", "/explain"])
@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused_in_one_sentence_and_the_app_lives_on(client, app, tmp_path, astronaut_file, endpoint, name):
    path = tmp_path / name
    path.write_bytes(RUBBISH[name])
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(str(path)), api_name=endpoint)
    assert_sentence(str(caught.value))
    assert "Traceback" not in app.log.read_text()


def test_an_enormous_picture_is_refused_before_it_is_decoded(client, tmp_path):
    path = tmp_path / "huge.png"
    path.write_bytes(_huge_png())
    with pytest.raises(AppError, match="too large") as caught:
        client.predict(handle_file(str(path)), api_name="/predict")
    assert_sentence(str(caught.value))


@pytest.mark.parametrize(
    "arguments",
    [
        {"boxes": "words"},
        {"boxes": [[1, 2, 3]]},
        {"boxes": [[9000, 9000, 9100, 9100]]},
        {"boxes": [[5, 5, 1, 1]]},
        {"boxes": {"x": [1]}},
    ],
)
def test_bad_boxes_are_refused_in_one_sentence(client, astronaut_file, arguments):
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(astronaut_file), api_name="/predict", **arguments)
    assert_sentence(str(caught.value))


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "tea_leaves"},
        {"method": ""},
        {"target": "Boredom"},
        {"face": 0},
        {"face": 2},
        {"face": 1.5},
        {"box": [1, 2]},
        {"box": "a,b,c,d"},
        {"opacity": 7},
        {"opacity": "much"},
    ],
)
def test_bad_requests_are_refused_in_one_sentence(client, astronaut_file, arguments):
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(astronaut_file), api_name="/explain", **arguments)
    assert_sentence(str(caught.value))


def test_a_quick_prediction_does_not_wait_for_slow_explanations(client, astronaut_file):
    asked = {"method": "integrated_gradients", "maps": False}
    slow = [client.submit(handle_file(astronaut_file), **asked, api_name="/explain") for _ in range(4)]
    values, _ = client.predict(handle_file(astronaut_file), api_name="/predict")
    assert len(values["faces"]) == 1
    assert not all(job.done() for job in slow)
    for job in slow:
        assert job.result(timeout=600)[0]["explanation"]["method"] == "integrated_gradients"


def test_a_request_without_a_photo_says_so(client):
    with pytest.raises(AppError) as caught:
        client.predict(None, api_name="/predict")
    assert str(caught.value) == words.NO_PHOTO_API


def test_nothing_of_the_metadata_leaves_with_the_pictures(client, app, astronaut, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "at home"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    path = tmp_path / "somebody-at-home.jpg"
    Image.fromarray(astronaut).save(path, exif=exif, quality=95)
    _, picture = client.predict(handle_file(str(path)), api_name="/predict")
    _, moved, looked = client.predict(handle_file(str(path)), method="grad_cam", box=[100, 100, 300, 300],
                                      api_name="/explain")  # fmt: skip
    for sent in (picture, moved, looked):
        with Image.open(sent) as image:
            assert not image.getexif()
            assert "exif" not in image.info
        assert b"at home" not in Path(sent).read_bytes()
    assert "somebody" not in app.log.read_text()


def test_the_upright_photo_is_what_is_analysed(client, predictor, astronaut, tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(astronaut)).save(path, exif=exif, quality=95)
    values, _ = client.predict(handle_file(str(path)), api_name="/predict")
    assert len(values["faces"]) == 1
    assert values["faces"] == json.loads(json.dumps([prediction_to_dict(one) for one in predictor.predict(path)]))
    assert values["faces"][0]["photo_hw"] == list(load_photo(str(path)).shape[:2])


def test_the_page_keeps_no_history_and_sends_no_telemetry(app, client):
    assert client.config["run_history"] is False
    assert client.config["analytics_enabled"] is False
    assert client.config["show_error"] is False
