"""The browser's arithmetic after the encoders is Python's: 50 random interventions, the slider's flips, the bench."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, Error, Page

from glamor.config import CONTEXT_ONLY
from glamor.explain import (
    DegradedFace,
    Encoded,
    HeadWeights,
    Walk,
    degraded_face,
    encode,
    fusion_curve,
    head_weights,
    only_cells,
    recombine,
    switching_units,
    walk,
)
from glamor.explain.fusion import probabilities
from glamor.model import GLAMORNet, Intervention, Trace
from glamor.predictor import Predictor
from glamor.prepare import Prepared
from tests.browser.conftest import PATIENCE
from tests.live_app import ROOT
from tests.small import SMALL

pytestmark = pytest.mark.browser

TOLERANCE = 1e-5
ASKED = 50
OWN, OTHER, BLANK, BLURRED = "own", "other", "blank", "blurred"

BEGIN = """async (nets) => {
    window.living = await import(URL.createObjectURL(new Blob([nets.source], {type: "text/javascript"})));
    const {fromBase64, readFace, readWeights, readWalk} = living;
    window.nets = {};
    for (const [name, net] of Object.entries(nets.sent)) {
        const weights = readWeights(fromBase64(net.weights));
        const [own, other] = net.walks.map((sent) => readWalk(weights, fromBase64(sent)));
        const blurred = {face: readFace(weights, new Float32Array(fromBase64(net.blurred).buffer))};
        window.nets[name] = {weights, own, other, blurred};
    }
}"""
ASK = """([name, asked]) => asked.map(({face, scene, ...rest}) => {
    const {weights, own, other, blurred} = nets[name];
    const sides = {own, other, blurred, blank: weights.blank};
    const outcome = living.combine(weights, own, {face: sides[face].face, scene: sides[scene].scene, ...rest});
    const flips = living.flips(weights, outcome);
    const ties = flips.map(({w_face, before, after}) => {
        const {logits} = living.reweigh(weights, outcome, w_face);
        return [logits[before], logits[after], Math.max(...logits)];
    });
    const plain = Object.entries(outcome).filter(([name]) => name !== "head")
        .map(([name, value]) => [name, typeof value === "number" ? value : Array.from(value)]);
    return {...Object.fromEntries(plain), flips, ties};
})"""


@dataclass(frozen=True)
class Net:
    """A network and two people, as Python has them and as they are sent."""

    model: GLAMORNet
    weights: HeadWeights
    walks: tuple[Walk, Walk]
    encoded: dict[str, Encoded]  # by whose face and scene they are: own, other, blank, blurred
    blurred: DegradedFace

    def answer(self, forced: dict[str, Any]) -> Trace:
        """Ask the network itself."""
        maps = Encoded(self.encoded[forced["face"]].face_map, self.encoded[forced["scene"]].context_map)
        attention = torch.tensor(forced["attention"]).view(self.grid) if "attention" in forced else None
        if "removed" in forced:
            keep = np.ones(self.grid, dtype=bool)
            keep.ravel()[forced["removed"]] = False
            whole = recombine(self.model, maps).attention[0] if attention is None else attention
            attention = only_cells(whole, keep)
        fusion = torch.tensor([forced["w_face"], 1 - forced["w_face"]]) if "w_face" in forced else None
        return recombine(self.model, maps, Intervention(fusion=fusion, attention=attention))

    @property
    def grid(self) -> tuple[int, int]:
        rows, columns = self.walks[0].attention.shape
        return rows, columns


def _net(model: GLAMORNet, own: Prepared, other: Prepared) -> Net:
    black = Intervention(face=torch.zeros_like(own.face), context=torch.zeros_like(own.context))
    blurred = degraded_face(model, own, "size", 12)
    encoded = {OWN: encode(model, own), OTHER: encode(model, other), BLANK: encode(model, own, black)}
    encoded[BLURRED] = encode(model, replace(own, face=blurred.face))
    return Net(model, head_weights(model), (walk(model, own), walk(model, other)), encoded, blurred)


@pytest.fixture(scope="module")
def nets(predictor: Predictor, astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]) -> dict[str, Net]:
    """The embedded network, and a small CAER-Net-S of random weights."""
    own, other = (predictor.predict(photo)[0].prepared for photo in (astronaut, grace_hopper))
    return {"embedded": _net(predictor.model, own, other), "caer": _net(_caer(own, other), own, other)}


def _caer(own: Prepared, other: Prepared) -> GLAMORNet:
    """Return a small CAER-Net-S of random weights whose BatchNorms know what the two people look like."""
    torch.manual_seed(5)
    caer = GLAMORNet(replace(SMALL, attention=CONTEXT_ONLY, vector_norm=True, temperature=1.5))
    for module in caer.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            module.momentum = 1.0
    torch.nn.init.normal_(caer.head[3].weight, std=2.0)
    with torch.no_grad():
        caer.train()(torch.stack((own.face, other.face)), torch.stack((own.context, other.context)))
    return caer.eval()


@pytest.fixture(scope="module")
def page(browser: Browser, nets: dict[str, Net]) -> Iterator[Page]:
    """An empty page with the module in it, and nothing else: no server is there to be asked."""
    opened = browser.new_page()
    opened.set_default_timeout(PATIENCE)
    sent = {
        name: {
            "weights": _base64(net.weights.to_bytes()),
            "walks": [_base64(one.to_bytes()) for one in net.walks],
            "blurred": _base64(net.blurred.face_mean.tobytes()),
        }
        for name, net in nets.items()
    }
    source = (ROOT / "demo" / "living" / "combine.js").read_text("utf-8")
    opened.evaluate(BEGIN, {"source": source, "sent": sent})
    yield opened
    opened.close()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _drawn(grid: tuple[int, int]) -> list[dict[str, Any]]:
    """Draw what is forced: nothing at first, then anything."""
    rng, cells = np.random.default_rng(19), grid[0] * grid[1]
    asked: list[dict[str, Any]] = [{"face": OWN, "scene": OWN}]
    while len(asked) < ASKED:
        faces, scenes = [OWN, OTHER, BLANK, BLURRED], [OWN, OTHER, BLANK]
        forced: dict[str, Any] = {"face": rng.choice(faces), "scene": rng.choice(scenes)}
        if rng.random() < 0.5:
            forced["removed"] = rng.choice(cells, rng.integers(1, cells), replace=False).tolist()
        if rng.random() < 0.3:
            forced["attention"] = rng.random(cells, np.float32).tolist()
        if rng.random() < 0.5:
            forced["w_face"] = float(rng.choice([0.0, 1.0, rng.random()]))
        asked.append({name: str(value) if name in ("face", "scene") else value for name, value in forced.items()})
    return asked


@pytest.mark.parametrize("name", ["embedded", "caer"])
def test_the_browser_says_what_python_says(name: str, page: Page, nets: dict[str, Net]) -> None:
    net = nets[name]
    asked = _drawn(net.grid)
    answers = page.evaluate(ASK, [name, asked])
    for forced, said in zip(asked, answers, strict=True):
        trace = net.answer(forced)
        for field, tensor in ((field, tensor) for field, tensor in vars(trace).items() if tensor is not None):
            np.testing.assert_allclose(said[field], tensor[0].flatten().numpy(), rtol=0, atol=TOLERANCE, err_msg=field)
        classes = probabilities(net.model, trace.logits[0])
        np.testing.assert_allclose(said["probabilities"], classes, rtol=0, atol=TOLERANCE)
        assert said["label"] == classes.argmax()
        _same_flips(said, fusion_curve(net.model, trace).flips)
    assert any(said["flips"] for said in answers)


def _same_flips(said: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert [(flip["before"], flip["after"]) for flip in said["flips"]] == [(one.before, one.after) for one in expected]
    for flip, one in zip(said["flips"], expected, strict=True):
        assert flip["w_face"] == pytest.approx(one.w_face, abs=TOLERANCE)
    for before, after, best in said["ties"]:  # exact: there both are equally probable, and no other is more so
        assert before == pytest.approx(after, abs=1e-9)
        assert after == pytest.approx(best, abs=1e-9)


def test_what_is_read_is_what_was_sent(page: Page, nets: dict[str, Net]) -> None:
    read = page.evaluate("""() => {
        const {own: {face_blocks, geometry, logits, temperature, class_names, cells}} = nets.embedded;
        const [, block] = face_blocks;
        return {maps: Array.from(block.maps), shape: block.maps.shape, high: Array.from(block.high),
            channels: block.channels, geometry, logits: Array.from(logits), temperature, class_names,
            cells: cells.shape};
    }""")
    found = nets["embedded"].walks[0]
    block = found.face_blocks[1]
    assert read["maps"] == block.maps.flatten().tolist()
    assert read["shape"] == list(block.maps.shape)
    assert read["high"] == block.high.tolist()
    assert read["channels"] == list(block.channels)
    assert [read["logits"], read["cells"]] == [found.logits.tolist(), list(found.cells.shape)]
    assert [read["temperature"], tuple(read["class_names"])] == [found.temperature, found.class_names]
    assert read["geometry"]["context_region_xyxy"] == list(found.geometry.context_region_xyxy)


def test_the_slider_asks_the_head_alone(page: Page) -> None:
    same = page.evaluate("""() => [0, 0.3, 1].every((w_face) => {
        const {weights, own} = nets.embedded;
        const blind = {...weights, scorer: null, context_score: null, face_score: null};
        const slid = living.reweigh(blind, living.combine(weights, own), w_face);
        return JSON.stringify(slid) === JSON.stringify(living.combine(weights, own, {w_face}));
    })""")
    assert same


def test_the_bench_shows_each_step_of_a_score(page: Page, nets: dict[str, Net]) -> None:
    net, cell = nets["embedded"], 17
    steps: list[torch.Tensor] = []
    scorer = net.model.attention
    hooks = [
        getattr(scorer, name).register_forward_hook(lambda _module, _inputs, output: steps.append(output[cell]))
        for name in ("fc1", "relu1", "norm", "relu2", "fc2")
    ]
    recombine(net.model, net.encoded[OWN])
    for hook in hooks:
        hook.remove()
    said = page.evaluate(
        """(cell) => {
            const {weights, own} = nets.embedded;
            const {score, ...units} = living.bench(weights, own.face, own.scene, cell);
            const plain = Object.entries(units).map(([name, values]) => [name, Array.from([values].flat()[0])]);
            return {...Object.fromEntries(plain.filter(([name]) => name !== "bias")), bias: units.bias, score};
        }""",
        cell,
    )
    for name, values in zip(("sum", "relu", "norm", "hidden"), steps, strict=False):
        np.testing.assert_allclose(said[name], values.numpy(), rtol=0, atol=TOLERANCE, err_msg=name)
    np.testing.assert_allclose(np.add(said["face"], said["cell"]), said["sum"], rtol=0, atol=1e-12)
    assert sum(said["terms"]) + said["bias"] == pytest.approx(said["score"], abs=1e-12)
    assert said["score"] == pytest.approx(float(steps[-1]), abs=TOLERANCE)
    assert page.evaluate("living.bench(nets.caer.weights, nets.caer.own.face, nets.caer.own.scene, 0)") is None


def test_the_softmax_shows_its_terms(page: Page) -> None:
    said = page.evaluate("""() => {
        const {largest, exponentials, sum, shares} = living.softmax([1, 3, 2]);
        return {largest, sum, exponentials: Array.from(exponentials), shares: Array.from(shares)};
    }""")
    terms = [math.exp(-2), 1, math.exp(-1)]
    assert said["largest"] == 3
    assert said["exponentials"] == pytest.approx(terms, rel=1e-12)
    assert said["sum"] == pytest.approx(sum(terms), rel=1e-12)
    assert said["shares"] == pytest.approx([term / sum(terms) for term in terms], rel=1e-12)


@pytest.mark.parametrize("name", ["embedded", "caer"])
def test_the_same_units_switch(name: str, page: Page, nets: dict[str, Net]) -> None:
    said = page.evaluate(
        """(name) => {
            const {weights, own, other} = nets[name];
            return [own, other].map((face) => living.switchingUnits(weights, face.face, own.scene));
        }""",
        name,
    )
    net = nets[name]
    for units, asking in zip(said, net.walks, strict=True):
        assert units == switching_units(net.weights, asking.face_mean, net.walks[0].cells).tolist()
    assert all(any(units) for units in said) == (name == "embedded")


def test_units_that_switch_by_hand(page: Page) -> None:
    units = {  # (first value in one cell, in the other, scale, shift, weight of the score): does it switch
        (3, 1, 1, 0, 1): False,  # let through in both cells
        (-1, -3, 1, 0, 1): False,  # shut in both
        (5, -1, 1, 0, 1): True,
        (5, -1, 1, 2, 1): True,  # the shut cell still hears the shift
        (3, 1, 1, -2, 1): True,  # shut by the second ReLU
        (3, 1, -1, 2, 1): True,
        (5, -1, 1, 0, 0): False,  # no score hears it
        (5, -1, 0, 1, 1): False,  # nor this one
    }
    said = page.evaluate(
        """([one, other, scale, shift, weight]) => living.switchingUnits(
            {scorer: {norm: {scale, shift}, score: {weight}}},
            {half: one.map(() => 0)},
            {halves: [one, other]},
        )""",
        [list(column) for column in zip(*units, strict=True)],
    )
    assert said == list(units.values())


@pytest.mark.parametrize(
    ("forced", "refusal"),
    [
        ({"removed": list(range(49))}, "No attention is left because every cell is removed or 0; keep at least one"),
        ({"removed": [49]}, "There is no cell 49; give numbers from 0 to 48"),
        ({"attention": [1.0]}, "The attention map has 1 cells; this network's has 49"),
        ({"attention": [-1.0] * 49}, "The attention map holds negative or unusable numbers"),
        ({"w_face": 1.5}, "The weight of the face is 1.5; give one from 0 to 1"),
    ],
)
def test_what_cannot_be_forced_is_refused(forced: dict[str, Any], refusal: str, page: Page) -> None:
    with pytest.raises(Error, match=refusal):
        page.evaluate("(forced) => living.combine(nets.embedded.weights, nets.embedded.own, forced)", forced)
