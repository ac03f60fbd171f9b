"""Numbers in words say nothing that is not so."""

from __future__ import annotations

import pytest

from glamor.words import percent


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (0.003, "< 1%"), (0.006, "1%"), (0.5, "50%"), (0.994, "99%"), (0.997, "> 99%"), (1.0, "100%")],
)
def test_only_what_is_all_is_100_per_cent_and_only_nothing_is_0(share: float, said: str) -> None:
    assert percent(share) == said
