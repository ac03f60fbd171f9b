"""Settings in the page's address: a link opens the page as it was set, never with the photo."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from demo import words

# Puts what differs from the usual into the address bar.
_WRITE_JS = """async (method, target, opacity, face, usual, weights, baseline, oneScale) => {
    const turn = (globalThis.glamorAddressTurn = (globalThis.glamorAddressTurn ?? 0) + 1);
    await new Promise((shown) => setTimeout(shown, 50)); // until the tab bar tells which is open
    if (turn !== globalThis.glamorAddressTurn) return; // several settings change at once
    const [usualFace, usualLabel] = usual ? [Number(usual.split(" ", 1)[0]), usual.slice(usual.indexOf(" ") + 1)] : [];
    const tab = document.querySelector('#tabs [role="tab"][aria-selected="true"]')?.dataset.tabId;
    const settings = {
        tab: tab === USUAL.tab ? null : tab,
        face: usual && face !== null && face !== usualFace ? face + 1 : null,
        method: method === USUAL.method ? null : method,
        class: usual && target !== usualLabel ? target : null,
        opacity: opacity === USUAL.opacity ? null : opacity,
        weights: weights === OWN_WEIGHTS ? null : weights,
        baseline: baseline === USUAL.baseline ? null : baseline,
        scale: oneScale ? "one" : null,
    };
    const link = new URL(window.location.href);
    for (const [name, value] of Object.entries(settings))
        if (value === null || value === undefined) link.searchParams.delete(name);
        else link.searchParams.set(name, value);
    if (link.href !== window.location.href) window.history.replaceState(window.history.state, "", link);
}"""
# Puts the address onto the clipboard, and says so.
_COPY_JS = """async (...settings) => {
    const write = WRITE;
    await write(...settings);
    try {
        await navigator.clipboard.writeText(window.location.href);
        return COPIED;
    } catch {
        return IN_ADDRESS_BAR;
    }
}"""
ONE_SCALE = "one"
# Tabs that there were once, and what former links set there by hand; what they did stands in *Analyse* now.
FORMER_TABS = ("interventions", "photos")
FORMER_SETTINGS = ("w_face", "removed", "seed", "scene", "shown_face")


@dataclass(frozen=True)
class Usual:
    """What stands in no address.

    Attributes:
        tab: key of the tab that opens.
        method: key of a method.
        opacity: in [0, 1].
        baseline: key of a baseline.
    """

    tab: str = ""
    method: str = ""
    opacity: float = 0.0
    baseline: str = ""


def write_js(own_weights: str, usual: Usual) -> str:
    """Return the script that has the address follow the settings.

    Args:
        own_weights: the page's own, which need not be named.
        usual: what need not be named either.
    """
    return _filled(_WRITE_JS, {"USUAL": asdict(usual), "OWN_WEIGHTS": own_weights})


def copy_js(notes: Mapping[str, str], own_weights: str, usual: Usual = Usual()) -> str:
    """Return the script of the button.

    Args:
        notes: the HTML it may show, by COPIED and IN_ADDRESS_BAR.
        own_weights: as in :func:`write_js`.
        usual: as in :func:`write_js`.
    """
    return _filled(_COPY_JS, notes).replace("WRITE", write_js(own_weights, usual))


def _filled(script: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        script = script.replace(name, json.dumps(value))
    return script


@dataclass(frozen=True)
class Link:
    """What an address asks for; None: the usual.

    Attributes:
        tab: key of a tab.
        method: key of a method.
        label: a class name.
        opacity: in [0, 1].
        weights: name of a checkpoint.
        refused: one sentence for each setting that cannot be used; what it quotes is the sender's.
        face: counted from 1.
        baseline: key of a baseline.
        one_scale: whether maps share one scale.
        unfolded: a former tab that is a card of *Analyse* now.
        moved: a sentence on where a former tab's settings are now; empty if none are asked for.
    """

    tab: str | None = None
    method: str | None = None
    label: str | None = None
    opacity: float | None = None
    weights: str | None = None
    refused: tuple[str, ...] = ()
    face: int | None = None
    baseline: str | None = None
    one_scale: bool = False
    unfolded: str | None = None
    moved: str = ""


def read(
    params: Mapping[str, str],
    tabs: Sequence[str] = (),
    methods: Sequence[str] = (),
    labels: Sequence[str] = (),
    weights: Sequence[str] = (),
    baselines: Sequence[str] = (),
) -> Link:
    """Return the settings in an address, each checked like any input.

    Args:
        params: the address's query, by name: ``tab``, ``method``, ``class``, ``opacity``, ``weights``, ``face``,
            ``baseline`` and ``scale``; others are let be.
        tabs: keys of the tabs there are; without any, the setting is let be, and so for the next four.
        methods: keys of the methods there are.
        labels: class names.
        weights: names of the checkpoints there are.
        baselines: keys of the baselines there are.
    """
    refused: list[str] = []

    def choice(name: str, accepted: Sequence[str]) -> str | None:
        value = params.get(name)
        if value is None or not accepted:
            return None
        if value not in accepted:
            refused.append(words.BAD_LINK.format(name=name, given=value[:60], names=", ".join(accepted)))
            return None
        return value

    former = params.get("tab") if tabs and params.get("tab") in FORMER_TABS else None
    tab = tabs[0] if former else choice("tab", tabs)
    method, label = choice("method", methods), choice("class", labels)
    named = choice("weights", weights)
    opacity = _fraction(params.get("opacity"))
    if opacity is None and "opacity" in params:
        refused.append(words.BAD_OPACITY.format(given=params["opacity"][:60]))
    baseline, one_scale = choice("baseline", baselines), choice("scale", (ONE_SCALE,)) is not None
    face = params.get("face", "")
    number = int(face) if face.isascii() and face.isdigit() and len(face) < 4 else 0
    if "face" in params and not number:
        refused.append(words.BAD_FACE_LINK.format(given=face[:60]))
    moved = words.FORMER_LINK if former == "interventions" or any(name in params for name in FORMER_SETTINGS) else ""
    return Link(tab, method, label, opacity, named, tuple(refused), number or None, baseline, one_scale, former, moved)


def _fraction(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
