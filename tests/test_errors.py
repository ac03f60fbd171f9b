"""What a message quotes stays a sentence, whatever came."""

from __future__ import annotations

import pytest

from glamor.errors import FaceError, quoted
from glamor.prepare import square_box


def test_what_is_short_is_quoted_as_python_writes_it() -> None:
    assert [quoted(given) for given in (None, "it's", [1, "x"])] == ["None", '"it\'s"', "[1, 'x']"]
    assert quoted("a" * 118) == f"'{'a' * 118}'"  # with its quotes, 120 letters


@pytest.mark.parametrize("given", ["a" * 119, ["a"] * 10**5, b"a" * 10**6], ids=["one more", "list", "bytes"])
def test_what_is_long_is_cut_off_and_says_so(given: object) -> None:
    assert quoted(given) == repr(given)[:120] + "..."


def test_a_number_that_python_writes_out_for_nobody_is_named() -> None:
    assert quoted(10**5000) == "a far too long int"


def test_a_refusal_stays_short_whatever_it_refuses() -> None:
    with pytest.raises(FaceError) as caught:
        square_box("9" * 10**6, 1.0)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 250
