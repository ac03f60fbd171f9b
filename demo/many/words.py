"""Every word that a visitor reads in the tab *Many photos*; templates are filled with ``str.format``."""

from __future__ import annotations

from glamor.kinds import NAMES

TITLE = "Many photos at once"
INFO = (
    "A zip of up to {files} files ({size} MB unpacked), or up to {loose} photos. Work begins as soon as they are "
    "uploaded."
)
FILES = "Zip or photos"
STOP = "Stop"
FACES = "Every face"
FACES_INFO = (
    "Sort by clicking a column’s title. Click a row to open its photo under “Analyse”. Labels are predicted by a "
    "network; they are not what people feel."
)
HEADERS = ("No.", "", "Photo", "Face", "Label", "Probability %", "Face weight %", "Scene weight %", "Remark")
NO_FACE = "no face found"
PROGRESS = "{done} of {total} photos"
WAIT = "Waiting its turn: one visitor’s photos are analysed at a time."
RATE = ", {rate:.1f} per second, about {left:.0f} s left"
DONE = "Photos analysed: {photos}; faces: {faces}."
STOPPED = "Stopped. Photos analysed: {photos} of {total}; faces: {faces}."
TOO_LONG = (
    "Stopped after {minutes} minutes because others are waiting. Photos analysed: {photos} of {total}; faces: {faces}. "
    "Add the rest separately, or use the shell."
)
FAILED = "{count} could not be read; the table says why."
NONE = f"There is no photo in these files. Add {NAMES} files, or a zip of them."
TOO_MANY = "These are {count} photos. Add at most {most} at once, or use the shell."
OTHER_WEIGHTS = (
    "These answers came from the weights {source}. You have since chosen others; add the files again to use them."
)
GONE = "This photo is no longer here. Add the files again."
PARQUET, CSV, PAGE = "Rows as Parquet", "Rows as CSV", "Summary as HTML"
LABELS, LOOKED, WEIGHED = "Labels", "Where it looked, on average", "How it weighed"
