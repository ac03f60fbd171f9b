"""A bundle as a folder or as one zip file, the manifest always last."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from glamor.report.contents import contents
from glamor.report.values import FORMAT, as_json

if TYPE_CHECKING:
    from glamor.explain import Explanation
    from glamor.explain.flips import Flips
    from glamor.explain.parts import NoParts, Parts
    from glamor.photo import Photo
    from glamor.predictor import Prediction

MANIFEST = "manifest.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of all times that a zip file can hold: nobody learns when the report was made
_READABLE = 0o644 << 16


def write_report(
    folder: Path,
    photo: Photo,
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    *,
    blur_others: bool = False,
    parts: Parts | NoParts | None = None,
    flips: Flips | None = None,
) -> Path:
    """Write everything about one face of a photo into a folder.

    Args:
        folder: made if it is not there; files of an earlier report in it are replaced.
        photo: (H, W, 3) uint8 RGB.
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.
        blur_others: whether to make the other faces unrecognisable, in the pictures as in the inputs and maps. The
            answer was given without; a face that is not among ``predictions`` cannot be found.
        parts: of that face, or why it has none; None: nobody asked.
        flips: what would turn its label; None: nobody asked.

    Returns:
        The path of the manifest, which names every other file with its sha256. It is written last, so a
        folder with a manifest is a whole report.

    Raises:
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    manifest.unlink(missing_ok=True)
    files = contents(photo, predictions, selected, explanation, blur_others, parts, flips)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest.write_bytes(_manifest(files))
    return manifest


def zip_report(
    photo: Photo,
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    *,
    blur_others: bool = False,
    parts: Parts | NoParts | None = None,
    flips: Flips | None = None,
) -> bytes:
    """Return what :func:`write_report` writes as one zip file; the same analysis gives the same bytes."""
    files = contents(photo, predictions, selected, explanation, blur_others, parts, flips)
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {**files, MANIFEST: _manifest(files)}.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _READABLE
            packed = name.endswith((".png", ".npz"))
            archive.writestr(entry, content, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return as_json({"format": FORMAT, "files": hashes})
