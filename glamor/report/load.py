"""A bundle from a folder or a zip file, trusted only after everything in it has been checked.

A bundle may come from anyone: names lead nowhere, sizes are bounded before anything is unpacked, hashes must
agree, arrays are read without pickle, and what has been rebuilt must say again what the JSON says.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from glamor.errors import ReportError
from glamor.explain import Explanation
from glamor.predictor import Prediction
from glamor.report.store import MANIFEST
from glamor.report.values import ANALYSIS, ARRAYS, DTYPES, FORMAT, read_explanation, read_prediction
from glamor.serialise import explanation_to_dict, prediction_to_dict

MOST_FILES = 64
LARGEST_FILE = 64 * 2**20  # bytes, unpacked
LARGEST_BUNDLE = 128 * 2**20
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.(json|npz|html|png|svg)", re.ASCII)
# What the standard library raises for zip files that are cut off, overwritten or made to confuse.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REMEDY = "use a report as write_report or the page's Download made it, unchanged"


@dataclass(frozen=True)
class Report:
    """An analysis that was saved.

    Attributes:
        analysis: every number, as :func:`glamor.report.values.analysis` describes them.
        selected: index of the face that was explained among ``analysis["faces"]``.
        prediction: of that face, its two inputs included.
        explanation: of that face.
        others_blurred: whether the other faces were blurred, in the scene that ``prediction`` holds and in the maps as
            well: the network would answer to these inputs a little differently.
    """

    analysis: Mapping[str, Any]
    selected: int
    prediction: Prediction
    explanation: Explanation
    others_blurred: bool = False


class _RefusedError(Exception):
    """What is wrong, without a full stop."""


def load_report(path: str | PathLike[str]) -> Report:
    """Read a bundle that :func:`write_report` or :func:`zip_report` made.

    Args:
        path: the folder or the zip file. Nothing is unpacked to disk.

    Returns:
        The same numbers and arrays that were saved.

    Raises:
        ReportError: if it is no bundle, is incomplete or damaged, or was changed.
    """
    path = Path(path)
    try:
        files = _folder(path) if path.is_dir() else _zip(path)
        return _report(files[ANALYSIS], files[ARRAYS])
    except _RefusedError as refusal:
        raise ReportError(f"The report {path.name!r} cannot be loaded: {refusal}; {_REMEDY}.") from refusal
    except OSError as error:
        raise ReportError(f"The report {path.name!r} cannot be read ({error.strerror}); {_REMEDY}.") from error


def _folder(folder: Path) -> dict[str, bytes]:
    def read(name: str) -> bytes:
        file = folder / name
        if file.is_symlink() or not file.is_file():
            raise _RefusedError(f"it has no file {name}")
        with file.open("rb") as opened:
            return _bounded(opened, name)

    return _checked(read)


def _zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive)

            def read(name: str) -> bytes:
                if name not in entries:
                    raise _RefusedError(f"it has no file {name}")
                with archive.open(entries[name]) as opened:
                    return _bounded(opened, name)

            return _checked(read)
    except _DAMAGE as error:
        raise _RefusedError("it is neither a folder nor a whole zip file") from error


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name, after what can be known without unpacking."""
    found = archive.infolist()
    if len(found) > MOST_FILES:
        raise _RefusedError(f"it has {len(found)} files, at most {MOST_FILES} belong to a report")
    for entry in found:
        if not _NAME.fullmatch(entry.filename) or entry.flag_bits & 1 or entry.compress_type not in _PACKINGS:
            raise _RefusedError("it has a file that does not belong to a report")
    if sum(entry.file_size for entry in found) > LARGEST_BUNDLE:
        raise _RefusedError(f"it would take more than {LARGEST_BUNDLE // 2**20} MiB")
    entries = {entry.filename: entry for entry in found}
    if len(entries) < len(found):
        raise _RefusedError("it has two files of one name")
    return entries


def _bounded(file: Any, name: str) -> bytes:
    content: bytes = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _RefusedError(f"{name} is larger than {LARGEST_FILE // 2**20} MiB")
    return content


def _checked(read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Read every file that the manifest names; none is what it should be unless all are."""
    manifest = _json(read(MANIFEST), MANIFEST)
    hashes = manifest.get("files")
    if manifest.get("format") != FORMAT or not isinstance(hashes, dict) or not {ANALYSIS, ARRAYS} <= hashes.keys():
        raise _RefusedError(f"{MANIFEST} is not of format {FORMAT}")
    if len(hashes) >= MOST_FILES or not all(_NAME.fullmatch(name) for name in hashes):
        raise _RefusedError(f"{MANIFEST} names files that do not belong to a report")
    kept, total = {}, 0
    for name, sha256 in hashes.items():
        content = read(name)
        total += len(content)
        if total > LARGEST_BUNDLE:
            raise _RefusedError(f"it is larger than {LARGEST_BUNDLE // 2**20} MiB")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _RefusedError(f"{name} was changed or damaged after it was written")
        if name in (ANALYSIS, ARRAYS):
            kept[name] = content
    return kept


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        values = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(f"{name} is not JSON") from error
    if not isinstance(values, dict):
        raise _RefusedError(f"{name} is not a JSON object")
    return values


def _no_number(word: str) -> float:
    raise ValueError(word)


def _report(analysis: bytes, archive: bytes) -> Report:
    values, arrays = _json(analysis, ANALYSIS), _arrays(archive)
    try:
        if values["format"] != FORMAT or values["selected"] not in range(len(values["faces"])):
            raise ValueError
        prediction, explanation = read_prediction(values, arrays), read_explanation(values, arrays)
        said, told = values["faces"][values["selected"]], values["explanation"]
        same = prediction_to_dict(prediction) == said and explanation_to_dict(explanation) == told
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _RefusedError(f"{ANALYSIS} does not have the fields of a report") from error
    if not same:
        raise _RefusedError(f"{ANALYSIS} and {ARRAYS} contradict each other")
    return Report(values, values["selected"], prediction, explanation, values.get("others_blurred") is True)


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays by name; a header is believed only if the file has as many bytes as it says."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if entries.keys() != {f"{name}.npy" for name in DTYPES} or len(archive.infolist()) != len(DTYPES):
                raise _RefusedError(f"{ARRAYS} does not hold the arrays of a report")
            if sum(entry.file_size for entry in entries.values()) > LARGEST_FILE:
                raise _RefusedError(f"{ARRAYS} would take more than {LARGEST_FILE // 2**20} MiB")
            return {name: _array(archive, f"{name}.npy", np.dtype(kind)) for name, kind in DTYPES.items()}
    except _DAMAGE as error:
        raise _RefusedError(f"{ARRAYS} is damaged") from error


def _array(archive: zipfile.ZipFile, name: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    with archive.open(name) as opened:
        raw = BytesIO(_bounded(opened, name))
    shape, in_columns, found = _header(raw)
    elements = int(np.prod(shape, dtype=object)) if shape else 1
    if found != dtype or len(raw.getbuffer()) - raw.tell() != elements * dtype.itemsize:
        raise ValueError(name)
    values = np.frombuffer(raw.read(), dtype)
    return values.reshape(shape, order="F" if in_columns else "C").copy()


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an unknown version of the format")
    header: tuple[tuple[int, ...], bool, np.dtype[Any]] = np.lib.format.read_array_header_1_0(file)
    return header
