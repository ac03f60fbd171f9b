"""How much a session remembers, and who is forgotten when all of them remember too much."""

from __future__ import annotations

import copy
import gc
import io
import pickle
import tracemalloc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from demo import memory, words
from demo.analyse import handlers
from demo.first import first_session
from demo.kept import LONGEST_SHOWN, keep
from demo.limits import MB, Limits, read_limits
from demo.living import others
from demo.many.handlers import Batch
from demo.memory import Remembered, crowded_out, weight
from demo.visits import Session
from glamor.errors import GlamorError
from glamor.many.items import Item
from glamor.photo import load_photo
from tests.live_app import start, stop
from tests.visitor import Visitor

METHOD, OPACITY = "grad_cam", 0.7


def _encoded(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def _crowd(face: np.ndarray) -> bytes:
    """Sixteen faces, (2048, 2048)."""
    return _encoded(np.tile(face, (4, 4, 1)))


def test_a_visit_remembers_the_file_as_it_was_sent_and_a_small_copy_but_no_pixels(engine, astronaut):
    sent = _encoded(np.tile(astronaut, (6, 8, 1)), "JPEG")
    session = Session()
    handlers.analyse(engine, session, sent, METHOD, OPACITY)
    photo = session.analysis.photo
    assert photo.sent == sent
    assert photo.hw == (3072, 4096)
    with Image.open(io.BytesIO(photo.copy)) as small:
        assert small.size == (LONGEST_SHOWN, 960)
    handlers.remove_face(session, OPACITY)  # (its inputs would be most of what is left)
    np.testing.assert_array_equal(photo.pixels(engine), load_photo(sent))
    alone = replace(session.analysis, predictions=(), request=None)
    assert len(pickle.dumps(alone)) < len(sent) + len(photo.copy) + 10_000 < 3072 * 4096 * 3 / 4


def test_the_copy_looks_as_the_photo_does(engine, astronaut):
    photo, pixels = keep(engine, _encoded(astronaut))
    shown = photo.on_screen()
    assert shown.scale == 1
    difference = np.abs(shown.pixels.astype(int) - pixels.astype(int))
    assert difference.mean() < 2
    assert np.percentile(difference, 99) < 12


def test_choosing_sliding_and_drawing_decode_no_photo_again(engine, two_people):
    class Counting(type(engine)):
        decoded = 0

        def decode(self, source):
            Counting.decoded += 1
            return super().decode(source)

    counting, session = Counting(engine.predictor), Session()
    handlers.analyse(counting, session, _encoded(two_people), METHOD, OPACITY)
    handlers.choose_face(session, 1, OPACITY)
    handlers.redraw(session, 0.2)
    handlers.render(counting, session, 0.3)
    handlers.start_marking(session)
    assert Counting.decoded == 1
    handlers.add_box(counting, session, "10, 10, 200, 200", METHOD, OPACITY)
    assert Counting.decoded == 2


def test_a_forgotten_visits_pixels_are_gone_with_it(engine, astronaut):
    photo, _ = keep(engine, _encoded(astronaut))
    held = weakref.ref(photo.on_screen().pixels)
    assert held() is not None, "the next action finds it"
    del photo
    gc.collect()
    assert held() is None


def test_the_weight_of_a_visit_is_what_python_was_asked_for(engine, astronaut):
    handlers.analyse(engine, Session(), astronaut, METHOD, OPACITY)  # what is made once is made before
    sent, session = _crowd(astronaut), Session()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        handlers.analyse(engine, session, bytes(bytearray(sent)), METHOD, OPACITY)
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    shown = session.analysis.photo.on_screen().pixels.nbytes  # for the next action; bounded for all visits together
    assert len(session.analysis.predictions) > 8
    assert weight(session) == pytest.approx(traced - shown, rel=0.2)


def test_the_weight_of_a_visit_is_what_a_copy_of_all_that_it_holds_takes(engine, astronaut):
    session = Session()
    handlers.analyse(engine, session, _crowd(astronaut), METHOD, OPACITY)
    for target in engine.class_names:
        handlers.ask(session, METHOD, target)
        handlers.explain(engine, session, OPACITY)
    for prediction in session.analysis.predictions:
        others.walk_of(engine, session, prediction)
    session.pending_photo = bytes(3 * MB)
    assert weight(session) == pytest.approx(len(pickle.dumps(session)), rel=0.2)


def test_what_many_photos_have_been_found_weighs_as_much_as_it_takes():
    rng = np.random.default_rng(3)
    sizes = rng.integers(1500, 2500, 5000)
    batch = Batch({f"{n}.jpg": Item(f"{n}.jpg", f"/nowhere/{n}.jpg") for n in range(300)}, "weights")
    batch.thumbnails += [rng.bytes(size) for size in sizes]
    assert weight(Session(batch=batch)) == pytest.approx(len(pickle.dumps(batch)), rel=0.2)


def test_what_every_visit_begins_with_weighs_once(engine):
    first = first_session(engine, METHOD)
    shared, session = memory.parts(first), copy.deepcopy(first)
    assert weight(first) > 500_000
    assert weight(session, shared) < 10_000
    handlers.ask(session, METHOD, "Fear")
    handlers.explain(engine, session, OPACITY)
    made = session.maps[session.analysis.request]
    one_map = made.face.nbytes + made.context.nbytes
    assert one_map < weight(session, shared) < 2 * one_map + 10_000
    assert len(first.maps) == 1


@pytest.mark.parametrize(
    ("most", "gone"),
    [(100, ""), (99, "b"), (70, "b"), (69, "bc"), (40, "bc"), (39, "bca"), (0, "bca")],
)
def test_the_longest_unused_are_forgotten_until_the_rest_fits(most, gone):
    sessions = [Remembered("a", 40, 3.0), Remembered("b", 30, 1.0), Remembered("c", 30, 2.0), Remembered("p", 0, 0.5)]
    assert "".join(crowded_out(sessions, most)) == gone


def test_the_host_sets_how_much_visits_may_remember():
    assert read_limits({}).visits_mb == 512
    assert read_limits({"GLAMOR_MAX_VISITS_MB": " 2000 "}) == Limits(visits_mb=2000)


@pytest.mark.parametrize("given", ["0", "-5", "1.5", "much", "9" * 30, "²"])
def test_a_setting_that_is_no_number_is_refused_in_words(given):
    with pytest.raises(GlamorError, match=r"GLAMOR_MAX_VISITS_MB is .*whole number from 1 to 1,000,000"):
        read_limits({"GLAMOR_MAX_VISITS_MB": given})


def test_visitors_who_are_crowded_out_are_told_so_and_their_files_go(random_checkpoint, tmp_path):
    rng = np.random.default_rng(7)
    paths = [tmp_path / f"{n}.png" for n in range(3)]
    for path in paths:
        path.write_bytes(_encoded(rng.integers(0, 256, (700, 700, 3), np.uint8)))  # 1.5 MB each
    app, process = start(
        "app.py", "--checkpoint", str(random_checkpoint), GLAMOR_MAX_VISITS_MB="6", GLAMOR_DEVICE="cpu"
    )
    try:
        visitors = [Visitor(app.url) for _ in paths]
        sent = []
        for visitor, path in zip(visitors, paths, strict=True):
            visitor.open()
            sent.append(visitor.upload(path))
            visitor.act(visitor.event("photo", "input"), None, sent[-1], METHOD, OPACITY)
        slides = [one.hear(one.start(one.event("opacity", "input"), None, 0.2)) for one in visitors]
        assert [slide["success"] for slide in slides] == [False, True, True]
        assert slides[0]["output"]["error"] == words.VISIT_OVER
        assert not list(app.cache.rglob(paths[0].name))
        assert list(app.cache.rglob(paths[1].name))
    finally:
        stop(app, process)
