"""Buttons that nobody sees, pressed by the page's own script: so one part of the page sets off another."""

from __future__ import annotations

_PRESS_JS = """(value) => {
    if (!(WHEN)) return;
    BEFORE;
    const hidden = document.querySelector("#BUTTON");
    (hidden.matches("a, button") ? hidden : hidden.querySelector("a, button")).click();
}"""
OPEN = "open-given"  # puts up, in *Analyse*, what the visit holds


def press_js(button: str, when: str = "true", before: str = "") -> str:
    """Return a script that presses a button.

    Args:
        button: its ``elem_id``.
        when: a JavaScript condition; ``value`` is the event's first input.
        before: a JavaScript statement to run first.
    """
    return _PRESS_JS.replace("WHEN", when).replace("BEFORE", before).replace("BUTTON", button)
