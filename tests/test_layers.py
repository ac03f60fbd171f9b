"""The rules of the house: who may know whom, what stays light, what stays short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import glamor

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_UNTOLD = 300, 40  # lines; a longer function says what it does

# From the design: the rooms that each room may import, beside `errors`. `explain` and `figures` may import themselves.
MAY_IMPORT = {
    "errors": set(),
    "sets": set(),
    "config": {"sets"},
    "device": set(),
    "structure": set(),
    "kinds": set(),
    "colour": set(),
    "depth": {"structure"},
    "mend": set(),
    "photo": {"colour", "depth", "kinds", "mend", "structure"},
    "decode_worker": {"photo"},
    "decode_pool": {"decode_worker", "photo"},
    "decoding": {"decode_pool", "photo"},
    "images": set(),
    "words": set(),
    "figures": {"figures", "words"},
    "metrics": set(),
    "scoring": {"metrics"},
    "join": set(),
    "libfacedetection": set(),
    "faces": {"hub", "join", "libfacedetection", "photo"},
    "prepare": {"config", "photo"},
    "model": {"config"},
    "hub": set(),
    "checkpoint": {"config", "device", "hub", "model"},
    "familiar": {"checkpoint"},
    "fused": {"model"},
    "degradations": set(),
    "convert": {"checkpoint", "config", "model"},
    "tiles": {"faces", "images", "join", "photo"},
    "turned": {"faces", "images", "photo"},
    "predictor": {
        "checkpoint",
        "config",
        "device",
        "faces",
        "familiar",
        "fused",
        "model",
        "photo",
        "prepare",
        "tiles",
        "turned",
        "sets",
    },
    "remarks": {"familiar", "predictor", "prepare", "sets", "turned", "words"},
    "explain": {
        "config",
        "degradations",
        "explain",
        "faces",
        "fused",
        "images",
        "model",
        "photo",
        "predictor",
        "prepare",
        "words",
    },
    "printed": {"predictor", "remarks", "serialise"},
    "serialise": {"explain", "familiar", "predictor", "remarks", "sets"},
    "report": {
        "explain",
        "faces",
        "familiar",
        "figures",
        "images",
        "photo",
        "predictor",
        "prepare",
        "remarks",
        "report",
        "serialise",
        "sets",
        "turned",
        "words",
    },
}
NETWORK_ROOMS = {"config", "device", "images", "photo", "faces", "prepare", "model", "checkpoint", "predictor"}
RESEARCH_ROOMS = {"augment", "calibrate", "data", "degrade", "evaluate", "imagenet", "losses", "metrics", "recipe"}
RESEARCH_ROOMS |= {"against", "degradation", "finish", "remember", "sampler", "scoring", "softlabels", "strange"}
RESEARCH_ROOMS |= {"train", "trainer"}
MAY_IMPORT |= dict.fromkeys(RESEARCH_ROOMS - {"metrics", "scoring"}, NETWORK_ROOMS | RESEARCH_ROOMS | {"figures"})
MAY_IMPORT["calibrate"] |= {"sets"}
MAY_IMPORT["degradation"] |= {"degradations", "fused"}
MAY_IMPORT["strange"] = set()
MAY_IMPORT["remember"] |= {"familiar", "fused"}
MAY_IMPORT["degrade"] = {"degradations"}
MAY_IMPORT["stages"] = NETWORK_ROOMS | {"augment", "data", "degrade", "fused", "recipe", "softlabels", "stages"}
MAY_IMPORT["distill"] = {"augment", "fused", "losses", "recipe"}
MAY_IMPORT["trainer"] |= {"distill"}
MAY_IMPORT["verdicts"] = {"explain", "scoring"}
MAY_IMPORT["audit_report"] = {"explain", "scoring", "verdicts"}
MAY_IMPORT["audit"] = NETWORK_ROOMS | {"audit_report", "data", "explain", "figures", "metrics", "scoring"}
MAY_IMPORT["card"] = {"checkpoint", "scoring", "verdicts"}
MAY_IMPORT["export"] = {"card", "checkpoint", "familiar"}
MAY_IMPORT["many"] = NETWORK_ROOMS | {"decoding", "kinds", "figures", "many", "metrics", "scoring", "tiles", "words"}
MAY_IMPORT["analyse"] = {"faces", "kinds", "many", "predictor"}
MAY_IMPORT["summarise"] = {"many"}
EVERYTHING = {"__init__", "__main__"}
GROUPS = {"training", "evaluation"}  # folders whose files are rooms of their own

SOURCES = sorted((ROOT / "glamor").rglob("*.py"))
OUTER_SOURCES = [*sorted((ROOT / "demo").rglob("*.py")), *ROOT.glob("app.py")]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _room(path: Path) -> str:
    return _room_of([part.removesuffix(".py") for part in path.relative_to(ROOT / "glamor").parts])


def _room_of(parts: list[str]) -> str:
    return parts[1] if parts[0] in GROUPS and len(parts) > 1 else parts[0]


def _imports(source: str) -> Iterator[str]:
    """Every module that a source text imports anywhere, also inside functions and for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute in this house"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _rooms_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in _imports(path.read_text()))
    return {_room_of(parts[1:]) for parts in names if parts[0] == "glamor" and len(parts) > 1}


def test_imports_are_seen_wherever_they_stand():
    source = "import a.b\nfrom c import d\ndef f():\n    from e.g import h as i\n"
    assert set(_imports(source)) == {"a.b", "c.d", "e.g.h"}


@pytest.mark.parametrize("path", [path for path in SOURCES if _room(path) not in EVERYTHING], ids=_name)
def test_a_room_imports_only_rooms_before_it(path: Path):
    assert _room(path) in MAY_IMPORT, "a new room: say in MAY_IMPORT whom it may import"
    assert _rooms_imported(path) <= MAY_IMPORT[_room(path)] | {"errors"}


# What Gradio (6.31) does not document and this app has a use for.
INSIDES = {
    "state_holder",
    "session_data",
    "time_last_used",
    "config_values",
    "temp_file_sets",
    "root_block",
    "get_blocks",
}
NAMED_TUPLES = {"_replace", "_fields", "_asdict"}


def _insides(source: str) -> Iterator[str]:
    """Everything in a source text that reaches behind what a library documents: Gradio's, above all."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("gradio."))
        elif isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "gradio":
            yield str(node.module)
        elif isinstance(node, ast.ClassDef):
            yield from (ast.unparse(base) for base in node.bases if ast.unparse(base).startswith(("gr.", "gradio.")))
        elif isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "os", "atexit")  # Python's own
            private = node.attr.startswith("_") and not node.attr.startswith("__") and node.attr not in NAMED_TUPLES
            if node.attr in INSIDES or (private and not own):
                yield node.attr


def test_insides_are_seen_wherever_they_stand():
    source = """
import gradio.routes
from gradio.utils import x
class Page(gr.Blocks): pass
def f(page): page._queue; page.state_holder; self._own; row._replace(a=1); gr.Image.__init__
"""
    found = ["gradio.routes", "gradio.utils", "gr.Blocks", "_queue", "state_holder"]
    assert sorted(_insides(source)) == sorted(found)


OUTSIDE = [path for path in OUTER_SOURCES if "gradio_internals" not in path.parts]


@pytest.mark.parametrize("path", OUTSIDE, ids=_name)
def test_gradios_insides_are_known_to_one_room(path: Path):
    assert list(_insides(path.read_text())) == []


@pytest.mark.parametrize("path", [*SOURCES, *OUTER_SOURCES], ids=_name)
def test_a_long_function_says_what_it_does(path: Path):
    functions = (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.FunctionDef))
    long = [one for one in functions if (one.end_lineno or 0) - one.lineno >= LONGEST_UNTOLD]
    assert [one.name for one in long if not ast.get_docstring(one)] == []


@pytest.mark.parametrize("path", [*SOURCES, *OUTER_SOURCES], ids=_name)
def test_figures_are_never_anyones_global_state(path: Path):
    assert not any(name.startswith(("matplotlib.pyplot", "pylab")) for name in _imports(path.read_text()))


@pytest.mark.parametrize("path", [path for path in SOURCES if _room(path) == "figures"], ids=_name)
def test_figures_know_no_network(path: Path):
    assert not any(name.split(".")[0] == "torch" for name in _imports(path.read_text()))


@pytest.mark.parametrize("path", [*SOURCES, *OUTER_SOURCES], ids=_name)
def test_a_file_is_short_enough_for_one_reading(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


def test_importing_the_package_is_light():
    heavy = {"torch", "gradio", "captum", "timm", "matplotlib", "skimage", "huggingface_hub", "numpy"}
    code = f"import sys, glamor; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_predicting_needs_no_page_no_method_and_no_figure():
    heavy = {"gradio", "captum", "timm", "matplotlib"}
    code = f"import sys, glamor; glamor.Predictor; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_public_names_are_flat_sorted_and_there():
    assert glamor.__all__ == sorted(glamor.__all__)
    assert dir(glamor) == glamor.__all__
    for name in glamor.__all__:
        assert getattr(glamor, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        glamor.nothing  # noqa: B018
