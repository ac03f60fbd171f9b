"""No sentence that a person or an assistant reads has more than 25 words, whatever fills it."""

from __future__ import annotations

import inspect
from itertools import product

import pytest

from demo.api import texts
from demo.api.endpoints import Endpoints
from demo.living.words import PICTURE
from glamor.errors import ExplainError
from glamor.explain import METHODS
from glamor.explain.registry import find_method
from glamor.explain.trust import Band, Reliance, Stability, Variant
from glamor.explain.trust.verdict import sentence as verdict
from glamor.prepare import Geometry
from glamor.remarks import pose_remark, scene_words, set_remark, view_remark
from glamor.report import words as report_words
from glamor.sets import PredictionSet
from glamor.turned import Pose
from tests.live_app import ROOT
from tests.sentences import sentences_in, too_long, written_in

LABELS = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
SEEN = (29.0, 8.0, 141.0, 120.0)
GEOMETRIES = [
    Geometry((128, 171), box, SEEN) for box in ((40, 20, 60, 40), (19, 0, 49, 28), (0, 0, 20, 20), (0, 0, 0, 0))
]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two? “Three.” Four", 4),
        ("As in Guo et al. 2017, eq. 3 (Art. 5). 0%: nothing.", 2),
        ("Send data:image/jpeg;base64,... with breaks. <b>Now.</b>", 2),
        ("Do this:\n\n1. First\n2. Second\n   of two.", 3),
    ],
)
def test_sentences_are_told_apart(text: str, count: int) -> None:
    assert len(sentences_in(text)) == count, sentences_in(text)


def test_no_sentence_in_the_code_is_too_long() -> None:
    found = []
    for path in sorted(file for folder in ("demo", "glamor") for file in (ROOT / folder).rglob("*.py")):
        for line, text in written_in(path):
            found += [f"{path.relative_to(ROOT)}:{line} {sentence}" for sentence in too_long(text)]
    assert not found, "\n".join(found)


def test_the_scan_reads_the_words_modules() -> None:
    told = [text for _, text in written_in(ROOT / "demo" / "parts" / "words.py")]
    assert any("exact Shapley values" in text for text in told)
    assert not any("Every word that a visitor reads" in text for text in told)


def test_no_sentence_of_the_tools_is_too_long() -> None:
    told = [inspect.getdoc(each) or "" for name, each in vars(Endpoints).items() if name.endswith("_photo")]
    assert len(told) == 4
    told += [texts.PROMPT, texts.PROMPT_ABOUT, texts.PHOTO]
    assert not [long for text in told for line in text.split("\n") for long in too_long(line)]


def test_neither_half_of_what_a_less_clear_face_does_is_too_long() -> None:
    amounts = [text.format(amount="40%") for name, text in PICTURE.items() if name.endswith("_amount")]
    counts = [PICTURE[name].format(before="40%", after="60%") for name in ("clear_turned", "clear_same")]
    for how, count, said in product(amounts, counts, ("clear_said", "clear_said_forced")):
        assert not too_long(PICTURE[said].partition(";")[0].format(how=how, counts=count))  # the rest stands alone then


@pytest.mark.parametrize("outcome", ["better", "partly", "chance", "worse", "nothing"])
def test_a_verdict_is_told_in_short_sentences(outcome: str) -> None:
    names = [f"{method.name}, smooth" for method in METHODS.values() if method.can_smooth]
    for name in (*names, "Layer Conductance"):
        assert not too_long(verdict(name, outcome, 0.31, 0.72, Band(0.5, 0.4, 0.6)))  # type: ignore[arg-type]


@pytest.mark.parametrize("lost", [(0.0, 0.004), (0.5, 0.1), (0.1, 0.5)])
def test_reliance_is_told_in_short_sentences(lost: tuple[float, float]) -> None:
    found = Reliance(2, "Fear", (0.7, 0.3), (0.9, 0.1), 0.99, 9.0, lost, (0.1, 0.0), "black")
    assert not too_long(found.verdict)


def test_many_changed_labels_are_told_in_short_sentences() -> None:
    names = ["as it is", *(f"box right {i}% of its width" for i in range(15))]
    rows = [Variant(name, 0, LABELS[i % 2], 0.5, 0.5, None, changed=i > 0) for i, name in enumerate(names)]
    told = Stability(tuple(rows)).verdict
    assert not too_long(told)
    assert all(name in told for name in names[1:])


def test_what_stands_beside_an_answer_is_told_in_short_sentences() -> None:
    for count in range(1, 8):
        assert not too_long(set_remark(PredictionSet(LABELS[:count], 0.9, (0.82, 0.995)), len(LABELS)))
    for roll in (None, -36.0, 112.0, -178.0):
        assert not too_long(pose_remark(Pose(roll)))
    for geometry in GEOMETRIES:
        assert not too_long(view_remark(geometry))
        for caption in (report_words.SAW_CAPTION, report_words.SAW_ALT):
            assert not too_long(caption.format(scene=scene_words(geometry)))


def test_a_method_that_there_is_not_is_refused_in_short_sentences() -> None:
    with pytest.raises(ExplainError) as caught:
        find_method("tea leaves")
    assert not too_long(str(caught.value))
