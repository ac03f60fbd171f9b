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
LONGEST_FILE = 330  # demo/text.py may be longer: it is a list of words

# From the design: the rooms that each room may import, beside `errors`. `explain` and `figures` may import themselves.
MAY_IMPORT = {
    "errors": set(),
    "config": set(),
    "device": set(),
    "structure": set(),
    "photo": {"structure"},
    "decode_worker": {"photo"},
    "decode_lane": {"decode_worker", "photo"},
    "decoding": {"decode_lane", "photo"},
    "figures": {"figures"},
    "metrics": set(),
    "scoring": {"metrics"},
    "facedetection": set(),
    "faces": {"facedetection", "hub", "photo"},
    "prepare": {"config", "photo"},
    "model": {"config"},
    "hub": set(),
    "checkpoint": {"config", "device", "hub", "model"},
    "folded": {"model"},
    "convert": {"checkpoint", "config", "model"},
    "predictor": {"checkpoint", "config", "device", "faces", "folded", "model", "photo", "prepare"},
    "explain": {"config", "explain", "folded", "model", "photo", "predictor", "prepare"},
    "serialise": {"explain", "predictor"},
    "report": {"explain", "figures", "photo", "predictor", "prepare", "report", "serialise"},
}
NETWORK_ROOMS = {"config", "device", "photo", "faces", "prepare", "model", "checkpoint", "predictor"}
RESEARCH_ROOMS = {"augment", "calibrate", "data", "evaluate", "feed", "losses", "metrics", "recipe", "scoring", "train"}
MAY_IMPORT |= dict.fromkeys(RESEARCH_ROOMS - {"metrics", "scoring"}, NETWORK_ROOMS | RESEARCH_ROOMS | {"figures"})
MAY_IMPORT["teach"] = {"augment", "folded", "losses", "recipe"}
MAY_IMPORT["train"] |= {"teach"}
MAY_IMPORT["audit"] = NETWORK_ROOMS | {"data", "explain", "figures", "metrics", "scoring"}
MAY_IMPORT["card"] = {"checkpoint", "hub", "scoring"}
MAY_IMPORT["export"] = {"card", "checkpoint"}
MAY_IMPORT["many"] = NETWORK_ROOMS | {"decoding", "figures", "many", "metrics", "scoring"}
MAY_IMPORT["analyse"] = {"faces", "many", "predictor"}
MAY_IMPORT["summarise"] = {"many"}
EVERYTHING = {"__init__", "__main__"}

SOURCES = sorted((ROOT / "glamor").rglob("*.py"))
OUTER_SOURCES = [*sorted((ROOT / "demo").rglob("*.py")), *ROOT.glob("app.py")]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "glamor").parts[0].removesuffix(".py")


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
    return {parts[1] for parts in names if parts[0] == "glamor" and len(parts) > 1}


def test_imports_are_seen_wherever_they_stand():
    source = "import a.b\nfrom c import d\ndef f():\n    from e.g import h as i\n"
    assert set(_imports(source)) == {"a.b", "c.d", "e.g.h"}


@pytest.mark.parametrize("path", [path for path in SOURCES if _room(path) not in EVERYTHING], ids=_name)
def test_a_room_imports_only_rooms_before_it(path: Path):
    assert _room(path) in MAY_IMPORT, "a new room: say in MAY_IMPORT whom it may import"
    assert _rooms_imported(path) <= MAY_IMPORT[_room(path)] | {"errors"}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_the_library_knows_no_page(path: Path):
    tops = {name.split(".")[0] for name in _imports(path.read_text())}
    assert tops.isdisjoint({"gradio", "gradio_client", "demo", "app", "spaces"})


@pytest.mark.parametrize("path", [*SOURCES, *OUTER_SOURCES], ids=_name)
def test_figures_are_never_anyones_global_state(path: Path):
    assert not any(name.startswith(("matplotlib.pyplot", "pylab")) for name in _imports(path.read_text()))


@pytest.mark.parametrize("path", [path for path in SOURCES if _room(path) == "figures"], ids=_name)
def test_figures_know_no_network(path: Path):
    assert not any(name.split(".")[0] == "torch" for name in _imports(path.read_text()))


@pytest.mark.parametrize("path", [path for path in (*SOURCES, *OUTER_SOURCES) if path.stem != "text"], ids=_name)
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
