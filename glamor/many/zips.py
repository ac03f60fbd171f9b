"""Archives of photos, read where they lie: nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from glamor.errors import DataError
from glamor.kinds import HEAD, is_picture
from glamor.photo import MAX_BYTES

DIRECTORY_BYTES = 1024  # of an archive's directory for each file in it: names are rarely longer
_END, _END_BYTES, _COMMENT = b"PK\x05\x06", 22, 65_535
_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold: files, and bytes when unpacked."""

    files: int
    unpacked: int


ON_DISK = Limits(files=1_000_000, unpacked=2**40)  # of one's own archives, which are read file by file


def list_members(path: Path, limits: Limits = ON_DISK) -> tuple[str, ...]:
    """Return the names of the files in an archive, sorted, with / between folders whatever packed it.

    Args:
        path: of the zip.
        limits: checked against what the archive says of itself; reading never goes beyond that.

    Raises:
        DataError: if it is no zip, is damaged, is beyond the limits, or holds a name that would lead out of
            the folder it is unpacked in.
    """
    try:
        with path.open("rb") as file:
            _check_directory(file, path.name, limits)
            with ZipFile(file) as archive:
                files = [info for info in archive.infolist() if not _plain(info.filename).endswith("/")]
    except (OSError, BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise DataError(f"{path.name} is not a zip archive that can be read ({error}); pack it again.") from error
    unpacked = sum(info.file_size for info in files)
    if len(files) > limits.files or unpacked > limits.unpacked:
        raise DataError(
            f"{path.name} holds {len(files):,} files, {unpacked / 2**20:,.0f} MiB unpacked, more than the "
            f"{limits.files:,} files and {limits.unpacked / 2**20:,.0f} MiB accepted; split it."
        )
    for info in files:
        _check_name(path.name, info.filename)
    return tuple(sorted({_plain(info.filename) for info in files}))


def read_member(path: str, member: str) -> bytes:
    """Return the bytes of one file in an archive, one more than a photo may have at most.

    Raises:
        DataError: if it is not there, is encrypted, or is damaged.
    """
    try:
        with opened_zip(path).open(member) as file:
            return file.read(MAX_BYTES + 1)
    except Exception as error:  # damaged data lets nearly any class of exception out of the decompressors
        reason = "it is encrypted" if "encrypted" in str(error) else "its data are damaged"
        raise DataError(f"{member!r} cannot be read from the archive: {reason}; pack it again.") from error


def pictures_among(path: Path, members: Iterable[str]) -> frozenset[str]:
    """Return which of an archive's files begin as pictures do; one that cannot be read does not."""
    try:
        with _opened(path) as archive:
            return frozenset(member for member in members if is_picture(_head(archive, member)))
    except (OSError, BadZipFile, ValueError, NotImplementedError, struct.error):
        return frozenset()


def _head(archive: ZipFile, member: str) -> bytes:
    try:
        if archive.getinfo(member).compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            return b""  # the others unpack megabytes for one byte
        with archive.open(member) as file:
            return file.read(HEAD)
    except Exception:  # as in read_member
        return b""


@lru_cache(maxsize=2)
def opened_zip(path: str) -> ZipFile:
    """Return an archive, kept open: its directory is read once for many photos, not for each.

    Its files are found by the names that :func:`list_members` gives.
    """
    return _opened(Path(path))


def _opened(path: Path) -> ZipFile:
    archive = ZipFile(path)
    for info in archive.infolist():
        archive.NameToInfo.setdefault(_plain(info.filename), info)
    return archive


def _plain(name: str) -> str:
    return name.replace("\\", "/")


def _check_directory(file: BinaryIO, name: str, limits: Limits) -> None:
    """Refuse a directory far larger than the accepted number of files needs, before it is read into memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _COMMENT - _LOCATOR_BYTES))
    tail = file.read()
    end = len(tail) - _END_BYTES if tail[-_END_BYTES:].startswith(_END) else tail.rfind(_END)
    if end < 0:
        raise BadZipFile("its end is missing")
    (directory,) = struct.unpack_from("<I", tail, end + 12)
    large = tail[max(0, end - _LOCATOR_BYTES) : end].startswith(_LOCATOR)  # more than 65,535 files or 4 GiB
    if directory > limits.files * DIRECTORY_BYTES or (large and limits.files < _COMMENT):
        raise DataError(f"{name} holds more than the {limits.files:,} files accepted; split it.")


def _check_name(archive: str, member: str) -> None:
    posix, windows = PurePosixPath(member), PureWindowsPath(member)
    if posix.is_absolute() or windows.anchor or ".." in (*posix.parts, *windows.parts) or "\0" in member:
        raise DataError(
            f"{archive} holds the name {member[:80]!r}, which leads out of the folder that it is unpacked in; "
            "accepted: plain names inside folders; pack it again."
        )
