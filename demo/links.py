"""Settings in the page's address: a link opens the page as it was set, never with the photo."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo import words

# Reads the settings, puts them into the address bar and onto the clipboard, and says so.
_COPY_JS = """async (method, target, opacity, weights) => {
    const tab = document.querySelector('#tabs [role="tab"][aria-selected="true"]');
    const link = new URL(window.location.href);
    const settings = {tab: tab?.dataset.tabId, method, class: target, opacity};
    settings.weights = weights === OWN_WEIGHTS ? null : weights;
    for (const [name, value] of Object.entries(settings))
        if (value === null || value === undefined) link.searchParams.delete(name);
        else link.searchParams.set(name, value);
    window.history.replaceState(null, "", link);
    try {
        await navigator.clipboard.writeText(link.href);
        return COPIED;
    } catch {
        return IN_ADDRESS_BAR;
    }
}"""


def copy_js(notes: Mapping[str, str], own_weights: str) -> str:
    """Return the script of the button.

    Args:
        notes: the HTML it may show, by COPIED and IN_ADDRESS_BAR.
        own_weights: the page's own, which need not be named.
    """
    script = _COPY_JS
    for name, value in {**notes, "OWN_WEIGHTS": own_weights}.items():
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
    """

    tab: str | None = None
    method: str | None = None
    label: str | None = None
    opacity: float | None = None
    weights: str | None = None
    refused: tuple[str, ...] = ()


def read(
    params: Mapping[str, str],
    tabs: Sequence[str] = (),
    methods: Sequence[str] = (),
    labels: Sequence[str] = (),
    weights: Sequence[str] = (),
) -> Link:
    """Return the settings in an address, each checked like any input.

    Args:
        params: the address's query, by name: ``tab``, ``method``, ``class``, ``opacity`` and ``weights``; others are
            let be.
        tabs: keys of the tabs there are; without any, the setting is let be, and so for the next three.
        methods: keys of the methods there are.
        labels: class names.
        weights: names of the checkpoints there are.
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

    tab, method, label = choice("tab", tabs), choice("method", methods), choice("class", labels)
    named = choice("weights", weights)
    opacity = _fraction(params.get("opacity"))
    if opacity is None and "opacity" in params:
        refused.append(words.BAD_OPACITY.format(given=params["opacity"][:60]))
    return Link(tab, method, label, opacity, named, tuple(refused))


def _fraction(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
