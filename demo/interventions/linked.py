"""What is set by hand as a part of the page's address, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from demo import parse
from demo.interventions import words
from demo.visits import Session
from glamor.errors import ExplainError
from glamor.explain.what_if import AS_IS, FACES, LEARNED, SCENES, SHUFFLED, UNIFORM, InterventionState, Setting

NAMES = ("w_face", "attention", "seed", "removed", "scene", "shown_face")
MOST_SEED = 10**6


def to_query(setting: Setting) -> str:
    """Return what differs from the network's own way, such as ``w_face=0.3&removed=2.5-3.1``; cells count from 1."""
    removed = "-".join(f"{row + 1}.{column + 1}" for row, column in sorted(setting.removed))
    values = {
        "w_face": "" if setting.w_face is None else f"{setting.w_face:g}",
        "attention": "" if setting.attention == LEARNED else setting.attention,
        "seed": setting.seed if setting.attention == SHUFFLED else "",
        "removed": removed,
        "scene": "" if setting.scene == AS_IS else setting.scene,
        "shown_face": "" if setting.face == AS_IS else setting.face,
    }
    return urlencode({name: value for name, value in values.items() if value != ""})


def from_query(params: Mapping[str, str], grid: tuple[int, int]) -> Setting:
    """Return the setting in an address; whatever is not there stays the network's own.

    Args:
        params: the address's query, by name; other names are let be.
        grid: rows and columns of the attention.

    Raises:
        ExplainError: if a value cannot be used.
    """
    setting = Setting()
    if "w_face" in params:
        setting = replace(setting, w_face=parse.weight(_number(params["w_face"])))
    if "attention" in params:
        setting = replace(setting, attention=parse.choice(params["attention"], (UNIFORM, SHUFFLED), "attention"))
    if "seed" in params:
        seed = _number(params["seed"])
        setting = replace(setting, seed=int(seed) if 0 <= seed <= MOST_SEED else 0)
    if "removed" in params:
        cells = params["removed"][: 8 * grid[0] * grid[1]].split("-")
        setting = replace(setting, removed=frozenset(parse.cell(cell.replace(".", ","), grid) for cell in cells))
    if "scene" in params:
        setting = replace(setting, scene=parse.choice(params["scene"], SCENES, "scene"))
    if "shown_face" in params:
        setting = replace(setting, face=parse.choice(params["shown_face"], FACES, "face"))
    return setting


def begin_linked(session: Session, params: Mapping[str, str]) -> tuple[str, str]:
    """Set what an address asks for on the chosen face of a session that has just begun.

    Returns:
        The query of what is set now, and a sentence on what cannot be had; empty where all can.
    """
    selection = session.analysis.selection if session.analysis else None
    if selection is None or not any(name in params for name in NAMES):
        return "", ""
    rows, columns = selection.prediction.attention.shape
    try:
        setting = from_query(params, (rows, columns))
    except ExplainError as error:
        return "", words.BAD_LINK.format(reason=error)
    session.intervention = InterventionState(selection.prediction, setting)
    return to_query(setting), ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0  # is refused, whatever it stands for
