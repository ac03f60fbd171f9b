"""The tab Two photos as a plain function, on seeded random weights."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from PIL import Image

from demo.analyse import handlers
from demo.swap import handlers as swapping
from demo.swap import views, words
from demo.swap.handlers import EVERYBODY, LARGEST
from demo.visits import Session
from glamor.explain import SwapMatrix, swap_matrix


def swap(engine, *sources, who=LARGEST, session=None, with_analysed=False):
    return swapping.swap(engine, session or Session(), sources, who, with_analysed)


def pairs(words: str) -> list[tuple[str, ...]]:
    """Return label, probability, who decided and the face's weight of each pair, row by row."""
    return re.findall(r"<td><b>(\w+) (\d+%)</b><br>([^<]+)<br>face (\d+%)</td>", words)


def test_two_photos_give_the_matrix_of_the_library(engine, astronaut, grace_hopper):
    swapped = swap(engine, astronaut, grace_hopper)
    predictions = [engine.predict(photo)[0] for photo in (astronaut, grace_hopper)]
    matrix = swap_matrix(engine.predictor.model, [one.prepared for one in predictions])
    shown = pairs(swapped.words)
    assert len(shown) == 4
    for (i, j), (label, probability, who, weight) in zip(np.ndindex(2, 2), shown, strict=True):
        assert label == engine.class_names[matrix.labels[i, j]]
        assert probability == f"{matrix.probabilities[i, j].max():.0%}"
        assert weight == f"{matrix.fusion_weights[i, j, 0]:.0%}"
        assert (who == words.HOME) == (i == j)
    assert [shown[0][0], shown[3][0]] == [one.emotion for one in predictions]
    assert views.summary(matrix, engine.class_names) in html.unescape(swapped.words)
    assert swapped.notice == ""
    assert swapped.picture["visible"] is True
    assert "2 faces in front of 2 scenes" in swapped.picture["alt_text"]


def test_the_summary_counts_who_won():
    labels = np.array([[0, 0, 0], [0, 1, 1], [2, 0, 2]])
    matrix = SwapMatrix(labels, np.eye(3)[labels], np.full((3, 3, 2), 0.5), np.ones((3, 3, 1, 1)), 6, 3, 2)
    assert views.summary(matrix, "ABC") == (
        "In 3 of 6 telling pairs, the face’s label won; in 2, the scene’s; in 1, neither."
    )


def test_where_all_have_one_label_nothing_can_be_told():
    labels = np.ones((2, 2), np.int64)
    matrix = SwapMatrix(labels, np.eye(2)[labels], np.full((2, 2, 2), 0.5), np.ones((2, 2, 1, 1)), 0, 0, 0)
    assert "all 2 faces have the label B" in views.summary(matrix, "AB")


def test_one_photo_of_two_people_is_enough(engine, two_people):
    assert len(pairs(swap(engine, two_people).words)) == 4


def test_of_several_photos_the_largest_face_takes_part_or_every_one(engine, two_people, astronaut):
    assert len(pairs(swap(engine, two_people, astronaut).words)) == 4
    swapped = swap(engine, two_people, astronaut, who=EVERYBODY)
    assert len(pairs(swapped.words)) == 9
    assert re.findall(r"photo \d", swapped.words) == ["photo 1", "photo 1", "photo 2"]


def test_the_analysed_photo_comes_first_with_the_faces_marked_there(engine, nobody, astronaut):
    session = Session()
    handlers.analyse(engine, session, nobody, "grad_cam", 0.7)
    handlers.add_box(engine, session, "100, 50, 220, 170", "grad_cam", 0.7)
    swapped = swap(engine, astronaut, session=session, with_analysed=True)
    shown = pairs(swapped.words)
    assert len(shown) == 4
    assert shown[0][0] == session.analysis.predictions[0].emotion
    assert "only one face so far" in swap(engine, astronaut, session=session).words


def test_seven_faces_are_too_many_and_it_is_said_who_stays(engine, two_people):
    row = np.hstack([two_people] * 4)
    many = np.asarray(Image.fromarray(row).resize((row.shape[1] // 2, row.shape[0] // 2)))
    assert len(engine.predict(many)) == 8
    swapped = swap(engine, many)
    assert "There are 8 faces; the first 6 take part" in swapped.notice
    assert len(pairs(swapped.words)) == 36
    assert max(np.shape(swapped.picture["value"])) < 2600


def test_photos_beyond_the_sixth_are_not_even_looked_at(engine, astronaut, monkeypatch):
    looked_at = []
    predict = engine.predict
    monkeypatch.setattr(engine, "predict", lambda photo: looked_at.append(1) or predict(photo))
    swapped = swap(engine, *[astronaut] * 9)
    assert words.TOO_MANY_PHOTOS.format(limit=6) in swapped.notice
    assert len(pairs(swapped.words)) == 36
    assert len(looked_at) == 7


def test_a_photo_without_a_face_is_left_out_and_named(engine, astronaut, nobody, grace_hopper):
    swapped = swap(engine, astronaut, nobody, grace_hopper)
    assert "No face was found in photo 2" in swapped.notice
    assert len(pairs(swapped.words)) == 4


@pytest.mark.parametrize(("sources", "words"), [(0, words.EMPTY), (1, words.ALONE)])
def test_too_few_are_answered_with_what_to_add(engine, astronaut, sources, words):
    swapped = swap(engine, *[astronaut] * sources, None)
    assert words in swapped.words
    assert swapped.picture["visible"] is False


def test_nobody_at_all(engine, nobody):
    assert words.NOBODY in swap(engine, nobody).words


def test_rubbish_is_answered_in_one_sentence(engine, astronaut):
    swapped = swap(engine, astronaut, b"words")
    assert 'class="note warn"' in swapped.notice
    assert "Traceback" not in swapped.notice
    assert swapped.picture["value"] is None
