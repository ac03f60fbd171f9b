"""The page's own few colours; those of face and scene come from the figures."""

from __future__ import annotations

from glamor.figures import BACKGROUND, CONTEXT_COLOR, FACE_COLOR

# On a dark ground the figures' colours fall under 4.5:1, so text and bars take these lighter relatives.
FACE_ON_DARK = "#C08BF0"
CONTEXT_ON_DARK = "#4CC38F"

LIGHT = {
    "ground": "#FFFFFF",
    "card": BACKGROUND,  # the figures' own, so that they lie on the cards without a frame
    "field": "#FFFFFF",
    "line": "#E0E2E8",
    "ink": "#1F2430",
    "muted": "#5B6270",
    "accent": "#2B4C7E",
    "accent-ink": "#FFFFFF",
    "track": "#E6E8ED",
    "quiet": "#A9B0BC",
    "warn": "#FFF6E0",
    "warn-line": "#E5C36A",
    "face": FACE_COLOR,
    "scene": CONTEXT_COLOR,
}
DARK = {
    "ground": "#14161B",
    "card": "#1D2027",
    "field": "#14161B",
    "line": "#31353F",
    "ink": "#ECEEF2",
    "muted": "#A6ADBA",
    "accent": "#8FB4EA",
    "accent-ink": "#14161B",
    "track": "#2A2E37",
    "quiet": "#6B7382",
    "warn": "#332B17",
    "warn-line": "#7C6628",
    "face": FACE_ON_DARK,
    "scene": CONTEXT_ON_DARK,
}


DARK_FIGURES = "dark-figures"  # a filter of the page, see demo.theme


def css_variables() -> str:
    """Return the style sheet that names both palettes, ``--g-ink`` and so on."""
    light, dark = _declared(LIGHT), _declared(DARK)
    return (
        f":root {{ {light} --g-figures: none; }}\n:root.dark, .dark {{ {dark} --g-figures: url(#{DARK_FIGURES}); }}\n"
    )


def _declared(palette: dict[str, str]) -> str:
    return " ".join(f"--g-{name}: {color};" for name, color in palette.items())
