"""What would turn the label, in sentences: short, and made of nothing but the numbers in the JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from glamor.explain.flips import BlurFlip, CellsFlip, Flips, FusionFlip, PartsFlip, SceneFlip, sentence, sentences
from glamor.serialise import flips_to_dict
from tests.explain.rebuilt import flips_from

LONG = "one two three four"  # a person's own part may have so long a name
NOTHING = Flips("Surprise", None, None, None, None, None, 2, parts_asked=True, cells_asked=49)
ALL = Flips(
    "Surprise",
    PartsFlip(("hair and outline", "rest of the face"), "Surprise", 0.999),
    CellsFlip(((0, 0), (3, 4), (6, 6), (2, 1)), "Neutral", 0.4, at_least=3),
    FusionFlip(0.3456, 0.7123, "Neutral"),
    BlurFlip(3.25, 3.2, 4, "Neutral", 0.31),
    SceneFlip("Eileen Collins", 1.5, "Neutral", 0.999),
    2,
    parts_asked=True,
    cells_asked=49,
)
FEW = replace(
    ALL,
    parts=PartsFlip((LONG, LONG), "Surprise", 0.001),
    cells=CellsFlip(((6, 6),), "Surprise", 0.999, at_least=1),
    fusion=FusionFlip(0.9, 0.2, "Surprise"),
)
MANY = replace(
    ALL,
    parts=PartsFlip((LONG,) * 5, "Surprise", 0.999),
    cells=CellsFlip(((0, 0), (6, 6)), "Surprise", 0.999, at_least=2),
)


@pytest.mark.parametrize("flips", [NOTHING, ALL, FEW, MANY])
def test_every_sentence_is_short_and_can_be_rebuilt_from_the_json(flips: Flips) -> None:
    told = json.loads(json.dumps(flips_to_dict(flips)))
    assert len(told["sentences"]) == 5
    assert tuple(told["sentences"]) == sentences(flips_from(told))
    for said in told["sentences"]:
        assert len(said.split()) <= 25
        assert said.endswith(".")
        assert said.count(".") - said.count(".3 pixels") - said.count(".2 pixels") <= 3  # one sentence, and decimals


def test_what_was_found_is_said_with_how_exact_it_is() -> None:
    assert sentences(ALL) == (
        "Without the hair and outline and the rest of the face it would say Surprise (> 99%); "
        "no smaller set of parts turns the label.",
        "Without 4 cells of the scene it would say Neutral (40%); fewer may do: the search took one after another.",
        "With the face’s weight below 34.6% instead of 71.2% it would say Neutral; this is exact.",
        "With the face blurred by 3.2 pixels it would say Neutral (31%); less may do: blurs were tried in steps.",
        "Before the scene of Eileen Collins it would say Neutral (> 99%): the nearest of 2 example scenes that turns "
        "the label.",
    )
    assert sentence(FEW, "cells").startswith("Without the scene’s cell in row 7, column 7 it would say")
    assert "above 90.0% instead of 20.0%" in sentence(FEW, "fusion")
    assert sentence(MANY, "parts").startswith("Without 5 of the parts it would say")
    assert "every smaller set was tried" in sentence(MANY, "cells")


def test_it_is_said_plainly_where_nothing_turns_the_label() -> None:
    for said in sentences(NOTHING):
        assert "Surprise" in said
        assert "would say" not in said
    assert sentence(NOTHING, "cells").endswith("not all sets were tried.")


def test_what_was_not_tried_is_not_spoken_of() -> None:
    assert len(sentences(replace(NOTHING, scenes=0, parts_asked=False))) == 3
