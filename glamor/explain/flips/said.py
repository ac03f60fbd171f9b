"""What would turn the label, one sentence a kind of change; each is made of the numbers in ``Flips`` alone."""

from __future__ import annotations

from glamor.explain.flips.found import EXACT, CellsFlip, Flips, PartsFlip
from glamor.explain.parts.said import called
from glamor.words import percent

KINDS = ("parts", "cells", "fusion", "blur", "scene")
NAMED = 2  # parts, at most; of more the number is told


def sentences(flips: Flips) -> tuple[str, ...]:
    """Return a sentence of at most 25 words for each kind of change that was tried, in the order of ``KINDS``."""
    return tuple(said for kind in KINDS if (said := sentence(flips, kind)))


def sentence(flips: Flips, kind: str) -> str:
    """Return what is known of one of ``KINDS``, and how exactly; empty if it was not tried."""
    return {"parts": _parts, "cells": _cells, "fusion": _fusion, "blur": _blur, "scene": _scene}[kind](flips)


def _parts(flips: Flips) -> str:
    found = flips.parts
    if found is None:
        nothing = f"Whichever parts are missing, it says {flips.emotion}; every combination was asked."
        return nothing if flips.parts_asked else ""
    told = f"Without {_missing(found)} it would say {found.emotion} ({percent(found.probability)})"
    return f"{told}; no smaller set of parts turns the label."


def _missing(found: PartsFlip) -> str:
    if len(found.names) > NAMED:
        return f"{len(found.names)} of the parts"
    return " and ".join(map(called, found.names))


def _cells(flips: Flips) -> str:
    found = flips.cells
    if found is None:
        return f"Taking the scene’s cells away one after another never turned {flips.emotion}; not all sets were tried."
    told = f"{_named(found)} it would say {found.emotion} ({percent(found.probability)})"
    if found.how == EXACT:
        return f"{told}; {'each cell' if len(found.cells) == 1 else 'every smaller set'} was tried."
    return f"{told}; fewer may do: the search took one after another."


def _named(found: CellsFlip) -> str:
    if len(found.cells) > 1:
        return f"Without {len(found.cells)} cells of the scene"
    ((row, column),) = found.cells
    return f"Without the scene’s cell in row {row + 1}, column {column + 1}"


def _fusion(flips: Flips) -> str:
    found = flips.fusion
    if found is None:
        return f"However face and scene are weighed, it says {flips.emotion}; this is exact."
    side = "below" if found.w_face < found.learned_w_face else "above"
    return (
        f"With the face’s weight {side} {found.w_face:.1%} instead of {found.learned_w_face:.1%} "
        f"it would say {found.emotion}; this is exact."
    )


def _blur(flips: Flips) -> str:
    found = flips.blur
    if found is None:
        return f"No blur of the face that was tried turns {flips.emotion}; blurs between them may."
    return (
        f"With the face blurred by {found.sigma:.1f} pixels it would say {found.emotion} "
        f"({percent(found.probability)}); less may do: blurs were tried in steps."
    )


def _scene(flips: Flips) -> str:
    found = flips.scene
    if not flips.scenes:
        return ""
    if found is None:
        return f"Before each of the {flips.scenes} example scenes it still says {flips.emotion}."
    told = f"Before the scene of {found.name} it would say {found.emotion} ({percent(found.probability)})"
    return f"{told}: the nearest of {flips.scenes} example scenes that turns the label."
