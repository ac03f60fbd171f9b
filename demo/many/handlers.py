"""The tab *Many photos*: what a visitor's archive becomes, while it is being worked on and afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from markupsafe import Markup
from PIL import Image

from demo import cache
from demo.engine import Engine
from demo.events import SAME
from demo.html import note, problem
from demo.many import words
from demo.pictures import image_update
from demo.visits import Batch, Session
from demo.words import UNTRAINED_PLAIN
from glamor import figures
from glamor.errors import CheckpointError, DataError, GlamorError
from glamor.images import chw_to_hwc, data_uri, encode_jpeg
from glamor.many.items import Item
from glamor.many.page import summary_page
from glamor.many.rows import Row
from glamor.many.run import analyse
from glamor.many.sources import ZIP, archive_items
from glamor.many.store import FACES, Store
from glamor.many.summary import Summary, summarise
from glamor.many.zips import Limits, list_members, opened_zip
from glamor.photo import BoxXyxy
from glamor.predictor import Prediction
from glamor.prepare import Prepared
from glamor.remarks import others_named

LIMITS = Limits(files=300, unpacked=512 * 2**20)
BATCH = 8  # faces in one pass: small, for the page to move
THUMBNAIL = 56  # pixels
EVERY = 1.0  # seconds between two looks at the progress
LONGEST = 300.0  # seconds of work on one visitor's files: others wait for their turn


class Outputs(NamedTuple):
    """All that the slow handler changes, in the order of the tab's outputs; SAME leaves a part as it is."""

    status: Any = SAME
    table: Any = SAME
    stop: Any = SAME
    results: Any = SAME
    labels: Any = SAME
    looked: Any = SAME
    weighed: Any = SAME
    parquet: Any = SAME
    csv: Any = SAME
    page: Any = SAME


def work(engine: Engine, session: Session, paths: Sequence[str] | None) -> Iterator[Outputs]:
    """Analyse what a visitor handed in, telling how far it is; nothing handed in clears the tab."""
    session.batch = None
    if not paths:
        yield Outputs("", _shown_rows([]), gr.update(interactive=False), gr.update(visible=False))
        return
    try:
        if not engine.trained:
            raise CheckpointError(UNTRAINED_PLAIN)
        batch = Batch(find_photos(paths), engine.predictor.checkpoint.source)
        session.batch = batch
        yield from _worked(engine, session, batch)
        yield _finished(engine, batch)
    except Exception as error:
        yield Outputs(problem(error), stop=gr.update(interactive=False))
    finally:
        opened_zip.cache_clear()


def queue(session: Session, paths: Sequence[Any] | None) -> str:
    """End what the visitor's earlier files still cost, and say that the new ones wait for their turn."""
    stop(session)
    return note(words.WAIT) if paths else ""


def refresh(engine: Engine, session: Session) -> str:
    """Return a word of warning, as HTML, if the rows are by other weights than the chosen ones."""
    if session.batch is None or session.batch.source == engine.predictor.checkpoint.source:
        return ""
    return note(words.OTHER_WEIGHTS.format(source=session.batch.source), "warn")


def render(engine: Engine, session: Session) -> Outputs:
    """Return the tab for what the session holds: a visitor who comes back finds what was found so far."""
    batch = session.batch
    if batch is None or not batch.rows:
        return Outputs()
    batch.stopped = batch.photos < len(batch.items)
    try:
        return _finished(engine, batch)
    except Exception as error:
        return Outputs(problem(error))


def stop(session: Session) -> None:
    """End the visitor's work after the photos that are in the network now."""
    if session.batch is not None:
        session.batch.stopped = True


def choose(session: Session, number: Any) -> str:
    """Make the photo and the face of a row the ones that *Analyse* opens next.

    Args:
        session: of the visitor.
        number: the row's, from 1; it comes from the browser, so it may be anything.

    Returns:
        Why there is no photo to open, as HTML; empty where there is one.
    """
    try:
        row = _row(session.batch, number)
        session.pending_photo = session.batch.items[row.file].read() if session.batch else None
        session.pending_box_xyxy = row.face_box_xyxy
    except (GlamorError, LookupError, TypeError, ValueError, OverflowError):
        return note(words.GONE)
    finally:
        opened_zip.cache_clear()
    return ""


def find_photos(paths: Sequence[str]) -> dict[str, Item]:
    """Return the photos in a visitor's files by name.

    Raises:
        DataError: if there is none, there are too many, or an archive cannot be accepted.
    """
    found: dict[str, Item] = {}
    for path in map(Path, paths):
        items = [Item(path.name, str(path))]
        if path.suffix.lower() == ZIP:
            items = list(archive_items(path, list_members(path, LIMITS), {}, shown=path.name))
        for item in items:
            found[item.name if item.name not in found else f"{item.name} ({len(found) + 1})"] = item
    if not found:
        raise DataError(words.NONE)
    if len(found) > LIMITS.files:
        raise DataError(words.TOO_MANY.format(count=len(found), most=LIMITS.files))
    return found


def table(batch: Batch) -> list[list[Any]]:
    """Return the rows as the page shows them: number, picture, and what was found."""
    thumbnails = iter(batch.thumbnails)
    return [_cells(number, row, thumbnails) for number, row in enumerate(batch.rows, start=1)]


def _shown_rows(rows: list[list[Any]]) -> Any:
    """Return the table's update; an empty table would be a box that scrolls and holds nothing to selection."""
    return gr.update(value=rows, visible=bool(rows))


def _row(batch: Batch | None, number: Any) -> Row:
    place = int(float(number)) - 1
    if batch is None or place < 0:
        raise LookupError
    return batch.rows[place]


def _worked(engine: Engine, session: Session, batch: Batch) -> Iterator[Outputs]:
    def network(
        prepared: Sequence[Prepared], boxes: Sequence[BoxXyxy], scores: Sequence[float | None]
    ) -> tuple[Prediction, ...]:
        predictions = engine.predict_prepared(prepared, boxes, scores)
        batch.thumbnails += map(_thumbnail, prepared)
        return predictions

    config, sha256 = engine.predictor.config, engine.predictor.checkpoint.sha256
    named = (Item(name, item.path, item.member) for name, item in batch.items.items())
    start = shown = time.monotonic()
    yield Outputs(_progress(batch, 0.0), _shown_rows([]), gr.update(interactive=True), gr.update(visible=False))
    for rows in analyse(named, network, config, sha256, workers=0, batch=BATCH):
        batch.rows += rows
        batch.photos += 1
        if session.batch is not batch or batch.stopped:
            return
        now = time.monotonic()
        batch.too_long = now - start > LONGEST
        if batch.too_long:
            return
        if now - shown > EVERY:
            shown = now
            yield Outputs(_progress(batch, now - start), _shown_rows(table(batch)))


def _finished(engine: Engine, batch: Batch) -> Outputs:
    folder = _write(engine, batch)
    summary = summarise(folder)
    page = folder / "summary.html"
    page.write_text(summary_page(summary, batch.items.get), encoding="utf-8")
    failed = words.FAILED.format(count=summary.failed) if summary.failed else ""
    ending = words.TOO_LONG if batch.too_long else words.STOPPED if batch.stopped else words.DONE
    report = ending.format(
        photos=summary.photos - summary.failed, total=len(batch.items), faces=summary.faces, minutes=round(LONGEST / 60)
    )
    labels, looked, weighed = _pictures(summary)
    return Outputs(
        status=note(f"{report} {failed}"),
        table=_shown_rows(table(batch)),
        stop=gr.update(interactive=False),
        results=gr.update(visible=True),
        labels=labels,
        looked=looked,
        weighed=weighed,
        parquet=str(folder / FACES),
        csv=str(folder / "faces.csv"),
        page=str(page),
    )


def _write(engine: Engine, batch: Batch) -> Path:
    """Write the rows into a folder of Gradio's cache, where they go with everything else of the session."""
    folder = cache.private_folder()
    with Store(folder, engine.class_names, engine.predictor.checkpoint.sha256) as store:
        store.add(batch.rows)
        store.finish()
        store.write_csv()
    return folder


def _pictures(summary: Summary) -> tuple[Any, Any, Any]:
    names = [emotion.name for emotion in summary.emotions]
    counts = [emotion.count for emotion in summary.emotions]
    maps, spread = [emotion.attention for emotion in summary.emotions], [emotion.w_face for emotion in summary.emotions]
    drawn = (
        figures.counts_figure(names, counts),
        figures.mean_attention_figure(names, counts, maps, summary.region_share_xyxy),
        figures.face_weight_figure(names, counts, spread, [emotion.w_face_mean for emotion in summary.emotions]),
    )
    labels, looked, weighed = (
        image_update(figures.to_layer(figure), title)
        for figure, title in zip(drawn, (words.LABELS, words.LOOKED, words.WEIGHED), strict=True)
    )
    return labels, looked, weighed


def _progress(batch: Batch, seconds: float) -> str:
    done, total = batch.photos, len(batch.items)
    progress = words.PROGRESS.format(done=done, total=total)
    if done and seconds:
        rate = done / seconds
        progress += words.RATE.format(rate=rate, left=(total - done) / rate)
    return note(Markup('<progress value="{}" max="{}" aria-hidden="true"></progress> {}').format(done, total, progress))


def _thumbnail(prepared: Prepared) -> bytes:
    pixels = (chw_to_hwc(prepared.face) * 255).round().astype(np.uint8)
    return encode_jpeg(np.asarray(Image.fromarray(pixels).resize((THUMBNAIL, THUMBNAIL))), quality=80)


def _cells(number: int, row: Row, thumbnails: Iterator[bytes]) -> list[Any]:
    if row.answer is None:
        return [number, "", row.file, None, "", None, None, None, row.error or words.NO_FACE]
    address = data_uri(next(thumbnails), "image/jpeg")
    picture = Markup('<img src="{}" alt="{}" width="{}">').format(address, row.answer.emotion, THUMBNAIL)
    shares = (max(row.answer.probabilities), row.answer.w_face, row.answer.w_context)
    percents = [round(100 * share, 1) for share in shares]
    named = others_named(row.answer.prediction_set or ())
    return [number, picture, row.file, row.face, row.answer.emotion, *percents, named]
