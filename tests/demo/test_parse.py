from __future__ import annotations

import base64

import pytest

from demo import cache, parse
from glamor.errors import ExplainError, FaceError, GlamorError


@pytest.mark.parametrize(
    "given",
    [
        "1, 2, 30.5, 40",
        "1 2 30.5 40",
        "(1,2,30.5,40)",
        " [1; 2; 30.5; 40]\n",
        [1, 2, 30.5, 40],
        ("1", "2", "30.5", "40"),
    ],
)
def test_a_box_is_read_as_people_write_it(given):
    assert parse.box(given) == (1.0, 2.0, 30.5, 40.0)


@pytest.mark.parametrize(
    "given",
    ["", "face", "1,2,3", "1,2,3,4,5", "10,0,5,5", "0,0,0,0", "0,0,nan,5", "0,0,inf,5", None, 7, [1, 2, 3],
     [True, 0, 5, 5], [[1], 2, 3, 4], {"x": 1}, "9" * 5000],
)  # fmt: skip
def test_what_is_no_box_is_refused_with_one_short_sentence(given):
    with pytest.raises(FaceError, match="accepted: four numbers") as caught:
        parse.box(given)
    assert len(str(caught.value)) < 200


def test_no_boxes_means_find_the_faces():
    assert parse.boxes(None) is parse.boxes([]) is parse.boxes("") is None
    assert parse.boxes([[0, 0, 5, 6], "1,1,2,2"]) == ((0, 0, 5, 6), (1, 1, 2, 2))


@pytest.mark.parametrize("given", [{"a": 1}, "1,2,3,4", 5, [5], [[1, 2]]])
def test_boxes_that_are_no_list_of_boxes_are_refused(given):
    with pytest.raises(FaceError):
        parse.boxes(given)


def test_faces_count_from_one():
    assert [parse.face_index(number, 3) for number in (1, 2, 3.0)] == [0, 1, 2]


@pytest.mark.parametrize("number", [0, 4, -1, 1.5, "1", True, float("nan"), [1]])
def test_a_face_that_is_not_there_is_refused(number):
    with pytest.raises(FaceError, match="accepted: a whole number from 1 to 3"):
        parse.face_index(number, 3)


@pytest.mark.parametrize("given", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_an_opacity_outside_its_range_is_refused(given):
    with pytest.raises(ExplainError, match="from 0 to 1"):
        parse.opacity(given)


def test_two_clicks_make_the_same_box_in_any_order():
    box = (10.0, 20.0, 30.0, 50.0)
    assert parse.corners((10, 20), (30, 50)) == box
    assert parse.corners((30, 20), (10, 50)) == box


def test_a_photo_comes_as_a_file_or_inline():
    inline = "data:image/png;base64," + base64.b64encode(b"picture").decode()
    assert parse.photo_source(None) is None
    kept = cache.keep(b"picture", "x.png")
    assert parse.photo_source({"path": kept, "url": "/file=x.png"}) == kept
    assert parse.photo_source({"path": None, "url": inline}) == b"picture"
    assert parse.photo_source({"path": None, "url": "data:image/png;base64,%%"}) == b""


def test_every_refusal_is_one_of_ours():
    assert issubclass(FaceError, GlamorError)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (None, ("a", "b")),
        ("", ("a", "b")),
        ([], ("a", "b")),
        (["ig"], ("ig",)),
        ("ig, grad_cam", ("ig", "grad_cam")),
    ],
)
def test_methods_are_a_list_or_words_with_commas(given, names):
    assert parse.methods(given, ("a", "b")) == names


@pytest.mark.parametrize("given", [3, [3], {"ig": 1}, [["ig"]], True])
def test_what_names_no_methods_is_refused(given):
    with pytest.raises(ExplainError, match="a list of their names"):
        parse.methods(given, ("a",))
