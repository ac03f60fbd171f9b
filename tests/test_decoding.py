"""Photos from strangers: the same pixels, and nobody else pays for what is in a file."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from glamor import decoding
from glamor.decode_pool import Lane
from glamor.decode_worker import REQUEST
from glamor.decoding import Decoder
from glamor.errors import ConfigError, PhotoError
from glamor.photo import load_photo
from tests.fuzz import built, pictures
from tests.live_app import ROOT
from tests.processes import busy, children, humble

PATIENCE = 300.0  # seconds, for machines that do much else
# Many seconds of work for Pillow's reader: 33 million empty lines.
ENDLESS = built._bmp(7000, 7000, 8, 1, b"\0\0" * (31 * 2**20) + b"\0\1")
PHOTO = pictures.small()[0]
LARGE = np.zeros((7000, 7000, 3), np.uint8)


def _png(photo: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """One that gives a photo long to begin with: a process that starts takes its time, too."""
    made = Decoder([Lane(2, PATIENCE, PATIENCE)])
    yield made
    made.close()


OTHERS: set[psutil.Process] = set()  # processes of decoders that other tests have made


@pytest.fixture(autouse=True)
def _apart() -> None:
    OTHERS.clear()
    OTHERS.update(_workers())


def _workers() -> list[psutil.Process]:
    return [worker for worker in children("glamor.decode_worker") if worker not in OTHERS]


def _until(true: object) -> None:
    end = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)


def test_the_pixels_are_those_of_decoding_in_place(decoder: Decoder, tmp_path: Path) -> None:
    for data in pictures.small():
        np.testing.assert_array_equal(decoder.decode(data), load_photo(data))
    path = tmp_path / "photo"
    path.write_bytes(PHOTO)
    photo = decoder.decode(path)
    np.testing.assert_array_equal(photo, decoder.decode(str(path)))
    assert photo.flags.writeable
    assert photo.flags.c_contiguous


@pytest.mark.parametrize("data", [b"", b"no photo", PHOTO[:300], built.png_nearly_empty(0, np.random.default_rng(0))])
def test_refusals_are_those_of_decoding_in_place(decoder: Decoder, data: bytes) -> None:
    with pytest.raises(PhotoError) as here:
        load_photo(data)
    with pytest.raises(PhotoError) as there:
        decoder.decode(data)
    assert str(there.value) == str(here.value)


def test_a_path_that_leads_nowhere_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="There is no file"):
        decoder.decode(tmp_path / "none.jpg")


def test_the_largest_photo_comes_back_whole(decoder: Decoder) -> None:
    photo = np.tile(np.random.default_rng(0).integers(0, 256, (1, 7000, 3)).astype(np.uint8), (7100, 1, 1))
    np.testing.assert_array_equal(decoder.decode(_png(photo)), photo)


def test_many_visitors_get_their_own_photos(decoder: Decoder) -> None:
    photos = [np.full((16 + n, 20, 3), 5 * n, np.uint8) for n in range(40)]

    def ask(n: int) -> bool:
        return np.array_equal(decoder.decode(_png(photos[n])), photos[n])

    with ThreadPoolExecutor(8) as visitors:
        assert all(visitors.map(ask, range(40)))


def test_a_file_that_takes_too_long_costs_one_sentence_and_its_process() -> None:
    decoder = Decoder([Lane(1, 2.0, PATIENCE)])
    with pytest.raises(PhotoError, match=r"took longer than 2 s to decode; save it again"):
        decoder.decode(ENDLESS)
    decoder.close()
    patient = Decoder([Lane(1, PATIENCE, PATIENCE)])
    assert patient.decode(PHOTO).shape == (40, 32, 3)
    patient.close()


def test_while_a_file_takes_long_other_photos_do_not_wait() -> None:
    decoder = Decoder((Lane(1, 3.0, PATIENCE, spare=1), Lane(1, 10 * PATIENCE, 0.0, nice=5)))
    decoder.warm()
    with ThreadPoolExecutor(1) as stranger:
        hostile = stranger.submit(decoder.decode, ENDLESS)
        _until(lambda: any(humble(worker) and busy(worker) for worker in _workers()))
        for _ in range(5):
            assert decoder.decode(PHOTO).shape == (40, 32, 3)
        with pytest.raises(PhotoError, match="Too many photos that take long are being decoded"):
            decoder.decode(ENDLESS)
        assert decoder.decode(PHOTO).shape == (40, 32, 3)
        assert not hostile.done(), "nobody waited for it"
        decoder.close()
        with pytest.raises(PhotoError, match="the process that did so ended"):
            hostile.result(PATIENCE)


def test_a_process_that_is_killed_costs_one_sentence_and_the_next_photo_is_decoded(decoder: Decoder) -> None:
    decoder.decode(PHOTO)
    (worker,) = _workers()
    worker.kill()  # while nobody needs it
    worker.wait(PATIENCE)
    assert decoder.decode(PHOTO).shape == (40, 32, 3)
    with ThreadPoolExecutor(1) as stranger:
        waiting = stranger.submit(decoder.decode, ENDLESS)
        (worker,) = _workers()
        _until(lambda: busy(worker))
        worker.send_signal(signal.SIGKILL)
        with pytest.raises(PhotoError, match="the process that did so ended, perhaps for lack of memory; try it again"):
            waiting.result(PATIENCE)
    assert decoder.decode(PHOTO).shape == (40, 32, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such limit elsewhere")
def test_a_file_that_takes_too_much_memory_costs_one_sentence() -> None:
    decoder = Decoder([Lane(1, PATIENCE, PATIENCE)], mebibytes=256)
    with pytest.raises(PhotoError, match="needs more than 256 MiB of memory to be decoded; save it smaller"):
        decoder.decode(_png(LARGE))
    assert decoder.decode(PHOTO).shape == (40, 32, 3)
    decoder.close()


def test_a_process_that_has_grown_is_replaced(decoder: Decoder) -> None:
    decoder.decode(PHOTO)
    before = _workers()
    decoder.decode(PHOTO)
    assert _workers() == before
    decoder.decode(_png(LARGE))
    assert set(_workers()).isdisjoint(before)


def test_the_processes_are_light_and_end_with_their_decoder() -> None:
    import torch

    assert torch.__file__
    decoder = Decoder([Lane(2, PATIENCE, PATIENCE, spare=1)])
    decoder.warm()
    decoder.decode(PHOTO)
    workers = _workers()
    assert len(workers) == 3
    assert not [file for worker in workers for file in worker.memory_maps() if "torch" in file.path]
    decoder.close()
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []
    with pytest.raises(PhotoError, match="the process that did so ended"):
        decoder.decode(PHOTO)
    assert _workers() == []


def test_a_process_whose_parent_does_not_end_it_ends_by_itself() -> None:
    command = [sys.executable, "-m", "glamor.decode_worker", "1024", "1", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        worker.stdin.write(REQUEST.pack(len(ENDLESS)) + ENDLESS)
        worker.stdin.flush()
        assert worker.wait(PATIENCE) == -signal.SIGALRM


def test_a_process_says_nothing_but_pixels_and_goes_first_when_memory_is_short(decoder: Decoder) -> None:
    decoder.decode(PHOTO)
    (worker,) = _workers()
    assert Path(f"/proc/{worker.pid}/oom_score_adj").read_text().strip() == "1000"
    limits = Path(f"/proc/{worker.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    assert re.search(rf"Max data size +{2**30} +{2**30} ", limits)


PARENT = """
import os, signal, threading, time, psutil
from glamor.decoding import decoder
from tests.processes import busy
from tests.test_decoding import ENDLESS, _until, _workers
decoder().warm()
threading.Thread(target=decoder().decode, args=(ENDLESS,), daemon=True).start()
_until(lambda: any(map(busy, _workers())))
print(*(worker.pid for worker in _workers()), flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit"])
def test_no_process_outlives_its_parent(end: str) -> None:
    environment = os.environ | {"GLAMOR_DECODE_SECONDS": "40"}
    command = [sys.executable, "-c", PARENT.format(end=end)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=300)
    workers = [int(word) for word in done.stdout.split()]
    assert len(workers) >= 3
    _until(lambda: not any(map(psutil.pid_exists, workers)))


@pytest.fixture
def _anew() -> Iterator[None]:
    decoding.decoder.cache_clear()
    yield
    decoding.decoder.cache_clear()


@pytest.mark.usefixtures("_anew")
def test_the_host_sets_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAMOR_DECODE_SECONDS", "0.5")
    monkeypatch.setenv("GLAMOR_DECODE_WORKERS", "1")
    made = decoding.decoder()
    assert made is decoding.decoder()
    with pytest.raises(PhotoError, match=r"took longer than 0\.5 s"):
        made.decode(ENDLESS)
    made.close()
    decoding.decoder.cache_clear()
    monkeypatch.setenv("GLAMOR_DECODE_SECONDS", str(PATIENCE))
    monkeypatch.setenv("GLAMOR_DECODE_MIB", "200")
    made = decoding.decoder()
    made.warm()
    assert len(_workers()) == 2, "one, and a spare one"
    with pytest.raises(PhotoError, match="more than 200 MiB"):
        made.decode(_png(LARGE))
    made.close()


@pytest.mark.usefixtures("_anew")
@pytest.mark.parametrize("name", ["GLAMOR_DECODE_SECONDS", "GLAMOR_DECODE_MIB", "GLAMOR_DECODE_WORKERS"])
@pytest.mark.parametrize("given", ["many", "0", "-1", "nan", "1e9"])
def test_a_limit_that_is_no_number_of_its_kind_is_refused(
    name: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(ConfigError, match=f"{name} is '{given}'; set it to a number from"):
        decoding.decoder()


def test_what_is_decoded_already_needs_no_process(decoder: Decoder) -> None:
    photo = np.zeros((20, 20, 3), np.uint8)
    assert decoder.decode(photo) is photo
    with pytest.raises(PhotoError, match="float64"):
        decoder.decode(np.zeros((20, 20, 3)))  # type: ignore[arg-type]
    assert _workers() == []


def test_decoding_in_place_holds_up_no_other_thread_and_leaves_warnings_alone() -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, *count: int) -> bytes:
            begun.set()
            assert go_on.wait(PATIENCE)
            return super().read(*count)

    image = Image.open(io.BytesIO(PHOTO))
    image.fp = Slow(PHOTO[image.tile[0].offset :])
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(load_photo, image)
        assert begun.wait(PATIENCE)
        assert load_photo(PHOTO).shape == (40, 32, 3)
        assert not slow.done()
        go_on.set()
        slow.exception(PATIENCE)
    with pytest.warns(UserWarning, match="mine"):
        __import__("warnings").warn("mine", stacklevel=1)
