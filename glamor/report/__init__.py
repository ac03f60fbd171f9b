"""One analysis as a bundle: figures, raw arrays, every number, a page to read, and last a manifest of them all.

    manifest.json       name and sha256 of every other file; written last, so a bundle that has it is whole
    analysis.json       every number: checkpoint, method and its parameters, seed, versions, geometry, answers
    arrays.npz          the network's inputs and outputs for the explained face, and the attribution maps
    report.html         all of it as one page that opens anywhere, also offline and on paper
    *.png, *.svg        the figures

The pictures show the people in the photo, the other faces blurred if asked for; its file and its metadata are not in
it: see docs/decisions/0004-what-a-report-holds.md.
"""

from __future__ import annotations

from glamor.report.load import Report, load_report
from glamor.report.store import MANIFEST, write_report, zip_report

__all__ = ["MANIFEST", "Report", "load_report", "write_report", "zip_report"]
