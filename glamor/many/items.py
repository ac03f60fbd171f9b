"""One photo to be analysed: where its bytes are, not the bytes themselves, so that it costs nothing to pass on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from glamor.errors import DataError, PhotoError
from glamor.many.zips import read_member
from glamor.photo import MAX_BYTES, BoxXyxy


@dataclass(frozen=True)
class Item:
    """One photo.

    Attributes:
        name: what rows call it; unique in a run.
        path: of the file, or of the archive it is in; empty if ``data`` is given.
        member: its name in the archive, empty for a plain file.
        data: its bytes, where they come from no file.
        label: the true class, if its folder or data set says so.
        box_path: of the file with its face box (NCAER-S layout), empty for none: faces are then detected.
        problem: why it cannot be read, known before it is tried; empty for nothing.
    """

    name: str
    path: str = ""
    member: str = ""
    data: bytes | None = None
    label: str | None = None
    box_path: str = ""
    problem: str = ""

    def read(self) -> bytes:
        """Return the encoded photo.

        Raises:
            PhotoError, DataError: if it cannot be read.
        """
        if self.problem:
            raise DataError(self.problem)
        if self.data is not None:
            return self.data
        return read_member(self.path, self.member) if self.member else _read_file(Path(self.path))

    def box(self) -> BoxXyxy | None:
        """Return the face box that came with the photo, pixels; None: detect.

        Raises:
            DataError: if there should be one and it cannot be read.
        """
        if not self.box_path:
            return None
        try:
            x1, y1, x2, y2 = (float(part) for part in Path(self.box_path).read_text(encoding="utf-8-sig").split(","))
        except (OSError, ValueError) as error:
            raise DataError(f"{self.box_path} does not hold a face box; write it as 'x1,y1,x2,y2'.") from error
        return x1, y1, x2, y2


def shown_name(path: str | Path) -> str:
    """Return a file's name as text that can be stored: bytes that are no text are spelt out."""
    return str(path).encode(errors="backslashreplace").decode()


def _read_file(path: Path) -> bytes:
    try:
        if path.is_file():  # opening a pipe or a device would wait for ever
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError(f"The file cannot be read ({error.strerror}); check its permissions.") from error
    raise PhotoError("This is not a file, or it is a link to a file that no longer exists; remove it.")
