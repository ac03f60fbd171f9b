"""What the Outputs tab says, and that a stranger's model card can do no harm there."""

from __future__ import annotations

import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from demo.about import choose, markdown, words
from demo.about import views as card
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.visits import Session
from glamor.evaluation.card import Card, read_scores
from glamor.predictor import Predictor
from glamor.sets import Coverage, SetRule

PICTURE = io.BytesIO()
Image.new("RGB", (4, 4), "red").save(PICTURE, format="PNG")


def _measure(value: float | None) -> dict[str, float | None]:
    return {"value": value, "low": value and value - 0.1, "high": value and value + 0.1}


def _report(condition: str, recall: float) -> dict[str, object]:
    classes = [
        {"name": name, "count": 10, "recall": _measure(found), "precision": _measure(right)}
        for name, found, right in (("Happy", 0.9, 0.8), ("Fear", 0.2, None), ("Sad", 0.3, 0.25), ("Anger", None, 0.6))
    ]
    return {
        "condition": condition, "subset": "all", "count": 1234, "accuracy": _measure(0.5),
        "macro_recall": _measure(recall), "calibration_error": _measure(None), "classes": classes, "confusion": [],
    }  # fmt: skip


SCORES = {"scenes": {"dataset": "scenes <b>", "reports": [_report("fused", 0.42), _report("context blanked", 0.4)]}}


class _Parts(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://example.org/spy.png)",
        "![a](//example.org/spy.png)",
        "![a][ref]\n\n[ref]: https://example.org/spy.png",
        '![a](own.png "x\\" onload=\\"alert(1)")',
        "<https://example.org/spy>",
        '<div style="background:url(https://example.org/spy.png)">',
        "[a](relative.html) [b](#anchor) [c](file:///etc/passwd)",
        '`<script>` and\n\n    <script>\n\n```html"><script>\n</script>\n```',
    ],
)
def test_a_hostile_card_fetches_nothing_and_runs_nothing(hostile: str) -> None:
    parts = _Parts(markdown.render(hostile, {"own.png": PICTURE.getvalue()})).found
    for tag, attributes in parts:
        assert tag not in {"script", "iframe", "object", "style", "link", "div"}
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert (attributes.get("src") or "data:image/png;").startswith("data:image/png;")
        assert (attributes.get("href") or "https://").startswith("https://")
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer nofollow"


def test_markdown_is_shown_with_its_own_pictures() -> None:
    html = markdown.render(
        "# A\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n"
        "**b** [l](https://example.org/a?b=1&c=2) ![words](p/x.png) ![gone](no.png)",
        {"p/x.png": PICTURE.getvalue(), "no.png": b"no picture"},
    )
    assert "<h3>A</h3>" in html
    assert "<td>2</td>" in html
    assert "<strong>b</strong>" in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'alt="words"' in html
    assert html.count("<img") == 1
    assert "<em>gone</em>" in html


def test_weaknesses_are_the_measured_ones() -> None:
    told = card.weaknesses(Card("", {}, read_scores(json.dumps(SCORES).encode())))
    assert "On 1,234 labelled photos (scenes &lt;b&gt;), it recognises 42% of the photos of a label on average" in told
    assert "(95% interval 32% to 52%); guessing would recognise 25%." in told
    assert "It misses Fear most often, recognising 20% of such photos, then Sad (30%)." in told
    assert "When it says Sad, it is right in 25% of cases" in told
    assert "With the scene blacked out, it recognises 40% on average instead of 42%." in told
    assert "has not been measured" in told


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.05, "The scene helps, by +1.0 to +5.0 points"),
        (-0.05, -0.01, "The scene misleads it, by -5.0 to -1.0 points"),
        (-0.036, 0.062, "Whether the scene helps cannot be told from so few photos: -3.6 to +6.2 points"),
    ],
)
def test_what_the_scene_adds_is_said_as_far_as_it_is_known(low: float, high: float, verdict: str) -> None:
    gain = {"all": {"value": (low + high) / 2, "low": low, "high": high}}
    metrics = {"scenes": {**SCORES["scenes"], "scene_gain": gain}}
    assert verdict in card.weaknesses(Card("", {}, read_scores(json.dumps(metrics).encode())))


@pytest.mark.parametrize(("recall", "told"), [(0.4, True), (0.3, False)])
def test_an_attention_that_passes_on_the_face_is_told_where_it_does_better_than_guessing(
    recall: float, told: bool
) -> None:
    reports = [*SCORES["scenes"]["reports"], _report("attention alone", recall)]  # +-0.1, four labels
    said = card.weaknesses(
        Card("", {}, read_scores(json.dumps({"scenes": {"dataset": "s", "reports": reports}}).encode()))
    )
    assert ("attention also passes on what the face shows" in said) is told
    assert (f"recognises {recall:.0%} on average (95% interval" in said) is told


def test_how_often_the_named_labels_hold_the_right_one_is_a_row_a_source():
    rule = SetRule(0.9, (0.5, 0.5), (Coverage("film", 1074, 0.8243, 3.594), Coverage("web", 18, 1.0, 2.0)))
    told = card.coverage(rule)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", told) == ["film", "1,074", "82.4%", "3.6", "web", "18", "100.0%", "2.0"]
    assert "They are meant to in 90% of cases" in told
    assert not card.coverage(None)


def test_scores_are_a_table_and_an_undefined_one_is_a_dash() -> None:
    told = card.scores(Card("", {}, read_scores(json.dumps(SCORES).encode())))
    assert "<td>face and scene</td><td>1,234</td><td>42.0% (32.0–52.0)</td>" in told
    assert "<td>–</td>" in told
    assert words.NO_SCORES in card.scores(Card("", {}, ()))


def test_the_tab_tells_which_weights_answer_and_what_stands_in_their_card(
    random_checkpoint: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "<i>weights"
    shutil.copytree(random_checkpoint, folder)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Hello\n\nWords of the card.")
    (folder / "metrics.json").write_text(json.dumps(SCORES))
    predictor = Predictor(folder, device="cpu")
    checkpoints = Checkpoints(Engine(predictor))
    told = choose(checkpoints, Session(), checkpoints.own)
    assert predictor.checkpoint.sha256 in told.facts
    assert predictor.config.trained_on in told.facts
    assert "&lt;i&gt;weights" in told.facts
    assert "<i>" not in told.facts
    assert "<h3>Hello</h3>\n<p>Words of the card.</p>" in told.body
    assert "license: mit" not in told.body
    assert "42.0%" in told.scores
    assert told.notice == ""


def test_the_law_and_the_meaning_are_said() -> None:
    told = " ".join((*words.MEANING_WORDS, *words.BANNED_WORDS, *words.PRIVACY_WORDS))
    for needed in ("not what the person feels", "Art. 5(1)(f)", "Art. 50(3)", "deleted within the hour"):
        assert needed in told
