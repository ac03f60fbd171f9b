"""Every word that a visitor reads in the tab *Many photos*; templates are filled with ``str.format``."""

from __future__ import annotations

TITLE = "Many photos at once"
INFO = "A zip of up to {files} files, {size} MB unpacked, or {loose} photos. Work begins as soon as they are here."
FILES = "Zip or photos"
STOP = "Stop"
FACES = "Every face"
FACES_INFO = (
    "Sort by clicking a column’s title. Click a row to open its photo under “Analyse”. Labels are predicted by a "
    "network; they are not what people feel."
)
HEADERS = ("No.", "", "Photo", "Face", "Label", "Probability %", "Face weight %", "Scene weight %", "Remark")
NO_FACE = "no face found"
UNCERTAIN = "a close call"
PROGRESS = "{done} of {total} photos"
WAIT = "Waiting for its turn: one visitor’s photos at a time."
RATE = ", {rate:.1f} a second, about {left:.0f} s left"
DONE = "{photos} photos with {faces} faces are analysed."
STOPPED = "Stopped: {photos} of {total} photos, with {faces} faces, are analysed."
TOO_LONG = (
    "Ended after {minutes} minutes, for others wait: {photos} of {total} photos, with {faces} faces, are analysed. "
    "Hand in the rest by itself, or use the shell."
)
FAILED = "{count} of them could not be read; the table says why."
NONE = "There is no photo in these files; accepted: JPEG, PNG, WebP, GIF, BMP or TIFF, or a zip of them."
TOO_MANY = "These are {count} photos; accepted: at most {most} at once; hand them in by parts, or use the shell."
OTHER_WEIGHTS = (
    "The weights {source} gave these answers. You have chosen others since; add the files again to ask those."
)
GONE = "This photo is not here any more. Add the files again."
PARQUET, CSV, PAGE = "Rows as Parquet", "Rows as CSV", "Summary as HTML"
LABELS, LOOKED, WEIGHED = "Labels", "Where it looked, on average", "How it weighed"
