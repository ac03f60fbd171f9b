"""The tab Interventions as plain functions, on seeded random weights."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from demo.analyse import handlers
from demo.interventions import handlers as intervening
from demo.interventions import words
from demo.interventions.handlers import KEEP_ALL, SAME, STRONGEST, Outputs
from demo.visits import Session
from glamor.explain import Intervention, intervene, permuted
from glamor.explain.what_if import BLACK, BLURRED, SHUFFLED, UNIFORM, InterventionState, Setting
from glamor.figures.board import BOARD
from glamor.figures.canvas import DPI


@pytest.fixture
def session(engine, two_people) -> Session:
    """Two faces analysed, the larger one (left) chosen."""
    session = Session()
    handlers.analyse(engine, session, two_people, "grad_cam", 0.7)
    return session


def place(row: int, column: int) -> tuple[float, float]:
    """Return the middle of a cell on the drawn board, pixels."""
    side = (BOARD[2] - BOARD[0]) / 7
    return (BOARD[0] + (column + 0.5) * side) * DPI, (BOARD[1] + (row + 0.5) * side) * DPI


def expected(engine, bench: InterventionState, forced: Intervention) -> list[str]:
    """Return the probabilities of the network itself under an intervention, as the table prints them."""
    trace = intervene(engine.predictor.model, bench.prediction.prepared, forced)
    return [f"{value:.1%}" for value in trace.logits.softmax(dim=1)[0].tolist()]


def columns(room: Outputs) -> list[list[str]]:
    """Return untouched, present and changed values of the seven labels and the two weights."""
    rows = re.findall(r"<td>([\d.%]+)</td><td>([\d.%]+)</td><td class=\"\w+\">([^<]+)</td>", room.answer)
    assert len(rows) == 9
    return [list(column) for column in zip(*rows, strict=True)]


def test_before_there_is_a_photo_the_tab_says_what_it_is_for(engine):
    room = intervening.enter(engine, Session())
    assert (room.empty["visible"], room.room["visible"], room.people_card["visible"]) == (True, False, False)
    for act in (intervening.weigh_freely, intervening.undo_all):
        assert act(engine, Session()) == room
    assert intervening.weigh(engine, Session(), 0.5).empty["visible"]
    assert intervening.click_board(engine, Session(), (10.0, 10.0)) == Outputs()


def test_entering_shows_the_chosen_face_untouched(engine, session):
    room = intervening.enter(engine, session)
    prediction = session.analysis.predictions[0]
    before, now, change = columns(room)
    assert before[:7] == [f"{value:.1%}" for value in prediction.probabilities]
    assert now == before
    assert set(change) == {"0.0"}
    assert words.NOTHING_SET in room.answer
    assert room.weight == round(prediction.fusion_weights[0], 2)
    assert "face 1" in room.lead
    assert room.room["visible"] is True


def test_another_face_chosen_in_analyse_is_the_one_here(engine, session):
    intervening.weigh(engine, session, 1.0)
    handlers.choose_face(session, 1, 0.7)
    room = intervening.enter(engine, session)
    assert "face 2" in room.lead
    assert session.intervention.prediction is session.analysis.predictions[1]
    assert session.intervention.setting == Setting()


def test_what_was_set_is_there_again_after_a_look_at_another_tab(engine, session):
    intervening.weigh(engine, session, 1.0)
    assert columns(intervening.enter(engine, session))[1][7:] == ["100.0%", "0.0%"]


@pytest.mark.parametrize("w_face", [0, 0.25, 1])
def test_the_slider_forces_the_weight_and_the_answer_is_the_networks(engine, session, w_face):
    room = intervening.weigh(engine, session, w_face)
    forced = Intervention(fusion=torch.tensor([float(w_face), 1 - float(w_face)]))
    assert columns(room)[1] == [*expected(engine, session.intervention, forced), f"{w_face:.1%}", f"{1 - w_face:.1%}"]
    assert room.weight == SAME, "the slider is not pulled out of the visitor's hand"
    assert room.board == SAME, "the map does not depend on the weights"
    assert f"weight of the face {w_face:.2f}" in room.answer


def test_the_network_weighs_by_itself_again(engine, session):
    before = intervening.enter(engine, session)
    intervening.weigh(engine, session, 0.9)
    room = intervening.weigh_freely(engine, session)
    assert (room.answer, room.weight) == (before.answer, before.weight)


def test_a_clicked_cell_is_removed_and_comes_back(engine, session):
    start = intervening.enter(engine, session)
    learned = torch.tensor(session.intervention.prediction.attention, dtype=torch.float32)
    room = intervening.click_board(engine, session, place(2, 5))
    learned[2, 5] = 0
    assert columns(room)[1][:7] == expected(engine, session.intervention, Intervention(attention=learned))
    assert session.intervention.setting.removed == {(2, 5)}
    assert "1 of 49 cells removed" in room.answer
    assert room.board["value"] != start.board["value"]
    again = intervening.click_board(engine, session, place(2, 5))
    np.testing.assert_array_equal(again.board["value"], start.board["value"])
    assert again.answer == start.answer


@pytest.mark.parametrize("point", [(3.0, 300.0), (300.0, 760.0), (-5.0, 10.0), None])
def test_a_click_beside_the_grid_does_nothing(engine, session, point):
    intervening.enter(engine, session)
    assert intervening.click_board(engine, session, point) == Outputs()


def test_a_typed_cell_does_the_same_as_a_click(engine, session):
    intervening.type_cell(engine, session, "3, 6")
    assert session.intervention.setting.removed == {(2, 5)}
    for given in ("", "0, 1", "8, 1", "1", "1,2,3", "a, b", None, "<b>1</b>"):
        room = intervening.type_cell(engine, session, given)
        assert "its row, from 1 to 7" in room.notice
        assert "<b>1" not in room.notice
        assert room._replace(notice=SAME) == Outputs()
    assert session.intervention.setting.removed == {(2, 5)}


def test_only_the_strongest_cell_stays(engine, session):
    room = intervening.look(engine, session, STRONGEST)
    attention = session.intervention.prediction.attention
    one = torch.zeros(7, 7)
    one.view(-1)[int(attention.argmax())] = 1
    assert columns(room)[1][:7] == expected(engine, session.intervention, Intervention(attention=one))
    assert "48 of 49 cells removed" in room.answer
    last = np.unravel_index(int(attention.argmax()), (7, 7))
    refused = intervening.click_board(engine, session, place(int(last[0]), int(last[1])))
    assert "keep at least one cell" in refused.notice
    assert refused.answer == SAME
    assert len(session.intervention.setting.removed) == 48
    kept = intervening.look(engine, session, KEEP_ALL)
    assert words.NOTHING_SET in kept.answer


def test_uniform_attention_is_the_mean_of_the_scene(engine, session):
    room = intervening.look(engine, session, UNIFORM)
    even = Intervention(attention=torch.full((7, 7), 1 / 49))
    assert columns(room)[1][:7] == expected(engine, session.intervention, even)
    assert "uniform attention" in room.answer


def test_every_shuffling_is_another_one_and_can_be_repeated(engine, session):
    boards = [intervening.look(engine, session, SHUFFLED).board["value"] for _ in range(2)]
    assert boards[0] != boards[1]
    session.intervention.setting = Setting()
    again = intervening.look(engine, session, SHUFFLED)
    np.testing.assert_array_equal(again.board["value"], boards[0])
    assert "shuffled attention (seed 1)" in again.answer
    forced = Intervention(attention=permuted(torch.tensor(session.analysis.predictions[0].attention), seed=1))
    assert columns(again)[1][:7] == expected(engine, session.intervention, forced)


def test_without_the_scene_or_the_face(engine, session):
    dark = intervening.see(engine, session, BLACK, "as is")
    forced = Intervention(context=torch.zeros_like(session.analysis.predictions[0].prepared.context))
    assert columns(dark)[1][:7] == expected(engine, session.intervention, forced)
    assert "scene black" in dark.answer
    nobody = intervening.see(engine, session, BLURRED, BLACK)
    assert "scene blurred, face black" in nobody.answer
    assert nobody.board["value"] != dark.board["value"]
    assert "Choose one of “as is”, “black”" in intervening.see(engine, session, "as is", "upside down").notice


def test_several_things_at_once_and_all_undone(engine, session):
    start = intervening.enter(engine, session)
    intervening.weigh(engine, session, 0.3)
    intervening.look(engine, session, UNIFORM)
    room = intervening.see(engine, session, BLURRED, "as is")
    assert "Set by hand: weight of the face 0.30, uniform attention, scene blurred." in room.answer
    undone = intervening.undo_all(engine, session)
    assert undone.answer == start.answer
    assert (undone.weight, undone.scene, undone.face) == (start.weight, "as is", "as is")


def test_each_input_is_encoded_once_however_much_is_tried(engine, session):
    for w_face in np.linspace(0, 1, 5).tolist():
        intervening.weigh(engine, session, w_face)
    intervening.look(engine, session, UNIFORM)
    encoded = dict(session.intervention.encoded)
    assert list(encoded) == [("as is", "as is")]
    intervening.see(engine, session, BLACK, "as is")
    intervening.see(engine, session, "as is", "as is")
    assert session.intervention.encoded["as is", "as is"] is encoded["as is", "as is"]


@pytest.mark.parametrize("given", [-0.1, 1.5, "half", True, float("nan")])
def test_a_weight_that_is_none_is_answered_in_words(engine, session, given):
    room = intervening.weigh(engine, session, given)
    assert "Enter a number from 0 to 1" in room.notice
    assert session.intervention.setting == Setting()


def test_the_people_of_a_photo_look_at_the_chosen_ones_scene(engine, session):
    handlers.choose_face(session, 1, 0.7)
    room = intervening.enter(engine, session)
    people = [one.prepared for one in session.analysis.predictions]
    own = intervene(engine.predictor.model, people[1], Intervention()).attention[0]
    other = intervene(engine.predictor.model, people[1], Intervention(face=people[0].face)).attention[0]
    distance = (own - other).abs().sum().item() / 2
    assert f"Face 1: {distance:.1%} of its attention lies elsewhere than face 2’s" in room.people_words
    assert room.people_card["visible"] is True


def test_one_face_alone_has_nobody_to_be_compared_with(engine, astronaut):
    session = Session()
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.7)
    assert intervening.enter(engine, session).people_card["visible"] is False


def test_a_new_photo_forgets_the_bench(engine, session, astronaut):
    intervening.weigh(engine, session, 0.2)
    handlers.analyse(engine, session, astronaut, "grad_cam", 0.7)
    assert session.intervention is None
    handlers.analyse(engine, session, None, "grad_cam", 0.7)
    assert intervening.enter(engine, session).room["visible"] is False


def test_the_shared_network_is_never_touched(engine, session, monkeypatch):
    model = engine.predictor.model
    monkeypatch.setattr(model, "forward", lambda *_: pytest.fail("the shared network was used"))
    monkeypatch.setattr(type(model), "combine", _only_copies(model, type(model).combine))
    intervening.enter(engine, session)
    intervening.weigh(engine, session, 0.2)


def _only_copies(shared, combine):
    def combined(self, *args):
        assert self is not shared
        return combine(self, *args)

    return combined
