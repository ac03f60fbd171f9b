"""Whether this repository can be pushed to a Space on ZeroGPU as it stands: ``make space``.

The README's front matter says which Python and which Gradio the Space gets, requirements.txt what is installed beside
them, and scripts/zerogpu.toml what ZeroGPU can have. First they are compared, then everything is chosen anew for that
Python, from wheels alone and without installing anything, together with what a Space brings along.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = Version("3.11")
BROUGHT_ALONG = ("spaces",)  # installed on every Space, next to the Gradio that the front matter names
MACHINE = {"sys_platform": "linux", "platform_machine": "x86_64"}
YUNET = "opencv/face_detection_yunet face_detection_yunet_2023mar.onnx"


@dataclass(frozen=True)
class Space:
    """What the repository asks for and what ZeroGPU has.

    Attributes:
        front: the README's front matter.
        requirements: the lines of requirements.txt.
        listed: Python's and torch's versions on ZeroGPU's list.
    """

    front: dict[str, Any]
    requirements: tuple[Requirement, ...]
    listed: dict[str, Any]

    def python(self) -> Version | None:
        """Return the newest listed Python that the front matter's version means; None: it means none."""
        asked = str(self.front.get("python_version", ""))
        meant = [version for version in self.listed["python"] if f"{version}.".startswith(f"{asked}.")]
        return max(map(Version, meant), default=None)

    def wanted(self, python: Version) -> dict[str, Requirement]:
        """Return what is installed with this Python, by name."""
        place = MACHINE | {"python_version": f"{python.major}.{python.minor}", "python_full_version": str(python)}
        return {one.name: one for one in self.requirements if one.marker is None or one.marker.evaluate(place)}


def read(root: Path = ROOT) -> Space:
    """Return what stands in the repository."""
    _, block, _ = (root / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    lines = (line.partition("#")[0].strip() for line in (root / "requirements.txt").read_text().splitlines())
    listed = tomllib.loads((root / "scripts" / "zerogpu.toml").read_text())
    return Space(yaml.safe_load(block), tuple(map(Requirement, filter(None, lines))), listed)


def contradictions(space: Space) -> list[str]:
    """Return what does not go together, a sentence each; empty if all does."""
    found, python = [], space.python()
    if not isinstance(space.front.get("python_version"), str):
        found.append("python_version is no text; put it in quotes, or 3.10 becomes 3.1.")
    if python is None or python < OLDEST_PYTHON:
        offered = ", ".join(space.listed["python"])
        asked = space.front.get("python_version")
        return [*found, f"python_version is {asked}; choose one of {offered} that is {OLDEST_PYTHON} or newer."]
    wanted = space.wanted(python)
    gradio, gradio_version = wanted["gradio"], str(space.front.get("sdk_version"))
    if Version(gradio_version) not in gradio.specifier:
        found.append(f"sdk_version is {gradio_version}, but requirements.txt asks for {gradio}; make them agree.")
    torch, listed = wanted["torch"], [Version(version) for version in space.listed["torch"]]
    if not any(version in torch.specifier for version in listed):
        found.append(f"requirements.txt asks for {torch} and ZeroGPU has none of it; its newest is {max(listed)}.")
    following = Version(f"{max(listed).major}.{max(listed).minor + 1}")
    if following in torch.specifier:
        found.append(f"requirements.txt lets pip choose torch {following}, which ZeroGPU does not have; end below it.")
    if "yuface" not in wanted and YUNET not in space.front.get("preload_from_hub", ()):
        found.append(f"With Python {python} faces are found by YuNet; preload_from_hub must name {YUNET}.")
    return found


def resolve(space: Space, root: Path = ROOT) -> dict[str, Version]:
    """Return what would be installed on the Space, by name; needs a package index.

    Raises:
        RuntimeError: if nothing goes together, with what the resolver says.
    """
    python = space.python()
    extra = "\n".join((f"gradio=={space.front['sdk_version']}", *BROUGHT_ALONG))
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "-", str(root / "requirements.txt"), "--quiet"),
        *("--no-annotate", "--no-header", "--only-binary", ":all:", "--python-version", str(python)),
        *("--python-platform", "x86_64-manylinux_2_28"),
    ]
    done = subprocess.run(command, input=extra, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    pairs = (line.partition(";")[0].strip().partition("==") for line in done.stdout.splitlines() if "==" in line)
    return {name: Version(version) for name, _, version in pairs}


def main() -> int:
    """Say what is wrong, or what the Space would get; 0 if nothing is wrong."""
    space = read()
    wrong = contradictions(space)
    if not wrong:
        chosen = resolve(space)
        if chosen["torch"].public not in space.listed["torch"]:
            wrong = [f"pip would install torch {chosen['torch']}, which is not on ZeroGPU's list."]
    for sentence in wrong:
        print(f"space: {sentence}", file=sys.stderr)
    if not wrong:
        names = ", ".join(f"{name} {chosen[name]}" for name in ("gradio", "torch", "torchvision", "spaces"))
        print(f"Python {space.python()}: {len(chosen)} packages, among them {names}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
