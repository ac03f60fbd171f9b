"""Which explanations deserve to be shown: the trust checks over many photos.

python -m glamor audit data/everyday --out runs/audit
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from glamor.checkpoint import Checkpoint, load_checkpoint, resolve_source
from glamor.errors import DataError
from glamor.evaluation.audit_report import Audit, MapReport, PhotoRows, RelianceReport, table
from glamor.evaluation.metrics import bootstrap_intervals
from glamor.evaluation.scoring import Measure
from glamor.explain import METHODS, find_method
from glamor.explain.trust import MapRow, Reliance, survey
from glamor.explain.trust.progress import Progress, ignore
from glamor.photo import load_photo
from glamor.prepare import NO_FACE, prepare
from glamor.training.data import Sample, is_scenes, list_samples

LIMIT = 200
# What makes 200 photos take minutes and not hours: maps that cost more than so many passes of the network are made of
# a share of the photos only, and what takes every map once more is measured on a smaller one; spread evenly, and of
# not less than AT_LEAST.
DEAR, DEAR_SHARE, THOROUGH_SHARE, AT_LEAST = 30, 0.2, 0.1, 10
Floats = NDArray[np.float64]
T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``audit``."""
    parser.add_argument("dataset", type=Path, help="folder in NCAER-S layout (photos with face boxes)")
    parser.add_argument("--split", default="val", help="sub-folder to audit (default: val)")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"how many photos, spread evenly (default: {LIMIT})")
    parser.add_argument("--methods", help="keys, separated by commas (default: all; the slow ones on fewer photos)")
    cores = os.cpu_count() or 1
    parser.add_argument("--workers", type=int, default=cores, help="processes, a core each (default: all cores)")
    parser.add_argument("--checkpoint", help="folder or owner/name[@revision] (default: the embedded weights)")
    parser.add_argument("--out", type=Path, required=True, help="folder for audit.json, audit.csv and audit.png")


def run(args: argparse.Namespace) -> None:
    """Run ``audit`` with parsed shell arguments, write its files and print a table."""
    from glamor.figures import audit_figure, to_png

    args.out.mkdir(parents=True, exist_ok=True)  # before half an hour's work, not after it
    methods = args.methods.split(",") if args.methods else tuple(METHODS)
    result = audit(
        load_checkpoint(resolve_source(args.checkpoint)),
        args.dataset,
        args.split,
        args.limit,
        methods,
        workers=args.workers,
        progress=_whole_percents(),
    )
    print(file=sys.stderr)
    print(table(result))
    with (args.out / "audit.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["photo", "truth", *(field.name for field in fields(MapRow))])
        writer.writeheader()
        for photo in result.photos:
            writer.writerows({"photo": photo.name, "truth": photo.truth, **asdict(row)} for row in photo.rows)
    (args.out / "audit.png").write_bytes(to_png(audit_figure(result.to_dict())))
    (args.out / "audit.json").write_text(json.dumps(result.to_dict(), indent=1) + "\n")


def audit(
    checkpoint: Checkpoint,
    dataset: Path,
    split: str,
    limit: int = LIMIT,
    methods: Sequence[str] = tuple(METHODS),
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> Audit:
    """Check attention and methods on the predicted class of many photos.

    Args:
        checkpoint: the network, left untouched.
        dataset: folder in NCAER-S layout.
        split: its sub-folder.
        limit: how many photos at most, spread evenly over the classes' sorted files.
        methods: keys or aliases. Those that cost more than DEAR are asked on a share of the photos.
        workers: how many processes, a core each; with 1 it is done in this one.
        progress: called with the fraction done, from 0 to 1; whatever it raises cancels.

    Returns:
        Rows, means with intervals, and an advice.

    Raises:
        DataError: if the dataset has no scenes, no such split, or ``limit`` is not positive.
        ExplainError: for an unknown method.
    """
    keys = tuple(dict.fromkeys(find_method(name).key for name in methods))
    samples = _chosen(dataset, split, checkpoint.config.class_names, limit)
    report = progress or ignore
    dear = _spread(range(len(samples)), max(AT_LEAST, round(DEAR_SHARE * len(samples))))
    thorough = _spread(dear, max(AT_LEAST, round(THOROUGH_SHARE * len(samples))))
    asked = [
        _Asked(sample, tuple(key for key in keys if i in dear or METHODS[key].cost <= DEAR), i in thorough)
        for i, sample in enumerate(samples)
    ]
    photos = []
    for found in _answers(checkpoint, asked, workers):
        photos.append(found)
        report(len(photos) / len(samples))
    report(1.0)
    shown = (photos[0].rows[0].key, *keys)  # attention first
    return Audit(
        dataset=dataset.name,
        split=split,
        count=len(samples),
        checkpoint=checkpoint.source,
        sha256=checkpoint.sha256,
        maps=tuple(_map_report([row for photo in photos for row in photo.rows if row.key == key]) for key in shown),
        reliance=_reliance_report([photo.reliance for photo in photos if photo.reliance]),
        photos=tuple(photos),
    )


class _Asked(NamedTuple):
    """What is asked of one photo, see :func:`survey`."""

    sample: Sample
    methods: tuple[str, ...]
    thorough: bool


def _answers(checkpoint: Checkpoint, asked: Sequence[_Asked], workers: int) -> Iterator[PhotoRows]:
    """Yield what each photo contributes, in their order, whatever number of processes works."""
    if workers <= 1:
        yield from (_answer(checkpoint, each) for each in asked)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, _open, (checkpoint,)) as pool:
        yield from pool.imap(_answer_here, asked)


def _answer(checkpoint: Checkpoint, asked: _Asked) -> PhotoRows:
    model, sample = checkpoint.model, asked.sample
    prepared = prepare(load_photo(sample.path), sample.face_box_xyxy or NO_FACE, model.config)
    rows, relies = survey(model, prepared, asked.methods, thorough=asked.thorough, progress=ignore)
    return PhotoRows(sample.path.name, model.config.class_names[sample.label], rows, relies)


_opened: list[Checkpoint] = []  # of a worker process: the one that it answers for


def _open(checkpoint: Checkpoint) -> None:
    torch.set_num_threads(1)
    _opened[:] = [checkpoint]


def _answer_here(asked: _Asked) -> PhotoRows:
    return _answer(_opened[0], asked)


def _whole_percents() -> Progress:
    """Return a report to stderr that writes each percent once: a log of thousands of the same helps nobody."""
    last = ""

    def tell(done: float) -> None:
        nonlocal last
        words = f"\r{done:4.0%}"
        if words != last:
            print(words, end="", file=sys.stderr, flush=True)
        last = words

    return tell


def _chosen(dataset: Path, split: str, class_names: Sequence[str], limit: int) -> tuple[Sample, ...]:
    if limit < 1:
        raise DataError(f"--limit is {limit}; give 1 or more photos.")
    if not is_scenes(dataset):
        raise DataError(
            f"{dataset} has no photos with face boxes; expected ROOT/images and ROOT/crop (NCAER-S layout)."
        )
    samples = [s for s in list_samples(dataset, split, class_names) if s.face_box_xyxy and any(s.face_box_xyxy)]
    if not samples:
        raise DataError(f"{dataset}/{split} has no photo with a face box.")
    return _spread(samples, limit)


def _spread(values: Sequence[T], most: int) -> tuple[T, ...]:
    """Return at most so many of some values, spread evenly."""
    picked = np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(int)
    return tuple(values[i] for i in picked)


def _map_report(rows: Sequence[MapRow]) -> MapReport:
    columns = (
        [row.deletion_gain for row in rows],
        [row.insertion_gain for row in rows],
        [row.outcome == "better" for row in rows],
        [row.weights_outcome == "better" for row in rows],
        [row.agreement for row in rows],
        [row.infidelity for row in rows],
        [row.similarity for row in rows],
        [row.convergence for row in rows],
    )
    return MapReport(rows[0].key, rows[0].name, len(rows), *_measures(columns))


def _reliance_report(found: Sequence[Reliance]) -> RelianceReport:
    columns = (
        [reliance.fusion_weights[0] for reliance in found],
        [reliance.attribution[0] for reliance in found],
        [reliance.probability_lost[0] for reliance in found],
        [reliance.probability_lost[1] for reliance in found],
        [
            (reliance.fusion_weights[0] > reliance.fusion_weights[1])
            == (reliance.probability_lost[0] > reliance.probability_lost[1])
            for reliance in found
        ],
    )
    return RelianceReport(*_measures(columns))


def _measures(columns: Sequence[Sequence[float | None]]) -> list[Measure]:
    """Return mean and interval of each column over its rows; None is left out."""
    values = np.array([[np.nan if v is None else float(v) for v in column] for column in columns]).T  # (photos, k)
    values[~np.isfinite(values)] = np.nan  # an infinite relative delta would drown all others
    means = _means(values)
    low, high = bootstrap_intervals(len(values), lambda rows: _means(values[rows]))
    return [Measure(float(m), float(lo), float(hi)) for m, lo, hi in zip(means, low, high, strict=True)]


def _means(values: Floats) -> Floats:
    counts = (~np.isnan(values)).sum(axis=0)
    return np.divide(np.nansum(values, axis=0), counts, out=np.full(len(counts), np.nan), where=counts > 0)
