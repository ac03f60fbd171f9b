"""The living picture: what it shows after something is changed is what Python says, and nobody is asked for it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from demo.examples import example_photos
from demo.living import words
from demo.living.clearness import STEPS
from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.degradations import degrade
from glamor.explain import (
    Encoded,
    Walk,
    encode,
    fusion_curve,
    head_weights,
    only_cells,
    recombine,
    swap_matrix,
    switching_units,
    uniform,
    walk,
)
from glamor.explain.fusion import probabilities
from glamor.model import Intervention, Trace
from glamor.predictor import Prediction, Predictor
from glamor.words import percent
from tests.browser.conftest import PATIENCE, add_photo, fits_across, keep
from tests.live_app import LiveApp, live_app

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
SAID = words.PICTURE


def _bars(page: Page) -> Locator:
    return page.locator("#living .answers li")


def _expect_answer(page: Page, predictor: Predictor, trace: Trace) -> None:
    """Expect the bars to say what Python says, and the best one to be marked."""
    shares = probabilities(predictor.model, trace.logits[0])
    names = predictor.model.config.class_names
    expect(_bars(page)).to_have_text([f"{name}{share:.1%}" for name, share in zip(names, shares, strict=True)])
    expect(page.locator("#living .best")).to_contain_text(names[shares.argmax()])


def _prediction(predictor: Predictor, photo: Path) -> Prediction:
    (prediction,) = predictor.predict(np.asarray(Image.open(photo)))
    return prediction


def _encoded(predictor: Predictor, prediction: Prediction) -> dict[str, Encoded]:
    """Return what the encoders make of a person, and of the person before a black scene."""
    prepared = prediction.prepared
    black = Intervention(context=torch.zeros_like(prepared.context))
    return {"own": encode(predictor.model, prepared), "blank": encode(predictor.model, prepared, black)}


def test_the_picture_follows_every_change_by_itself(page: Page, portrait: Path, predictor: Predictor) -> None:
    add_photo(page, portrait)
    prediction = _prediction(predictor, portrait)
    encoded, model = _encoded(predictor, prediction), predictor.model
    expect(page.locator("[data-entering]")).to_have_count(0)
    own = recombine(model, encoded["own"])
    _expect_answer(page, predictor, own)
    expect(page.locator("#living .changes-label")).to_have_text(SAID["untouched"])
    moved = page.locator("#moved-picture img")
    expect(moved).to_be_visible()  # the last that is asked for after an answer
    page.wait_for_function("(image) => image.complete", arg=moved.element_handle())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    slider = page.get_by_role("slider", name="weight of the face").and_(page.locator("#living *"))
    assert float(slider.input_value()) == pytest.approx(prediction.fusion_weights[0], abs=1e-4)
    slider.fill("0.9")
    forced = Intervention(fusion=torch.tensor([0.9, 0.1]))
    _expect_answer(page, predictor, recombine(model, encoded["own"], forced))
    slider.hover()
    page.mouse.down()
    box = slider.bounding_box()
    assert box is not None
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] * step / 20, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.get_by_role("button", name=SAID["back"]).click()
    _expect_answer(page, predictor, own)

    row, column = np.unravel_index(int(prediction.attention.argmax()), prediction.attention.shape)
    strongest = page.locator("#living .cell").nth(int(row * 7 + column))
    share = percent(float(prediction.attention.max()))
    name = SAID["cell"].format(row=row + 1, column=column + 1, share=share)
    expect(strongest).to_have_attribute("aria-label", name)
    strongest.click()
    page.get_by_role("button", name=SAID["remove"]).click()
    left = np.ones(prediction.attention.shape, dtype=bool)
    left[row, column] = False
    removed = Intervention(attention=only_cells(own.attention[0], left))
    _expect_answer(page, predictor, recombine(model, encoded["own"], removed))
    page.get_by_role("button", name=SAID["put_back"]).click()
    _expect_answer(page, predictor, own)

    page.get_by_role("button", name=SAID["blank_scene"]).click()
    _expect_answer(page, predictor, recombine(model, encoded["blank"]))
    page.get_by_role("button", name=SAID["reset"]).click()
    _expect_answer(page, predictor, own)
    _attend(page, predictor, encoded["own"])
    assert asked == [], "all of it was computed here"
    _blur(page, predictor, prediction)
    page.get_by_role("button", name=SAID["reset"]).click()
    _expect_answer(page, predictor, own)
    _swap_and_go_back(page, predictor, prediction)
    _come_back(page, predictor, prediction)
    _tour(page, predictor)


def _attend(page: Page, predictor: Predictor, own: Encoded) -> None:
    """Spread the attention, keep the strongest cell alone, shuffle, and keep all again."""
    model = predictor.model
    learned = recombine(model, own)
    shape = learned.attention[0].shape

    def press(name: str) -> None:
        button = page.get_by_role("button", name=SAID[name], exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    press("attend_even")
    _expect_answer(page, predictor, recombine(model, own, Intervention(attention=uniform(tuple(shape)))))
    press("attend_strongest")
    alone = (learned.attention[0] == learned.attention[0].max()).float()
    _expect_answer(page, predictor, recombine(model, own, Intervention(attention=alone)))
    orders = []
    for _ in range(2):
        press("attend_shuffled")
        expect(page.locator("#living .changed")).to_contain_text(SAID["changed_shuffled"])
        cells = page.locator("#living .cell")
        orders.append(cells.evaluate_all("(cells) => cells.map((cell) => cell.ariaLabel.split(':')[1])"))
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]), "the same shares elsewhere"
    press("attend_all")
    _expect_answer(page, predictor, learned)


def _blur(page: Page, predictor: Predictor, prediction: Prediction) -> None:
    """Drag through every step of blur and rest at one, then at a mask by the keyboard."""
    model, prepared = predictor.model, prediction.prepared
    own = recombine(model, encode(model, prepared))
    slider, said = page.get_by_role("slider", name=SAID["clear"]), page.locator("#living .clear-said")
    for step in range(1, 11):
        slider.fill(str(step))
    slider.fill("6")
    for kind, how in (("size", "12 pixels wide"), ("mouth", "30% of its height masked over the mouth")):
        face = degrade(prepared.face[None], kind, STEPS[kind][5])[0]
        trace = recombine(model, encode(model, replace(prepared, face=face)))
        _expect_answer(page, predictor, trace)
        names = model.config.class_names
        before, after = (percent(float(one.fusion_weights[0, 1])) for one in (own, trace))
        counts = SAID["clear_turned"].format(before=before, after=after)
        labels = [names[int(one.logits.argmax())] for one in (own, trace)]
        label = SAID["clear_stays"].format(to=labels[1])
        if labels[0] != labels[1]:
            label = SAID["clear_flipped"].format(**{"from": labels[0], "to": labels[1]})
        expect(said).to_have_text(SAID["clear_said"].format(how=how, counts=counts, label=label))
        mixing = page.locator("#living .mix input")
        assert float(mixing.input_value()) == pytest.approx(float(trace.fusion_weights[0, 0]), abs=1e-4)
        assert page.locator("#living .stage .face img").evaluate("(image) => image.naturalWidth") == face.shape[-1]
        page.get_by_role("combobox", name=SAID["clear_kind"]).select_option("mouth")
    slider.press("Home")
    _expect_answer(page, predictor, own)
    expect(said).to_have_text(SAID["clear_hint"])
    slider.press("ArrowRight")
    expect(page.locator("#living .changed")).to_contain_text(SAID["changed_mouth"])


def test_one_cells_score_and_the_flips_are_pythons(page: Page, portrait: Path, predictor: Predictor) -> None:
    add_photo(page, portrait)
    prediction = _prediction(predictor, portrait)
    expect(page.locator("[data-entering]")).to_have_count(0)
    model = predictor.model
    trace, found = recombine(model, encode(model, prediction.prepared)), walk(model, prediction.prepared)
    units = switching_units(head_weights(model), found.face_mean, found.cells)
    expect(page.locator("#living .switching")).to_have_text(
        SAID["switching"].format(units=len(units), count=units.sum())
    )
    curve, names = fusion_curve(model, trace), model.config.class_names
    if curve.flips:
        flips = [
            SAID["flip"].format(before=names[one.before], after=names[one.after], face=percent(one.w_face))
            for one in curve.flips
        ]
        said = SAID["flips"].format(labels=", ".join(flips))
    else:
        said = SAID["no_flips"].format(label=prediction.emotion)
    expect(page.locator("#living .flips")).to_have_text(said)

    cells, score = page.locator("#living .cell"), page.locator("#living .ask dd").first
    cells.nth(0).click()
    scores = trace.attention_scores[0].flatten().tolist()
    bars = page.locator("#living .of-face .telling")
    asked = bars.get_attribute("d")
    for key, cell in (("ArrowRight", 1), ("ArrowDown", 8), ("ArrowLeft", 7), ("ArrowLeft", 7), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(cells.nth(cell)).to_be_focused()
        expect(score).to_have_text(f"{scores[cell]:.2f}".replace("-", "−"))
    assert bars.get_attribute("d") == asked, "the face says the same to every cell"
    _numbers_of_a_unit(page, predictor, found)
    _all_numbers(page, predictor, found)
    _maps_of_the_blocks(page, found)
    cells.nth(0).focus()
    page.keyboard.press("Space")
    expect(cells.nth(0)).to_have_attribute("aria-label", SAID["cell_removed"].format(row=1, column=1))
    page.keyboard.press("Space")
    expect(cells.nth(0)).not_to_have_class(re.compile("gone"))
    cells.nth(24).click()
    expect(cells.nth(24)).to_have_attribute("aria-selected", "true")
    expect(cells.nth(24)).not_to_have_class(re.compile("gone"))
    cells.nth(24).click()
    expect(cells.nth(24)).to_have_attribute("aria-label", SAID["cell_removed"].format(row=4, column=4))
    _share_is_made_of_the_cells_that_are_left(page, scores)
    cells.nth(24).click()
    cells.nth(24).click()
    expect(cells.nth(24)).not_to_have_class(re.compile("gone"))
    expect(page.locator("#living .cell[tabindex='0']")).to_have_count(1)


def _share_is_made_of_the_cells_that_are_left(page: Page, scores: list[float]) -> None:
    """The chosen cell, number 24, is removed."""
    share = page.locator("#living .ask dd").last
    expect(share).to_have_text(SAID["share_removed"].format(share="0.0%"))
    page.locator("#living .cell").nth(3).click()
    left = np.delete(np.array(scores), 24)
    sum_ = np.exp(left - left.max()).sum()
    values = {"score": scores[3], "largest": left.max(), "sum": sum_}
    term = {name: f"{value:.2f}".replace("-", "−") for name, value in values.items()}
    part = np.exp(scores[3] - left.max()) / sum_
    expect(share).to_have_text(SAID["share_term"].format(**term, share=f"{100 * part:.1f}%"))
    page.get_by_role("button", name=SAID["attend_even"], exact=True).click()
    expect(share).to_have_text(SAID["share_forced"].format(share=f"{100 / 49:.1f}%"))
    page.get_by_role("button", name=SAID["undo"], exact=True).click()
    expect(share).to_have_text(SAID["share_term"].format(**term, share=f"{100 * part:.1f}%"))


def _numbers_of_a_unit(page: Page, predictor: Predictor, found: Walk) -> None:
    """Expect one unit of the first cell step by step, and all of them on the clipboard."""
    scorer = head_weights(predictor.model).scorer
    assert scorer is not None
    face = scorer.face.astype(np.float64) @ found.face_mean + scorer.bias
    cell = scorer.cell.astype(np.float64) @ found.cells[0, 0]
    relu = np.maximum(face + cell, 0)
    norm = scorer.norm.scale * relu + scorer.norm.shift
    hidden, weight = np.maximum(norm, 0), scorer.score.weight[0]
    steps = np.stack([face, cell, face + cell, relu, norm, hidden, hidden * weight])
    page.get_by_role("slider", name=SAID["unit"]).fill("7")
    values = [f"{value:.2f}".replace("-", "−") for value in (*steps[:, 6], weight[6])]
    names = ("face", "cell", "sum", "relu", "norm", "hidden", "terms", "weight")
    said = page.locator("#living .arithmetic")
    expect(said).to_have_text(SAID["unit_said"].format(unit=7, **dict(zip(names, values, strict=True))))
    page.get_by_role("button", name=SAID["copy"], exact=True).click()
    expect(page.get_by_text(SAID["copied"])).to_be_visible()
    head, *rows = _copied_table(page)
    assert head == ["unit", *names[:-1]]
    table = np.array(rows, np.float64)
    np.testing.assert_array_equal(table[:, 0], np.arange(1, len(weight) + 1))
    np.testing.assert_allclose(table[:, 1:], steps.T, atol=1e-5)


def _all_numbers(page: Page, predictor: Predictor, found: Walk) -> None:
    """Expect all that the picture computed on the clipboard, as Python computes it."""
    page.get_by_role("button", name=SAID["copy_all"]).click()
    head, *rows = _copied_table(page)
    assert head == ["what", "where", "value"]
    names = predictor.config.class_names
    expected = {
        "attention score": found.attention_scores.flatten(),
        "attention": found.attention.flatten(),
        "fusion score": found.fusion_scores,
        "fusion weight": found.fusion_weights,
        "logit": found.logits,
        "probability": found.probabilities,
    }
    for what, values in expected.items():
        own = [row for row in rows if row[0] == what]
        np.testing.assert_allclose([float(row[2]) for row in own], values, atol=1e-4, err_msg=what)
    assert [row[1] for row in rows[:8]] == [*(f"row 1, column {column}" for column in range(1, 8)), "row 2, column 1"]
    assert [row[1] for row in rows if row[0] == "fusion weight"] == ["face", "scene"]
    assert [row[1] for row in rows if row[0] == "logit"] == list(names)


def _copied_table(page: Page) -> list[list[str]]:
    return [row.split("\t") for row in page.evaluate("navigator.clipboard.readText()").split("\n")]


def _maps_of_the_blocks(page: Page, found: Walk) -> None:
    """Unfold the encoders by the keyboard, and read the first map off its canvas."""
    page.get_by_text(SAID["blocks"]).press("Enter")
    maps = page.locator("#living .maps canvas")
    blocks = (*found.face_blocks, *found.scene_blocks)
    expect(maps).to_have_count(sum(len(block.channels) for block in blocks))
    first = blocks[0]
    name = SAID["block_map"].format(channel=first.channels[0] + 1, size=first.size, low="", high="")
    expect(maps.first).to_have_attribute("aria-label", re.compile("^" + name.partition(":")[0]))
    alphas = maps.first.evaluate("""(map) => {
        const {data} = map.getContext("2d").getImageData(0, 0, map.width, map.height);
        return Array.from(data).filter((_, i) => i % 4 === 3);
    }""")
    assert np.abs(np.array(alphas) - first.maps[0].flatten()).max() <= 1  # another torch, other threads
    page.get_by_role("button", name=SAID["copy_blocks"]).click()
    expect(page.locator("#living .blocks").get_by_text(SAID["copied"])).to_be_visible()
    _, *rows = _copied_table(page)
    assert len(rows) == sum(len(block.channels) for block in blocks)
    assert rows[0][:3] == ["face", first.name, str(first.channels[0] + 1)]
    low, high = first.low[0], first.high[0]
    numbers = low + first.maps[0].flatten() / 255 * (high - low)
    np.testing.assert_allclose([float(value) for value in rows[0][5:]], numbers, atol=2 * (high - low) / 255)


def _swap_and_go_back(page: Page, predictor: Predictor, prediction: Prediction) -> None:
    """Put the face before the scene of an example, then go back step by step."""
    model = predictor.model
    own = encode(model, prediction.prepared)
    (admiral,) = predictor.predict(str(example_photos()[1]))
    scene = page.get_by_role("combobox", name=SAID["whose_scene"])
    scene.select_option("example.2")
    swapped = recombine(model, Encoded(own.face_map, encode(model, admiral.prepared).context_map))
    matrix = swap_matrix(model, [prediction.prepared, admiral.prepared])
    np.testing.assert_allclose(probabilities(model, swapped.logits[0]), matrix.probabilities[0, 1], atol=1e-5)
    _expect_answer(page, predictor, swapped)
    expect(page.locator("#living .changed")).to_contain_text(
        SAID["changed_scene_of"].format(name="Grace Hopper (example)")
    )
    page.get_by_role("button", name=SAID["blank_face"]).click()
    steps = page.locator("#living .steps button")
    expect(steps.last).to_have_attribute("aria-current", "step")
    expect(steps.last).to_contain_text(SAID["changed_face"])
    undo = page.get_by_role("button", name=SAID["undo"], exact=True)
    undo.click()
    _expect_answer(page, predictor, swapped)
    steps.first.press("Enter")
    _expect_answer(page, predictor, recombine(model, own))
    expect(scene).to_have_value("")
    expect(undo).to_be_disabled()
    expect(page.locator("#living .people li")).to_have_text([SAID["person"].format(number=1, label=prediction.emotion)])


def _come_back(page: Page, predictor: Predictor, prediction: Prediction) -> None:
    """Reload with something changed: the photo and the change are back; a link with rubbish changes nothing."""
    model = predictor.model
    own = encode(model, prediction.prepared)
    page.get_by_role("slider", name="weight of the face").and_(page.locator("#living *")).fill("0.25")
    page.wait_for_url("**/?*mix=0.25*")
    page.reload()
    _expect_answer(page, predictor, recombine(model, own, Intervention(fusion=torch.tensor([0.25, 0.75]))))
    page.get_by_role("button", name=SAID["reset"]).click()
    _expect_answer(page, predictor, recombine(model, own))
    page.wait_for_function("() => !location.search.includes('mix')")
    page.evaluate("sessionStorage.clear()")  # as somebody else, who is sent the link
    page.goto(page.url.partition("?")[0] + "?blank=scene&clear=size.6")
    (example,) = predictor.predict(str(example_photos()[0]))
    black = Intervention(
        face=degrade(example.prepared.face[None], "size", 12)[0], context=torch.zeros_like(example.prepared.context)
    )
    _expect_answer(page, predictor, recombine(model, encode(model, example.prepared, black)))
    page.evaluate("sessionStorage.clear()")
    page.goto(page.url.partition("?")[0] + "?blank=scene&clear=size.99&mix=0.5&tour=10")
    _expect_answer(page, predictor, recombine(model, encode(model, example.prepared)))
    expect(page.locator("#living .changes-label")).to_have_text(SAID["untouched"])


def _tour(page: Page, predictor: Predictor) -> None:
    """Go through the tour on the example by the keyboard, leave it half way, go on, and do what it asks at its end."""
    (example,) = predictor.predict(str(example_photos()[0]))
    model, names = predictor.model, predictor.model.config.class_names
    panel, said = page.get_by_role("region", name=SAID["tour"]), page.locator("#living .tour p")
    expect(panel).to_be_hidden()  # there is no step 10
    page.get_by_role("button", name=SAID["tour_start"]).press("Enter")
    row, column = np.unravel_index(int(example.attention.argmax()), example.attention.shape)
    peak = float(example.attention.max())
    black = Intervention(face=torch.zeros_like(example.prepared.face))
    blanked = probabilities(model, recombine(model, encode(model, example.prepared, black)).logits[0])
    told = {
        1: SAID["tour_1"].format(number=1, label=example.emotion, share=f"{example.probabilities.max():.1%}"),
        2: SAID["tour_2"].format(
            cells=49, row=row + 1, column=column + 1, share=percent(peak), times=f"{peak * 49:.1f}"
        ),
        7: SAID["tour_7"].format(label=names[blanked.argmax()], share=f"{blanked.max():.1%}"),
    }
    for step in range(1, 10):
        expect(panel).to_contain_text(SAID["tour_count"].format(step=step, steps=9))
        expect(said).to_contain_text(SAID[f"tour_{step}_do"].partition("{")[0])
        expect(said).not_to_contain_text(re.compile("[{}]|undefined|NaN"))
        if step in told:
            expect(said).to_contain_text(told[step])
        page.wait_for_url(f"**/?*tour={step}*")
        if step == 4:
            page.keyboard.press("Escape")
            expect(panel).to_be_hidden()
            page.get_by_role("button", name=SAID["tour_on"].format(step=4, steps=9)).press("Enter")
            expect(panel).to_contain_text(SAID["tour_count"].format(step=4, steps=9))
        if step < 9:
            page.keyboard.press("Enter")  # Next has the focus
    slider = page.get_by_role("slider", name="weight of the face").and_(page.locator("#living *"))
    asked = said.inner_text()
    for side in ("blank_face", "blank_scene", "blank_face"):  # one, both, the other
        page.get_by_role("button", name=SAID[side]).click()
        for weight in np.linspace(0, 1, 21):
            slider.fill(f"{weight:.2f}")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            if said.inner_text() != asked:
                break
        else:
            continue
        break
    assert said.inner_text().rstrip(".") in {SAID["tour_made"].format(label=name).rstrip(".") for name in names}
    page.get_by_role("button", name=SAID["tour_end"]).click()
    expect(page.get_by_role("button", name=SAID["tour_again"])).to_be_focused()
    assert "tour" not in page.url


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_parts_stand_below_each_other(page: Page, app: LiveApp) -> None:
    page.goto(f"{app.url}/?tour=3")
    expect(_bars(page)).to_have_count(7)
    expect(page.locator("#living .tour .count")).to_have_text(SAID["tour_count"].format(step=3, steps=9))
    expect(page.locator("#living .ask")).to_be_in_viewport()
    boxes = [part.bounding_box() for part in page.locator("#living .part").all()]
    assert len(boxes) == 4
    lefts, tops = {box["x"] for box in boxes if box}, [box["y"] for box in boxes if box]
    assert len(lefts) == 1
    assert tops == sorted(tops)
    assert fits_across(page)
    sizes = page.evaluate("""() => Array.from(document.querySelectorAll("#living *"))
        .filter((one) => Array.from(one.childNodes).some((child) => child.nodeType === 3 && child.data.trim()))
        .map((one) => parseFloat(getComputedStyle(one).fontSize))""")
    assert min(sizes) >= 11
    page.locator("#living .part").nth(0).scroll_into_view_if_needed()
    keep(page, "living-phone")


def test_names_are_text_and_never_code(
    browser: Browser, small_weights: tuple[Path, Path], portrait: Path, tmp_path: Path
) -> None:
    evil = (
        *("${alert(1)}", "{{alert}}", "<img src=x onerror=alert(1)>", "`+alert(1)+`"),
        *("${alert(2)}", "<svg onload=alert(1)>", "</script><script>alert(1)</script>"),
    )
    small = load_checkpoint(small_weights[0])
    config: ModelConfig = small.config
    names = (*evil, *config.class_names[len(evil) :])
    save_checkpoint(tmp_path / "evil", small.model, replace(config, class_names=names))
    photo = portrait.rename(portrait.with_name("${alert(1)}.png"))
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    told: list[str] = []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(live_app(str(tmp_path / "evil")).url)
    add_photo(page, photo)
    photo.rename(portrait)
    expect(page.locator("[data-entering]")).to_have_count(0)
    for name in evil:
        expect(page.locator("#living .answers li", has_text=name)).to_have_count(1)
    page.locator("#living [role=slider]").fill("0.1")
    expect(page.locator("#living .changed")).to_contain_text("10%")
    page.locator("#living .clear input").fill("5")  # any checkpoint's face can be blurred
    expect(page.locator("#living .clear-said")).not_to_have_text(SAID["clear_hint"])
    expect(page.locator("#living .people span")).to_have_text(re.compile("|".join(map(re.escape, evil))))
    assert told == []
    for part in (".answers", ".segments", ".people", ".clear-said", ".words"):
        assert page.locator(f"#living {part}").locator("img, svg, script").count() == 0, part
    page.close()
