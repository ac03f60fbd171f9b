"""Whatever is imported is asked for by name, not left to come along with something else."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Reads network files of others for a comparison, in an environment of its own: see benchmarks/ready_made.
APART = {"ai_edge_litert", "deepface", "pytorch_grad_cam"}
ON_REQUEST = {"datasets"}  # whoever names a data set without it is told to install it
OWNERS = {"cv2": ["opencv-python-headless"]}  # is not installed where another face detector is
OURS = (
    APART
    | ON_REQUEST
    | {"app", "benchmarks", "demo", "glamor", "scripts", "tests"}
    | {path.stem for path in (*ROOT.glob("scripts/*.py"), *ROOT.glob("benchmarks/ready_made/*.py"))}
)


def _named(file: str) -> set[str]:
    names: set[str] = set()
    for line in (ROOT / file).read_text().splitlines():
        if line.startswith("-r "):
            names |= _named(line.removeprefix("-r ").strip())
        elif found := re.match(r"[\w.-]+", line):
            names.add(_plain(found[0]))
    return names


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(*places: str) -> Iterator[tuple[str, Path]]:
    files = [path for place in places for path in (ROOT / place).rglob("*.py")] + [ROOT / "app.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((one.name.partition(".")[0], path) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path


@pytest.mark.parametrize(
    ("places", "files"),
    [
        (("demo", "glamor"), ("requirements.txt", "requirements-ray.txt", "requirements-train.txt")),
        (("tests", "benchmarks", "scripts"), ("requirements-dev.txt", "requirements-convert.txt")),
    ],
)
def test_what_is_imported_is_asked_for(places: tuple[str, ...], files: tuple[str, ...]) -> None:
    owners, named = packages_distributions(), set().union(*(_named(file) for file in files))
    missing = {
        f"{module} in {path.relative_to(ROOT)}"
        for module, path in _imported(*places)
        if module not in OURS | sys.stdlib_module_names
        and not {_plain(one) for one in OWNERS.get(module) or owners.get(module, [module])} & named
    }
    assert missing == set()
