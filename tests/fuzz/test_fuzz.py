"""Damaged input of every kind: an answer or one sentence, whatever comes.

GLAMOR_FUZZ_INPUTS says how many inputs are tried; a seed that fails is tried alone with
``python -m tests.fuzz.limited KIND SEED 1``.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from glamor.kinds import FORMATS
from glamor.photo import load_photo
from tests.fuzz import pictures
from tests.fuzz.conftest import Tally
from tests.live_app import ROOT

INPUTS = int(os.environ.get("GLAMOR_FUZZ_INPUTS", "200"))
SHARES = {"pictures": 0.4, "hostile": 0.2, "checkpoints": 0.2, "requests": 0.2}


@pytest.mark.parametrize("kind", SHARES)
def test_damaged_input_is_answered_or_refused_in_one_sentence(kind: str, tally: Tally) -> None:
    count = round(INPUTS * SHARES[kind])
    command = [sys.executable, "-m", "tests.fuzz.limited", kind, "0", str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600 + 2 * count, check=False)
    *_, last = done.stdout.splitlines() or [""]
    assert done.returncode == 0, f"status {done.returncode} at seed {last}:\n{done.stderr[-3000:]}"
    told = json.loads(last)
    tally[kind] = told
    assert told["accepted"] + told["refused"] == count
    assert told["refused"] > 0.2 * count, "the damage is real"
    assert told["accepted"] > 0, "and not always fatal"


def test_every_format_is_damaged_and_was_whole_before() -> None:
    files = pictures.small()
    formats = set()
    for data in files:
        assert load_photo(data).shape in ((32, 40, 3), (40, 32, 3))
        with Image.open(io.BytesIO(data)) as image:
            formats.add(str(image.format))
    assert formats == set(FORMATS)


def test_a_seed_gives_the_same_damage_again() -> None:
    one, other = (pictures.damaged(np.random.default_rng(7)) for _ in range(2))
    assert one == other
    assert one not in pictures.small()
