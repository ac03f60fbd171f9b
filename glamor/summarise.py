"""Summarise many photos: ``python -m glamor summarise DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path

from glamor.many.counts import counted
from glamor.many.page import shown, summary_page
from glamor.many.summary import Summary, summarise

PAGE = "summary.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``summarise``."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder that analyse wrote")
    parser.add_argument("--html", type=Path, metavar="FILE", help=f"the page to write (default: DIR/{PAGE})")


def run(args: argparse.Namespace) -> None:
    """Run ``summarise`` with parsed shell arguments: print a table and write the page."""
    summary = summarise(args.folder)
    page = args.html or args.folder / PAGE
    page.write_text(summary_page(summary), encoding="utf-8")
    print(table(summary))
    print(f"page: {page}")


def table(summary: Summary) -> str:
    """Return a summary as a readable table."""
    lines = [
        counted(summary.photos, summary.faces, summary.without_face, summary.failed),
        f"{'label':<12}{'faces':>10}{'share':>8}{'w_face':>8}",
    ]
    lines += [
        f"{emotion.name:<12}{emotion.count:>10,}{emotion.count / max(1, summary.faces):>8.1%}"
        + (f"{emotion.w_face_mean:>8.2f}" if emotion.count else f"{'-':>8}")
        for emotion in summary.emotions
    ]
    if summary.quality is not None:
        report = summary.quality.report
        lines += [
            "",
            f"{report.count:,} photos with a label   [95% bootstrap interval]",
            f"accuracy {shown(report.accuracy)}, macro recall {shown(report.macro_recall)}, "
            f"calibration error {shown(report.calibration_error)} (by luck alone {shown(report.calibration_luck)})",
        ]
    return "\n".join(lines)
