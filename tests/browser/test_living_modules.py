"""The picture's own modules on an empty page: no server is there to be asked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from demo.living import FOLDER, MODULES
from demo.living.script import bundle
from demo.living.words import PICTURE
from glamor.config import CLASS_NAMES
from glamor.sets import SetRule
from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser
HISTORY = {"history": "_"}  # the browser has one of its own


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page on which each module is a value, ``window.combine`` and so on."""
    opened = browser.new_page()
    opened.set_default_timeout(PATIENCE)
    kept = "; ".join(f"window.{name}{HISTORY.get(name, '')} = {name}_js" for name in MODULES)
    opened.evaluate(f"() => {{ {bundle(FOLDER, MODULES)}\n{kept} }}")
    yield opened
    opened.close()


def test_of_what_is_wanted_meanwhile_only_the_last_is_asked(page: Page) -> None:
    said = page.evaluate("""() => {
        const sent = [];
        const {ask, answered, forget} = asker.asker((question) => sent.push(question));
        for (const step of [1, 2, 3, 4]) ask({step});
        const first = sent[0].turn;
        const known = [answered(first - 1), answered(first), answered(first)];
        const second = sent[1];
        forget();
        ask({step: 5});
        return {steps: sent.map(({step}) => step), known, late: answered(second.turn),
            turns: sent.map(({turn}) => turn), now: Date.now()};
    }""")
    assert said["steps"] == [1, 4, 5]
    assert said["known"] == [None, {"step": 1}, None]
    assert said["late"] is None, "it is about another face"
    assert said["turns"] == sorted(set(said["turns"]))
    assert abs(said["now"] - said["turns"][0]) < 60_000, "larger than before the page was loaded again"


def test_what_never_comes_is_not_waited_for_for_ever(page: Page) -> None:
    page.clock.install()
    said = page.evaluate("""() => {
        window.sent = [];
        window.asked = asker.asker((question) => sent.push(question));
        asked.ask({step: 1});
        asked.ask({step: 2});
        return sent.length;
    }""")
    page.clock.run_for(6000)
    assert (said, page.evaluate("sent.map(({step}) => step)")) == (1, [1, 2])


def test_steps_can_be_gone_back_to_and_a_glide_is_one(page: Page) -> None:
    said = page.evaluate("""() => {
        const tries = history_.history("first");
        const seen = () => [tries.steps().map(({state}) => state).join(" "), tries.at()];
        const told = [];
        for (const [kind, state] of [["weigh", "a"], ["weigh", "b"], ["remove", "c"], ["remove", "d"], ["weigh", "e"]])
            tries.add(kind, state);
        told.push(seen(), tries.go(2), tries.go(-5), tries.go(99), tries.go(3));
        tries.add("weigh", "f");
        told.push(seen());
        for (let i = 0; i < 40; i++) tries.add("remove", i);
        return [...told, tries.steps().length, tries.steps()[0].state, tries.steps().at(-1).state];
    }""")
    assert said == [["first b c d e", 4], "c", "first", "e", "d", ["first b c d f", 4], 24, "first", 39]


KNOWN = """{shape: [7, 5], steps: {size: [64, 12], eyes: [0.1]}, others: [{id: "2"}, {id: "blurred", only: "scene"}]}"""
READ = """(query) => {
    const read = linked.fromParams(new URLSearchParams(query), KNOWN);
    return {...read, removed: [...read.removed], untouched: read === linked.UNTOUCHED,
        again: Object.entries(linked.toParams(read, 5)).filter(([, value]) => value !== null)
            .map(([name, value]) => `${name}=${value}`).join("&")};
}""".replace("KNOWN", KNOWN)


@pytest.mark.parametrize(
    "query",
    ["cells=1.1-2.3-7.5", "attention=uniform", "attention=shuffled.12", "scene_of=blurred",
     "mix=0", "mix=0.3", "mix=1", "blank=face-scene", "clear=size.2",
     "face_of=2&scene_of=2", "cells=3.2&mix=0.25&blank=scene&clear=eyes.1&face_of=2"],
)  # fmt: skip
def test_what_is_changed_comes_back_from_the_address(page: Page, query: str) -> None:
    said = page.evaluate(READ, query)
    assert (said["again"], said["untouched"]) == (query, False)


def test_cells_in_the_address_count_from_1(page: Page) -> None:
    assert page.evaluate(READ, "cells=2.3-1.1")["removed"] == [7, 0]


@pytest.mark.parametrize(
    "rubbish",
    ["cells=", "cells=8.1", "cells=1.6", "cells=0.1", "cells=a", "cells=1.1-", "mix=2", "mix=-1", "mix=", "mix=NaN",
     "mix=1e-3", "attention=", "attention=learned", "attention=shuffled", "attention=shuffled.x", "face_of=blurred",
     "blank=", "blank=all", "clear=size", "clear=size.0", "clear=size.3", "clear=toString.1",
     "clear=__proto__.1", "face_of=3", "face_of=", "scene_of=${alert(1)}",
     "cells=" + "-".join(f"{row}.{column}" for row in range(1, 8) for column in range(1, 6))],
)  # fmt: skip
def test_rubbish_in_the_address_gives_the_plain_picture(page: Page, rubbish: str) -> None:
    assert page.evaluate(READ, f"mix=0.5&{rubbish}" if not rubbish.startswith("mix") else rubbish)["untouched"]


@pytest.mark.parametrize(
    ("before", "after", "labels", "w_face", "said"),
    [
        (0.08, 0.31, (3, 3), None, "the scene counts 31% instead of 8%; the label stays Happy."),
        (0.08, 0.03, (3, 5), None, "the scene counts 3% instead of 8%; the label goes from Happy to Sad."),
        (0.081, 0.079, (5, 5), None, "the scene counts 8%, as with a clear face; the label stays Sad."),
        (0.001, 0.5, (3, 3), 0.5,
         "the network itself would let the scene count 50% instead of < 1%; the label stays Happy."),
        (0.081, 0.079, (3, 5), 0.5,
         "the network itself would let the scene count 8%, as with a clear face. The label goes from Happy to Sad."),
    ],
)  # fmt: skip
def test_what_a_less_clear_face_does_is_said_as_it_is(
    page: Page, before: float, after: float, labels: tuple[int, int], w_face: float | None, said: str
) -> None:
    """Also where the weights turn the other way, or not at all."""
    given = {"words": PICTURE, "shares": [before, after], "labels": labels, "wFace": w_face, "names": CLASS_NAMES}
    told = page.evaluate(
        """({words, shares, labels, wFace, names}) => {
            const part = clear.clear(words, {});
            const [plain, outcome] = shares.map((scene, i) => ({learned_weights: [0, scene], label: labels[i]}));
            const [inputs, step] = [{steps: {size: [64, 12]}}, {kind: "size", step: 2}];
            part.show({inputs, clear: step, faded: step, blanked: {face: false}, failed: null,
                walk: {class_names: names}, outcome, plain, wFace});
            return part.element.querySelector(".clear-said").textContent;
        }""",
        given,
    )
    assert told == f"With a face 12 pixels wide {said}"


def test_what_else_a_changed_answer_may_be_is_what_the_rule_says(page: Page) -> None:
    rng = np.random.default_rng(3)
    rule = SetRule(0.9, (0.1, 0.6, 0.3, 1.0, 0.02, 0.0, 0.4))
    for probabilities in [*rng.dirichlet(np.full(7, 0.5), 20), np.full(7, 1 / 7)]:
        told = page.evaluate(
            """({words, shares, ratios, names}) => {
                const part = answer.answer(words, {});
                const outcome = {probabilities: shares, label: shares.indexOf(Math.max(...shares))};
                const inputs = {ratios, set: ""};
                part.show({walk: {class_names: names}, outcome, own: outcome, things: ["x"], inputs});
                return part.element.querySelector(".set").textContent;
            }""",
            {"words": PICTURE, "shares": probabilities.tolist(), "ratios": rule.ratios, "names": CLASS_NAMES},
        )
        labels = rule.of(probabilities, CLASS_NAMES).labels
        *others, last = (f"“{label}”" for label in labels)
        said = PICTURE["set_changed" if others else "set_alone"].format(labels=", ".join(others), last=last)
        assert told == (PICTURE["set_any"] if len(labels) == 7 else said)


LEARNED = [0.4, 0.3, 0.15, 0.1, 0.05]


def test_attention_is_spread_evenly_or_shuffled_the_same_way_for_the_same_seed(page: Page) -> None:
    def spread(how: str) -> list[float]:
        told: list[float] = page.evaluate(
            "([how, learned]) => Array.from(spread.spread(how, Float64Array.from(learned)))", [how, LEARNED]
        )
        return told

    assert spread("uniform") == pytest.approx([0.2] * 5)
    orders = [spread(f"shuffled.{seed}") for seed in range(200)]
    assert all(sorted(order) == sorted(LEARNED) for order in orders)
    assert spread("shuffled.7") == orders[7]
    firsts = [order.index(0.4) for order in orders]
    assert min(firsts.count(cell) for cell in range(5)) > 20, "no cell is left out: 40 of 200 on average"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("w_face=0.3&removed=2.5-3.1", "mix=0.3&cells=2.5-3.1"),
        ("attention=uniform&scene=black", "attention=uniform&blank=scene"),
        ("attention=shuffled&seed=4&shown_face=black", "attention=shuffled.4&blank=face"),
        ("attention=shuffled", "attention=shuffled.0"),
        ("scene=blurred", "scene_of=blurred"),
        ("scene=black&shown_face=black&method=occlusion", "method=occlusion&blank=face-scene"),
        ("mix=0.5&attention=shuffled.2", "mix=0.5&attention=shuffled.2"),
        ("scene=gone&seed=x", ""),
    ],
)
def test_names_of_the_former_tab_are_those_of_today(page: Page, old: str, new: str) -> None:
    told = page.evaluate(
        "(query) => [...linked.renewed(new URLSearchParams(query))].map((pair) => pair.join('='))", old
    )
    assert sorted(told) == sorted(filter(None, new.split("&")))
