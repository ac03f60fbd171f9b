"""Analyse many photos: ``python -m glamor analyse PATH... --out DIR``."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from glamor.errors import DataError
from glamor.faces import default_detector
from glamor.kinds import NAMES
from glamor.many.counts import counted, number_of
from glamor.many.items import Item
from glamor.many.known import State
from glamor.many.owner import own
from glamor.many.run import BATCH, Clock, analyse
from glamor.many.sources import Source, open_sources
from glamor.many.store import FACES, FAILED, Store, Totals
from glamor.predictor import Predictor

if TYPE_CHECKING:
    from glamor.many.rows import Row

INTERRUPTED = 130  # what shells expect after Ctrl-C
LOCAL, FAILURE = "local", "failed"
QUIET_SECONDS = 30.0  # between two lines of progress where nobody watches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``analyse``."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=(
            "photos, folders (with everything in them), patterns such as 'x/*.jpg', zips, or owner/name[:split] of a "
            "Hugging Face data set (needs: pip install datasets)"
        ),
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=f"folder for {FACES} and {FAILED}")
    parser.add_argument("--csv", action="store_true", help="also write faces.csv")
    parser.add_argument("--retry-failed", action="store_true", help="try the photos again that failed in earlier runs")
    parser.add_argument(
        "--small-faces",
        action="store_true",
        help=(
            "search large photos in tiles as well, for faces of 1.5 %% of the longer side on. A photo of 12 megapixels "
            "takes a second or two. Photos that are done already are not searched again"
        ),
    )
    parser.add_argument("--checkpoint", metavar="SOURCE", help="folder or owner/name[@revision]")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that read photos and find faces (default: one per core; 0: none, everything in this process)",
    )
    parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help=f"faces in one pass (default: {BATCH})")
    parser.add_argument(
        "--ray",
        nargs="?",
        const=LOCAL,
        metavar="ADDRESS",
        help=(
            "run on a Ray cluster (needs requirements-ray.txt): its address, or leave it out to use this machine alone"
        ),
    )


def run(args: argparse.Namespace) -> None:
    """Run ``analyse`` with parsed shell arguments.

    Raises:
        GlamorError: if nothing can be analysed; a photo that fails is no error but a row.
        SystemExit: with status 130 after Ctrl-C; the same command goes on from there.
    """
    _check(args)
    sources = open_sources(args.paths)
    lock = own(args.out)  # before anything that takes time
    try:
        _run(args, sources)
    finally:
        lock.release()


def _run(args: argparse.Namespace, sources: tuple[Source, ...]) -> None:
    default_detector()  # says at once, and not once a photo, if there is none
    predictor = Predictor(args.checkpoint)
    with Store(args.out, predictor.config.class_names, predictor.checkpoint.sha256, owned=True) as store:
        for note in store.notes:
            print("glamor:", note, file=sys.stderr)
        try:
            done = _analyse(args, sources, predictor, store)
        except KeyboardInterrupt:
            store.flush()
            print(
                "\nglamor: stopped; what is done has been kept, and the same command continues from there.",
                file=sys.stderr,
            )
            raise SystemExit(INTERRUPTED) from None
        totals = store.finish()
        if args.csv:
            store.write_csv()
    print(_of_this_run(done))
    print(_report(totals, args.out))


def _check(args: argparse.Namespace) -> None:
    for name, value, least in (("--workers", args.workers, 0), ("--batch", args.batch, 1)):
        if value < least:
            raise DataError(f"{name} is {value}; give {least} or more.")


def _analyse(args: argparse.Namespace, sources: tuple[Source, ...], predictor: Predictor, store: Store) -> Counter[str]:
    """Analyse what is left to do; return how many photos this run found in each state, and how many failed."""
    total = _total(args, sources)
    clock, done = Clock(), Counter[str]()
    if store.done:
        verb = "is" if store.done == 1 else "are"
        print(f"{number_of(store.done, 'photo')} {verb} already done; what has changed since is done again")
    with _bar(total) as bar:
        items = chain.from_iterable(source.items(predictor.config.class_names) for source in sources)
        left = _left(items, store, args.retry_failed, done, bar)
        with closing(_rows(args, left, predictor, clock)) as results:
            for rows in results:
                store.add(rows)
                done[FAILURE] += rows[0].error is not None
                bar.set_postfix(failed=done[FAILURE], refresh=False)
                bar.update()
        worked = bar.n > bar.initial
    if worked and not args.ray:
        print(clock.bottleneck(args.workers))
    return done


def _total(args: argparse.Namespace, sources: tuple[Source, ...]) -> int | None:
    """Return how many photos there are, None if a source does not say."""
    counts = [source.count() for source in sources]
    total = None if any(count.photos is None for count in counts) else sum(count.photos or 0 for count in counts)
    if total == 0:
        raise DataError(f"there is no photo in {', '.join(args.paths)}; give {NAMES} files.")
    if others := sum(count.others for count in counts):
        print(f"{others:,} files that are not pictures are left out")
    return total


def _left(
    items: Iterable[Item], store: Store, retry_failed: bool, done: Counter[str], bar: tqdm[None]
) -> Iterator[Item]:
    """Yield the photos that have to be analysed, and count all."""
    for item in items:
        state = store.state(item, retry_failed)
        done[state.value] += 1
        if state is not State.UNCHANGED:
            yield item
        else:  # not part of this run's pace
            bar.initial += 1
            bar.update()


def _rows(
    args: argparse.Namespace, items: Iterable[Item], predictor: Predictor, clock: Clock
) -> Generator[tuple[Row, ...], None, None]:
    if args.ray:
        from glamor.many.on_ray import analyse_on_ray

        address = None if args.ray == LOCAL else args.ray
        yield from analyse_on_ray(
            items, predictor.checkpoint, address=address, batch=args.batch, small_faces=args.small_faces
        )
        return
    config, sha256 = predictor.config, predictor.checkpoint.sha256
    yield from analyse(
        items,
        predictor.predict_prepared,
        config,
        sha256,
        workers=args.workers,
        batch=args.batch,
        clock=clock,
        small_faces=args.small_faces,
    )


def _bar(total: int | None) -> tqdm[None]:
    """Return a progress bar on stderr with photos a second and the time left."""
    return tqdm(
        total=total,
        unit=" photos",
        mininterval=0.5 if sys.stderr.isatty() else QUIET_SECONDS,
        dynamic_ncols=True,
    )


def _of_this_run(done: Counter[str]) -> str:
    return "this run: " + ", ".join(f"{done[state]:,} {state}" for state in (*(s.value for s in State), FAILURE))


def _report(totals: Totals, folder: Path) -> str:
    """Return what the whole folder holds, of all runs."""
    counts = counted(totals.photos, totals.faces, totals.without_face, totals.failed)
    lines = [counts, f"rows: {folder / FACES}"]
    if totals.failed:
        lines.append(f"{'reason' if totals.failed == 1 else 'reasons'}: {folder / FAILED}")
    return "\n".join(lines)
