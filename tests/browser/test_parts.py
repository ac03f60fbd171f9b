"""The parts of the chosen face, below the lens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo.examples import example_photos
from demo.parts import words
from demo.parts.tries import settings
from glamor.explain.flips import KINDS, find_flips
from glamor.explain.parts import explain_parts
from glamor.predictor import Predictor
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def test_the_sentence_and_the_patches_stand_below_the_lens_and_follow_the_photo(
    page: Page, portrait: Path, predictor: Predictor
) -> None:
    add_photo(page, portrait)
    (prediction,) = predictor.predict(np.asarray(Image.open(portrait)))
    sentence = explain_parts(predictor.model, prediction).sentence
    card = page.locator("#parts")
    expect(card.locator(".verdict")).to_have_text(sentence)
    expect(page.locator("[data-parting]")).to_have_count(0)
    expect(card.get_by_role("img")).to_have_attribute("alt", words.ALT.format(label="Happy", sentence=sentence))
    expect(card).to_have_css("opacity", "1")
    lens, below = page.locator("#lens").bounding_box(), card.bounding_box()
    assert lens is not None
    assert below is not None
    assert lens["y"] + lens["height"] <= below["y"]
    assert fits_across(page)
    expect(page.get_by_role("tab", name="Analyse", exact=True)).to_be_visible()
    keep(page, "parts")


def test_a_press_sets_the_living_picture_to_what_turns_the_label(page: Page, predictor: Predictor) -> None:
    photo = example_photos()[1]  # whose label cells, weight and blur turn
    (prediction,) = predictor.predict(np.asarray(Image.open(photo).convert("RGB")))
    flips = find_flips(predictor.model, prediction.prepared)
    add_photo(page, photo)
    card, label = page.locator("#parts"), page.locator("#living .best")
    tried = [(kind, settings(flips, kind)) for kind in KINDS]
    assert [kind for kind, asked in tried if asked] == ["cells", "fusion", "blur"]
    for kind, asked in tried:
        if asked:
            card.locator(f'[data-try="{asked}"]').click()
            expect(label).to_contain_text(getattr(flips, kind).emotion)
            expect(label).to_be_in_viewport()
    expect(page.locator("#living .steps li")).to_have_count(4)  # to go back to
    page.locator("#parts-missing").get_by_label(words.REPLACEMENTS["mean"]).check()
    expect(card).to_contain_text(words.MISSING["mean"])
    assert fits_across(page)
    keep(page, "flips")
