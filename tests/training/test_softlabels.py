from __future__ import annotations

from pathlib import Path

import pytest
import torch

from glamor.errors import DataError
from glamor.training.data import Sample
from glamor.training.softlabels import soft_targets

NAMES = ("Anger", "Happy", "Sad")
SAMPLES = tuple(
    Sample(Path(f"{stem}.jpg"), label, "x") for stem, label in (("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 1))
)


def test_a_second_choice_shares_the_more_the_less_sure_the_first_is(tmp_path: Path) -> None:
    rows = [
        "name,label,second,confidence,told_by",
        "a,Anger,Sad,3,f",
        "b,Happy,Anger,2,b",
        "c,Sad,Happy,1,s",
        "d,Sad,,1,f",
        "e,Happy,X,2,f",
    ]
    (tmp_path / "labels-train.csv").write_text("\n".join(rows) + "\n")
    expected = torch.tensor([[0.9, 0, 0.1], [0.25, 0.75, 0], [0, 0.4, 0.6], [0, 0, 1], [0, 1, 0]])
    torch.testing.assert_close(soft_targets(tmp_path, "train", SAMPLES, NAMES), expected)


def test_without_a_file_the_label_is_all(tmp_path: Path) -> None:
    targets = soft_targets(tmp_path, "train", SAMPLES, NAMES)
    assert targets.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    "text",
    [
        "name,label\na,Anger\n",
        "name,second,confidence\na,Joy,3\n",
        "name,second,confidence\na,Sad,9\n",
    ],
)
def test_what_is_not_understood_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "labels-val.csv").write_text(text)
    with pytest.raises(DataError, match=r"labels-val\.csv is not understood \(.*\); give it the columns name, second"):
        soft_targets(tmp_path, "val", SAMPLES, NAMES)
