"""Which explanation methods the page offers, what an audit of the weights says of each, and which comes first."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from demo import words
from demo.engine import Engine
from glamor.evaluation.card import Audited, read_audited
from glamor.evaluation.verdicts import Verdicts
from glamor.explain import METHODS

SHOWN = ("integrated_gradients", "grad_cam", "occlusion")  # beside the one that an audit found best
_KNOWN: WeakKeyDictionary[Engine, Audited | None] = WeakKeyDictionary()


def audited(engine: Engine) -> Audited | None:
    """Return what an audit of these very weights found, read once; None if there was none."""
    if engine not in _KNOWN:  # by two at once: it is the same
        _KNOWN[engine] = read_audited(engine.predictor.checkpoint)
    return _KNOWN[engine]


def verdicts(engine: Engine) -> Verdicts:
    """Return what that audit says of each method; nothing if there was none."""
    found = audited(engine)
    return found.verdicts if found else Verdicts()


def default(engine: Engine) -> str:
    """Return the method that is shown unless somebody asks for another."""
    return verdicts(engine).default


def shown(engine: Engine) -> tuple[str, ...]:
    """Return the keys of the methods of the tab *Analyse*, the default first."""
    return tuple(dict.fromkeys((default(engine), *SHOWN)))


def several(engine: Engine) -> tuple[str, ...]:
    """Return the methods that are ticked before a visitor chooses, or asked where a program names none."""
    return verdicts(engine).preselected(shown(engine))


def marked(engine: Engine, key: str, name: str = "") -> str:
    """Return a method's name, with what an audit has against it."""
    note, name = verdicts(engine).note(key), name or METHODS[key].name
    return words.MARKED.format(name=name, note=note) if note else name


def choices(engine: Engine) -> list[tuple[str, str]]:
    """Return name and key of the methods of the tab *Analyse*."""
    return [(marked(engine, key), key) for key in shown(engine)]
