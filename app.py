"""Serve the page: ``python app.py [--checkpoint SOURCE] [--host ADDRESS] [--port NUMBER]``."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import demo.cache  # (first: Gradio reads its folder's place when it is imported)
import demo.gpu  # (then: on a ZeroGPU Space its package must come before torch)
from demo.first import first_session
from demo.gradio_internals.quick import without_stubs
from demo.limits import read_limits
from demo.memory import share_arenas
from demo.server import hosts, serving
from demo.start import check_address, in_one_line, open_engine, read_settings
from glamor.decoding import decoder

DRAIN_SECONDS = 4.0  # that work has left when the app is told to end; container hosts kill after ten


def main() -> int:
    """Build the page and serve it until it is stopped, which ends the process."""
    settings = read_settings()
    share_arenas()
    limits = read_limits()
    demo.cache.check()
    names = hosts.read(settings.host)
    check_address(settings.host, settings.port)
    demo.cache.keep_aside()
    decoder().warm()
    engine = open_engine(settings.checkpoint, allowed=settings.allowed)
    with ThreadPoolExecutor(1) as beside, without_stubs():
        first = beside.submit(first_session, engine)
        from demo.page import build, launch_options  # Gradio takes seconds; the example is explained meanwhile
    page = build(engine, first.result(), limits)
    os.environ["FORWARDED_ALLOW_IPS"] = ""  # uvicorn itself believes no proxy: demo.server.hosts knows which to believe
    ended = threading.Event()
    serving.leave_at_latest(ended, _leave_nothing)
    for number in (signal.SIGINT, signal.SIGTERM):  # even in the middle of the start: then the start is finished first
        signal.signal(number, lambda *_: ended.set())
    serving.watch(limits)
    print(f"Open http://{settings.host}:{settings.port}", flush=True)
    options = launch_options(page, names)
    page.launch(server_name=settings.host, server_port=settings.port, prevent_thread_lock=True, **options)
    while not ended.is_set():  # (wait() could meet the signal while it holds the lock that set() needs)
        time.sleep(0.1)
    engine.drain(DRAIN_SECONDS)
    decoder().close()
    # (page.close() would also end the queue, and with it the last answers.)
    serving.stop(page.server)
    _leave_nothing()
    serving.leave()


def _leave_nothing() -> None:
    demo.cache.sweep((), age=0)  # the server has done so too, unless somebody's connection held it up


if __name__ == "__main__":
    sys.exit(in_one_line(main))
