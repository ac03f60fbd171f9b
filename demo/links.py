"""Settings in the page's address: a link opens the page as it was set, never with the photo."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo import text

# Reads the settings, puts them into the address bar and onto the clipboard, and says so.
_COPY_JS = """async (method, target, opacity) => {
    const tab = document.querySelector('#tabs [role="tab"][aria-selected="true"]');
    const link = new URL(window.location.href);
    const settings = {tab: tab?.dataset.tabId, method, class: target, opacity};
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


def copy_js(notes: Mapping[str, str]) -> str:
    """Return the script of the button; ``notes`` are the HTML it may show, by COPIED and IN_ADDRESS_BAR."""
    script = _COPY_JS
    for name, html in notes.items():
        script = script.replace(name, json.dumps(html))
    return script


@dataclass(frozen=True)
class Link:
    """What an address asks for; None: the usual.

    Attributes:
        tab: key of a tab.
        method: key of a method.
        label: a class name.
        opacity: in [0, 1].
        refused: one sentence for each setting that cannot be used; what it quotes is the sender's.
    """

    tab: str | None = None
    method: str | None = None
    label: str | None = None
    opacity: float | None = None
    refused: tuple[str, ...] = ()


def read(params: Mapping[str, str], tabs: Sequence[str], methods: Sequence[str], labels: Sequence[str]) -> Link:
    """Return the settings in an address, each checked like any input.

    Args:
        params: the address's query, by name: ``tab``, ``method``, ``class`` and ``opacity``; others are let be.
        tabs: keys of the tabs there are; without any, the setting is let be, and so for the next two.
        methods: keys of the methods there are.
        labels: class names.
    """
    refused: list[str] = []

    def choice(name: str, accepted: Sequence[str]) -> str | None:
        given = params.get(name)
        if given is None or not accepted:
            return None
        if given not in accepted:
            refused.append(text.BAD_LINK.format(name=name, given=given[:60], names=", ".join(accepted)))
            return None
        return given

    tab, method, label = choice("tab", tabs), choice("method", methods), choice("class", labels)
    opacity = _fraction(params.get("opacity"))
    if opacity is None and "opacity" in params:
        refused.append(text.BAD_OPACITY.format(given=params["opacity"][:60]))
    return Link(tab, method, label, opacity, tuple(refused))


def _fraction(given: str | None) -> float | None:
    try:
        number = float(given or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
