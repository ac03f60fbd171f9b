from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from demo import views, words
from demo.analyse import words as analyse_words
from demo.visits import MapRequest, Selection
from glamor.explain import METHODS, Explanation
from glamor.familiar import Familiarity
from glamor.sets import PredictionSet
from glamor.turned import Pose


@pytest.fixture(scope="module")
def prediction(engine, astronaut):
    return engine.predict(astronaut)[0]


def test_every_probability_is_written_out_and_the_best_is_marked_once(prediction):
    values = np.array([0.02, 0.03, 0.05, 0.6, 0.1, 0.125, 0.075])
    known = replace(prediction, probabilities=values, emotion="Happy", prediction_set=None)
    html = views.answer(Selection(MapRequest(0, "grad_cam", "Happy"), known), 1)
    for piece in ("2.0%", "3.0%", "5.0%", "60.0%", "10.0%", "12.5%", "7.5%", "<strong>Happy</strong>"):
        assert piece in html
    assert html.count('class="best"') == 1
    assert "right for" not in html


def test_what_else_it_may_be_is_said_in_words(prediction):
    known = replace(prediction, prediction_set=PredictionSet(("Happy", "Sad"), 0.9, (0.86, 0.94)))
    shown = views.answer(Selection(MapRequest(0, "grad_cam", "Happy"), known), 1)
    said = "“Happy” or “Sad”: right for 9 of 10 faces (measured: 86% to 94%)."
    assert f'<p class="doubt">{said}</p>' in shown


def test_a_face_unlike_the_training_s_is_said_beyond_the_limit_only(prediction):
    for share, said in ((0.94, False), (0.98, True)):
        known = replace(prediction, familiarity=Familiarity(share, 0.5, (("Happy", 31), ("Neutral", 9), ("Sad", 10))))
        shown = views.answer(Selection(MapRequest(0, "grad_cam", "Happy"), known), 1)
        assert ('<p class="doubt">This face is less like the faces' in shown) is said
        assert ("of its 50 nearest training faces 31 were Happy, 9 Neutral." in shown) is said


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        ((0.8, 0.2), "gave the face most of the weight"),
        ((0.3, 0.7), "gave the scene most of the weight"),
        ((0.52, 0.48), "gave both about equal weight"),
        ((0.4, 0.6), "gave the scene somewhat more weight"),
    ],
)
def test_fusion_is_told_in_numbers_and_words(prediction, weights, verdict):
    html = views.weighed(replace(prediction, fusion_weights=weights))
    assert f"<strong>{weights[0]:.0%}</strong>" in html
    assert f"<strong>{weights[1]:.0%}</strong>" in html
    assert verdict in html


def test_the_alternative_text_says_where_attention_peaks(prediction):
    attention = np.full((7, 7), 1 / 98)
    attention[6, 0] += 0.5
    words = views.looked_alt(replace(prediction, attention=attention))
    assert "at the bottom left" in words
    assert f"{(1 / 98 + 0.5) * 49:.1f} times" in words


def test_the_page_says_what_the_result_is_not():
    assert "not what the person feels" in analyse_words.MEANING
    assert "banned in the EU" in words.LIMITS


def test_every_number_of_the_analysis_names_its_paper(prediction):
    for html in (
        views.answer(Selection(MapRequest(0, "grad_cam", "Happy"), prediction), 1),
        views.looked_caption(prediction),
        views.weighed(prediction),
    ):
        assert re.search(r"\w+ et al\. 20\d\d", html)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_map_unfolds_what_its_method_does_and_who_proposed_it(method):
    zeros = np.zeros((4, 4))
    found = Explanation(
        method=method.key,
        target=0,
        target_name="Angry",
        face=zeros,
        context=zeros,
        logit=1.0,
        baseline_logit=0.0,
        convergence_delta=None,
        scored=zeros > 0,
        baseline="black",
        smooth=False,
        seed=0,
    )
    told = re.sub("<[^>]+>", " ", views.moved(found))
    assert method.caption in unescape(told)
    assert f"{words.SOURCE} {method.source}." in unescape(told)


def test_a_turned_face_and_one_outside_the_scene_are_said(prediction):
    geometry = prediction.prepared.geometry
    height, width = geometry.photo_hw
    corner = replace(prediction.prepared, geometry=replace(geometry, face_box_xyxy=(0, 0, width // 20, height // 20)))
    outside = replace(prediction, prepared=corner, pose=Pose(-90.0))
    said = "This face lies outside the part of the scene that the network sees."
    assert views.looked_alt(outside).endswith(said)
    assert said in views.looked_caption(outside)
    assert said not in views.looked_alt(prediction) + views.looked_caption(prediction)
    request = MapRequest(0, "occlusion", prediction.emotion)
    turned = views.answer(Selection(request, outside), 1)
    assert "turned by about 90° counter-clockwise" in turned
    assert "turned by" not in views.answer(Selection(request, replace(prediction, pose=Pose(0.0))), 1)
