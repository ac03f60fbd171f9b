"""The endpoint /trust over real HTTP, against the app in a process of its own.

The weights are a small network's: what is compared is what the endpoint and the library say, and that takes seconds.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from glamor.explain.trust import examine
from glamor.photo import load_photo
from glamor.predictor import Predictor
from glamor.serialise import prediction_to_dict, trust_to_dict
from tests.live_app import LiveApp
from tests.sentences import assert_sentence


@pytest.fixture(scope="module")
def app(small_app: LiveApp) -> LiveApp:
    return small_app


@pytest.fixture(scope="module")
def predictor(small_weights: tuple[Path, Path]) -> Predictor:
    return Predictor(small_weights[0])


def test_trust_has_the_numbers_of_the_library(client, predictor, pair_file):
    values = client.predict(handle_file(pair_file), methods=["gradcam"], target="Fear", face=2, api_name="/trust")
    prediction = predictor.predict(pair_file)[1]
    fear = prediction.class_names.index("Fear")
    with predictor.lock:
        expected = examine(predictor.model, load_photo(pair_file), prediction.face_box_xyxy, ["grad_cam"], fear)
    assert values["prediction"] == json.loads(json.dumps(prediction_to_dict(prediction)))
    told, wanted = values["trust"], trust_to_dict(expected)
    assert told.keys() == wanted.keys()
    assert told["target_name"] == "Fear"
    assert [one["key"] for one in told["reliability"]] == ["grad_cam"]
    for how in ("pixels", "weights"):
        for mine, theirs in zip(
            told["faithfulness"][how]["curves"], wanted["faithfulness"][how]["curves"], strict=True
        ):
            np.testing.assert_allclose(mine["deletion"], theirs["deletion"], atol=1e-5)
            np.testing.assert_allclose(mine["insertion"], theirs["insertion"], atol=1e-5)
    assert told["reliance"]["fusion_weights"] == pytest.approx(wanted["reliance"]["fusion_weights"])
    names = [variant["name"] for variant in told["stability"]["variants"]]
    assert names == [variant["name"] for variant in wanted["stability"]["variants"]]
    assert told["verdict"].startswith("Attention ")


@pytest.mark.parametrize(
    "arguments",
    [{"methods": ["tea_leaves"]}, {"methods": [3]}, {"methods": {"a": 1}}, {"target": "Boredom"}, {"face": 5}],
)
def test_bad_requests_for_trust_are_refused_in_one_sentence(client, astronaut_file, arguments):
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(astronaut_file), api_name="/trust", **arguments)
    assert_sentence(str(caught.value))
