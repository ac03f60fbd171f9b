"""Print which files five requests pass through: ``python scripts/walks.py [--write]``.

The app runs in this process with the embedded weights. While a request is answered, a profile hook notes every file
of ``demo`` and ``glamor`` in which a function is entered, in the order of the first entry. ``--write`` puts the lists
into docs/architecture.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script from anywhere
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- walks: begin -->", "<!-- walks: end -->"
METHOD, OPACITY = "grad_cam", 0.7


class Footprints:
    """Notes the files that are entered while it is looking."""

    def __init__(self) -> None:
        self._looking = False
        self._files: dict[str, None] = {}

    def install(self) -> None:
        """Look into every thread that begins from now on, and this one."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    @contextlib.contextmanager
    def noted(self) -> Iterator[list[str]]:
        """Yield a list that holds the files once the block is left."""
        found: list[str] = []
        self._files, self._looking = {}, True
        yield found
        self._looking = False
        found += self._files

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        if not self._looking or event != "call" or frame.f_code.co_name == "<module>":
            return
        path = frame.f_code.co_filename
        if path.startswith((f"{ROOT}/demo/", f"{ROOT}/glamor/")):
            self._files.setdefault(path.removeprefix(f"{ROOT}/"))


def main() -> int:
    """Walk, and print or write what was seen; returns the exit status."""
    parser = argparse.ArgumentParser(description="Which files five requests pass through.")
    parser.add_argument("--write", action="store_true", help="into docs/architecture.md")
    write = parser.parse_args().write
    footprints = Footprints()
    footprints.install()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADIO_TEMP_DIR"] = f"{folder}/cache"
        walks = _walk(footprints, Path(folder))
    everywhere = [file for file in next(iter(walks.values())) if all(file in files for files in walks.values())]
    own = {name: [file for file in files if file not in everywhere] for name, files in walks.items()}
    text = "\n\n".join(_told(name, files) for name, files in {"Every request": everywhere, **own}.items())
    if not write:
        print(text)
        return 0
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0


def _told(name: str, files: list[str]) -> str:
    own = sum(file.startswith("demo/") for file in files)
    listed = "\n".join(f"{number}. `{file}`" for number, file in enumerate(files, start=1))
    return f"### {name}: {own} files of `demo/`, {len(files) - own} of `glamor/`\n\n{listed}"


def _walk(footprints: Footprints, folder: Path) -> dict[str, list[str]]:
    from PIL import Image
    from skimage.data import astronaut

    from demo.first import first_session
    from demo.limits import read_limits
    from demo.server import hosts
    from demo.start import open_engine
    from glamor.checkpoint import EMBEDDED

    photo = folder / "photo.png"
    Image.fromarray(astronaut()).save(photo)
    with zipfile.ZipFile(folder / "photos.zip", "w") as archive:
        archive.write(photo, "photo.png")
    engine = open_engine(str(EMBEDDED))
    first = first_session(engine)
    from demo.page import build, launch_options

    page = build(engine, first, read_limits())
    options = launch_options(page, hosts.read("127.0.0.1"))
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, **options)
    try:
        return _requests(footprints, url.rstrip("/"), photo, folder / "photos.zip")
    finally:
        page.close()


def _requests(footprints: Footprints, url: str, photo: Path, archive: Path) -> dict[str, list[str]]:
    from tests.visitor import Visitor

    walks: dict[str, list[str]] = {}
    with Visitor(url) as visitor:

        def act(name: str, event: dict[str, Any], *data: Any) -> None:
            with footprints.noted() as files:
                visitor.act(event, None, *data)
                if any(dependency["trigger_after"] == event["id"] for dependency in visitor.config["dependencies"]):
                    then = visitor.then(event)
                    given = {visitor.parts["opacity"]["id"]: OPACITY, visitor.parts["many-files"]["id"]: data[0]}
                    visitor.act(then, *(given.get(part) for part in then["inputs"]))
            walks[name] = files

        uploads = [visitor.upload(path) for path in (photo, archive)]
        act("A photo is dropped", visitor.event("photo", "input"), uploads[0], METHOD, OPACITY)
        act("The method is changed", visitor.event("method", "input"), "grad_cam", "Happy")
        act("The colours are made paler", visitor.event("opacity", "input"), 0.3)
        act("A zip in *Many photos*", visitor.event("many-files", "upload"), uploads[1:])
        with footprints.noted() as files:
            call = "/gradio_api/call/predict"
            asked = visitor.http.post(call, json={"data": uploads[:1]}).json()["event_id"]
            visitor.http.get(f"{call}/{asked}")
        walks["The API is called"] = files
    return walks


if __name__ == "__main__":
    sys.exit(main())
