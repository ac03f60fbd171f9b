from __future__ import annotations

import base64

import pytest

from demo import cache, parse
from glamor.errors import ExplainError, FaceError, GlamorError, PhotoError


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
    with pytest.raises(FaceError, match="Enter four numbers") as caught:
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
    with pytest.raises(FaceError, match="Enter a whole number from 1 to 3"):
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
    assert parse.photo_source(inline) == b"picture"


# RFC 4648: section 3.1 on lines, 3.2 on padding, 5 on addresses; RFC 2397: letters may be spelt out as %2B.
@pytest.mark.parametrize("length", range(60, 64))
@pytest.mark.parametrize(
    "write",
    [
        base64.b64encode,
        base64.encodebytes,
        lambda data: base64.encodebytes(data).replace(b"\n", b"\r\n"),
        base64.urlsafe_b64encode,
        lambda data: base64.b64encode(data).rstrip(b"="),
        lambda data: base64.urlsafe_b64encode(data).rstrip(b"=") + b"\n",
        lambda data: base64.b64encode(data).replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D"),
    ],
)
@pytest.mark.parametrize("kind", ["data:image/png;base64,", "data:;base64,", "DATA:image/jpeg;name=a.jpg;base64,"])
def test_base64_is_read_as_programs_write_it(write, length, kind):
    data = bytes(range(251 - length, 251)) + b"\xff\xfb\xef\xbe"
    inline = kind + write(data).decode()
    assert parse.photo_source(inline) == parse.photo_source({"path": None, "url": inline}) == data


@pytest.mark.parametrize("letters", ["%%", "a", "ab!d", "äöü", "aGVsbG8=%%", "aGVsbG8=,aGVsbG8="])
def test_what_is_no_base64_is_called_that(letters):
    for payload in (f"data:image/png;base64,{letters}", {"url": f"data:image/png;base64,{letters}"}):
        with pytest.raises(PhotoError, match=r"not base64.*accepted.*send"):
            parse.photo_source(payload)


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


@pytest.mark.parametrize("given", ["5,0,5,5", "0,5,5,5", [5, 0, 5, 9]])
def test_a_box_without_area_is_refused(given):
    with pytest.raises(FaceError, match="x1 < x2 and y1 < y2"):
        parse.box(given)


def test_a_request_has_as_many_boxes_as_are_accepted_and_not_one_more():
    assert parse.MOST_BOXES == 256
    assert parse.boxes([[0, 0, 5, 6]] * 256) == ((0, 0, 5, 6),) * 256
    with pytest.raises(FaceError, match=r"There are 257 boxes\. Send at most 256 in one request"):
        parse.boxes([[0, 0, 5, 6]] * 257)


@pytest.mark.parametrize("given", [0, 1, 0.25])
def test_a_number_from_0_to_1_is_an_opacity_and_a_weight(given):
    for read in (parse.opacity, parse.weight):
        assert read(given) == given
        assert isinstance(read(given), float)
    assert parse.weight(None) is None


@pytest.mark.parametrize("given", [-0.1, 1.1, 2, float("nan"), "0.5", "", True, False, [0.5]])
def test_a_weight_outside_its_range_is_refused(given):
    with pytest.raises(ExplainError, match=r"weight of the face is .* from 0 to 1"):
        parse.weight(given)


@pytest.mark.parametrize(
    ("given", "cell"),
    [("1, 1", (0, 0)), ("6,7", (5, 6)), ("(2; 5)", (1, 4)), (" [3 4]\n", (2, 3)), ([2, 5], (1, 4)), ((6, 1), (5, 0))],
)
def test_a_cell_is_counted_from_one(given, cell):
    assert parse.cell(given, (6, 7)) == cell


@pytest.mark.parametrize("given", ["0,1", "1,0", "7,7", "6,8", "-1,1", "1", "1,2,3", "a,b", "1.5,2", "", None, 5, {}])
def test_a_cell_beside_the_grid_is_refused(given):
    with pytest.raises(ExplainError, match="row, from 1 to 6, and its column, from 1 to 7"):
        parse.cell(given, (6, 7))


def test_attention_is_rows_of_numbers():
    assert parse.grid([[0, 1, 0.5], [0, 0, 0]], (2, 3)) == ((0.0, 1.0, 0.5), (0.0, 0.0, 0.0))
    assert [parse.grid(given, (2, 3)) for given in (None, "", [])] == [None] * 3


@pytest.mark.parametrize(
    "given",
    [[[0, 0, 0], [0, 0, 0]], [[1, 1, 1]], [[1, 1, 1]] * 3, [[1, 1], [1, 1]], [[1, 1, 1], [1, 1]],
     [[1, 1, -1], [1, 1, 1]],
     [[1, 1, float("nan")], [1, 1, 1]], [[1, 1, float("inf")], [1, 1, 1]], [["1", 1, 1], [1, 1, 1]],
     [[True, 1, 1], [1, 1, 1]], [1, 1, 1], ["111", "111"], 5, "attention", [[10**400, 1, 1], [1, 1, 1]], {"a": 1}],
)  # fmt: skip
def test_attention_of_another_shape_or_of_none_is_refused(given):
    with pytest.raises(ExplainError, match="2 rows of 3 numbers, none below 0 and not all of them 0"):
        parse.grid(given, (2, 3))


def test_a_choice_is_one_of_the_accepted_words():
    assert parse.choice("blur", ("black", "blur"), "baseline") == "blur"
    for given in ("Blur", "", None, 3, ["blur"]):
        with pytest.raises(ExplainError, match=r"The baseline is .*Choose one of “black”, “blur”\."):
            parse.choice(given, ("black", "blur"), "baseline")


def test_a_name_is_a_word_or_nothing():
    assert [parse.word(given, "label") for given in ("Sad", "", None)] == ["Sad", "", ""]
    for given in (3, ["Sad"], True, {}):
        with pytest.raises(ExplainError, match=r"The label is .*Give its name"):
            parse.word(given, "label")


def test_each_method_is_taken_once_and_in_order():
    assert parse.methods("ig, grad_cam; ig", ()) == parse.methods(["ig", "grad_cam", "ig"], ()) == ("ig", "grad_cam")


@pytest.mark.parametrize(
    ("given", "quoted"),
    [
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 57 + "..."),
        ("two\n\n  lines", "two lines"),
        ([1, "x"], "[1, 'x']"),
        ([0] * 10**5, "[" + "0, " * 18 + "0,..."),
    ],
    ids=["as long as may be", "too long", "lines", "list", "long list"],
)
def test_what_came_is_quoted_in_one_line_and_cut(given, quoted):
    with pytest.raises(ExplainError) as caught:
        parse.opacity(given)
    assert str(caught.value).partition("“")[2].partition("”")[0] == quoted


@pytest.mark.parametrize("payload", [7, "photo.jpg", ["photo.jpg"], {"path": 5}, {"path": ["photo.jpg"]}])
def test_what_describes_no_photo_is_refused(payload):
    with pytest.raises(PhotoError, match="That photo is"):
        parse.photo_source(payload)


def test_an_inline_photo_is_written_anew_for_whoever_reads_only_one_way_of_writing_it():
    data = b"\xff\xfb\xef\xbe" * 30
    plain = "data:image/png;base64," + base64.b64encode(data).decode()
    for inline in (plain, "Data:image/png;base64," + base64.urlsafe_b64encode(data).decode().rstrip("=") + "\n"):
        assert parse.canonical(inline) == plain
    for value in ("https://example.org/data:", 7, None, ["data:"]):
        assert parse.canonical(value) is value
