"""Paths, folders, globs, archives and data sets -> photos, one after another and never all at once."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from glamor.errors import DataError
from glamor.kinds import HEAD, is_picture
from glamor.many.items import Item, shown_name
from glamor.many.zips import list_members, pictures_among

# Files of these names are pictures or should be: what cannot be read gets a row that says why. Others are pictures if
# they begin as pictures do, and left out if they do not.
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}
    | {".svg", ".psd", ".ico", ".jp2", ".raw", ".cr2", ".nef", ".dng"}
)
ZIP = ".zip"


@dataclass(frozen=True)
class Count:
    """How many photos a source offers (None: it does not say), and how many files were left out."""

    photos: int | None
    others: int = 0


class Source(Protocol):
    """Where photos come from."""

    def items(self, class_names: Sequence[str]) -> Iterator[Item]:
        """Yield every photo; those in a folder named like a class carry that label."""
        ...

    def count(self) -> Count:
        """Return how many there are, without reading one."""
        ...


@dataclass(frozen=True)
class Files:
    """A file, an archive, or a folder with everything under it; links to folders are not followed."""

    root: Path

    def items(self, class_names: Sequence[str]) -> Iterator[Item]:
        labels = {name.lower(): name for name in class_names}
        for path in _walk(self.root):
            if path.suffix.lower() == ZIP:
                yield from _archived(path, labels)
            elif path == self.root or _is_picture(path):
                yield Item(
                    name=shown_name(path),
                    path=str(path),
                    label=labels.get(path.parent.name.lower()),
                    box_path=_box_path(path),
                    problem=_folder_problem(path),
                )

    def count(self) -> Count:
        photos = others = 0
        for path in _walk(self.root):
            if path.suffix.lower() == ZIP:
                inside = _archive_count(path)
                photos, others = photos + (inside.photos or 0), others + inside.others
            elif path == self.root or _is_picture(path):
                photos += 1
            else:
                others += 1
        return Count(photos, others)


def open_sources(paths: Sequence[str]) -> tuple[Source, ...]:
    """Find what each argument names.

    Args:
        paths: files, folders, patterns such as ``"holiday/*.jpg"``, zips, folders that ``datasets`` saved, or
            ``owner/name[:split]`` of a data set on the Hugging Face Hub.

    Returns:
        The sources. What lies in a folder that is named too is not taken twice.

    Raises:
        DataError: if an argument names nothing.
    """
    from glamor.many.datasets import is_saved, open_dataset

    files, sources = [], list[Source]()
    for given in paths:
        found = [Path(given)] if os.path.lexists(given) else [Path(match) for match in sorted(_glob(given))]
        if not found:
            sources.append(open_dataset(given))
        for path in found:
            if is_saved(path):
                sources.append(open_dataset(str(path)))
            else:
                files.append(path.absolute())
    return (*map(Files, _without_nested(files)), *sources)


def reopen(name: str) -> Item | None:
    """Return the photo that a row was made from, by the row's name of it; None if it is gone."""
    path = Path(name)
    if path.is_file():
        return Item(name, str(path))
    for parent in path.parents:
        if parent.suffix.lower() == ZIP and parent.is_file():
            return Item(name, str(parent), path.relative_to(parent).as_posix())
    return None


def archive_items(path: Path, members: Sequence[str], labels: dict[str, str], shown: str = "") -> Iterator[Item]:
    """Yield the photos among an archive's files, named ``archive/member``."""
    for member in _pictures_in(path, members):
        parent = member.rpartition("/")[0].rpartition("/")[2]
        name = shown_name(f"{shown or path}/{member}")
        yield Item(name, str(path), member, label=labels.get(parent.lower()))


def _archived(path: Path, labels: dict[str, str]) -> Iterator[Item]:
    try:
        members = list_members(path)
    except DataError as error:
        yield Item(shown_name(path), problem=str(error))
        return
    yield from archive_items(path, members, labels)


def _archive_count(path: Path) -> Count:
    try:
        members = list_members(path)
    except DataError:
        return Count(1)  # the row that says why
    inside = len(_pictures_in(path, members))
    return Count(inside, len(members) - inside)


def _walk(root: Path) -> Iterator[Path]:
    """Yield every file under a folder, folder by folder, each in the order of names; a file yields itself."""
    folders = [root]
    while folders:
        folder = folders.pop()
        if not folder.is_dir():
            yield folder
            continue
        try:
            with os.scandir(folder) as found:
                entries = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in found)
        except OSError:
            if _has_suffix(folder.name) or folder == root:
                yield folder
            continue
        yield from (folder / name for name, is_folder in entries if not is_folder)
        folders += [folder / name for name, is_folder in reversed(entries) if is_folder]


def _pictures_in(archive: Path, members: Sequence[str]) -> list[str]:
    """Return which of an archive's files are pictures, by their names or else by how they begin."""
    shown = [member for member in members if not _is_hidden(member)]
    others = [member for member in shown if not _has_suffix(member)]
    begin = pictures_among(archive, others) if others else ()
    return [member for member in shown if _has_suffix(member) or member in begin]


def _is_picture(path: Path) -> bool:
    return not _is_hidden(path.name) and (_has_suffix(path.name) or is_picture(_head(path)))


def _is_hidden(name: str) -> bool:
    """Tell whether macOS added the file to what it wrote: none is a photo."""
    return name.rpartition("/")[2].startswith("._") or "__MACOSX/" in name


def _has_suffix(name: str) -> bool:
    return os.path.splitext(name.rpartition("/")[2])[1].lower() in PICTURE_SUFFIXES


def _head(path: Path) -> bytes:
    try:
        if path.is_file():  # opening a pipe or a device would wait for ever
            with path.open("rb") as file:
                return file.read(HEAD)
    except OSError:
        pass
    return b""


def _folder_problem(path: Path) -> str:
    return "The folder cannot be read; check its permissions." if path.is_dir() and not path.is_symlink() else ""


def _box_path(path: Path) -> str:
    """Return ROOT/crop/<split>/<Class>/<name>.txt for ROOT/images/<split>/<Class>/<name>.jpg, else nothing."""
    if len(path.parents) < 4 or path.parents[2].name != "images":
        return ""
    root, split, name = path.parents[3], path.parents[1].name, path.parent.name
    box = (root / "crop" / split / name / path.name).with_suffix(".txt")
    return str(box) if (root / "crop").is_dir() else ""


def _glob(pattern: str) -> list[str]:
    return glob.glob(os.path.expanduser(pattern), recursive=True) if glob.has_magic(pattern) else []


def _without_nested(paths: Sequence[Path]) -> list[Path]:
    kept = set(paths)
    return [path for path in dict.fromkeys(paths) if not kept.intersection(path.parents)]
