"""How long a visitor waits: ``python benchmarks/visitor.py [--repeats 15] [--latency 80] [--write]``.

The real page in Chromium, on loopback and again with so many milliseconds of latency on every answer. Medians; beside
each stands its floor, what no program could do without: for the page, its document alone; for an answer, the operations
of its network at the rate at which this machine multiplies matrices, and two ways there and back; for what the browser
computes, one frame. With ``--write`` the table is put into the README. The two photos are NASA's portrait of Eileen
Collins and the US Navy's of Grace Hopper, 640x480.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from benchmarks.bench import README, processor, write_table
from benchmarks.latency import PHOTO_SIZE, forward_operations, matrix_rate, one_face_photo, operations
from benchmarks.many_photos import load_portraits
from glamor.explain import METHODS, explain
from glamor.predictor import Predictor
from tests.chromium import SWITCHES, system_chromium
from tests.live_app import start, stop

PATIENCE = 120_000  # milliseconds
BEGIN, END = "<!-- visitor: written by make visitor -->", "<!-- end of visitor -->"
# Where on the page is what is waited for; the first that is there counts.
LABEL = "#answer strong"
MAP = "#moved-picture img, #living .moved img"
SLIDER = "#living .mix input[type=range]"
BARS = "#living .answers"
CHEAP = "grad_cam"  # the method that is changed to, and the first one shown with the embedded weights

# Lets a photo go over its place, and returns after how many milliseconds the label, and every panel, are the new one's.
DROP = """async ({data, label, map}) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "photo.jpg", {type: "image/jpeg"}));
    const place = document.querySelector("#photo button") ?? document.querySelector("#photo");
    const whose = (query) => document.querySelector(query);
    const [before, text, drawn] = [whose(label), whose(label)?.textContent, whose(map)?.src];
    const frame = () => new Promise(requestAnimationFrame);
    const start = performance.now();
    for (const kind of ["dragenter", "dragover", "drop"])
        place.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    const isNew = () => whose(label) && (whose(label) !== before || whose(label).textContent !== text);
    while (!isNew()) await frame();
    const told = performance.now() - start;
    const isDrawn = () => whose(map)?.complete && whose(map).naturalWidth && whose(map).src !== drawn;
    while (!isDrawn()) await frame();
    return [told, performance.now() - start];
}"""
# Moves the slider, and returns after how many milliseconds the bars are others on the screen.
MOVE = """async ({slider, bars, value}) => {
    const [input, list] = [document.querySelector(slider), document.querySelector(bars)];
    const before = list.textContent;
    const start = performance.now();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
    input.dispatchEvent(new InputEvent("input", {bubbles: true}));
    while (list.textContent === before) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
DRAWN = """([map, before]) => {
    const image = document.querySelector(map);
    return image && image.complete && image.naturalWidth && image.src !== before;
}"""


@dataclass(frozen=True)
class Wait:
    """One thing that a visitor waits for: milliseconds, and those that nothing could do without."""

    name: str
    ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        """How often the floor fits in."""
        return self.ms / self.floor_ms


def main() -> None:
    """Measure with and without latency, and print both."""
    parser = argparse.ArgumentParser(description="Milliseconds that a visitor waits, beside their floor.")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--latency", type=int, default=80, help="milliseconds on every answer, in the second round")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    parser.add_argument("--url", help="of an app that runs already")
    arguments = parser.parse_args()
    predictor = Predictor()
    found: dict[str, list[Wait]] = {}
    with served(arguments.url) as url, chromium() as browser:
        for latency in dict.fromkeys((0, arguments.latency)):
            name = f"{latency} ms of latency" if latency else "loopback"
            found[name] = measure(browser, url, predictor, arguments.repeats, latency)
    shown = "\n".join(table(found, f"{processor()}, {os.cpu_count()} cores; median of {arguments.repeats}:"))
    print(shown)
    if arguments.write:
        write_table(README, shown, BEGIN, END)


def measure(browser: Browser, url: str, predictor: Predictor, repeats: int, latency: int) -> list[Wait]:
    """Return what a visitor of the page waits for.

    Args:
        browser: Chromium.
        url: of the app.
        predictor: of the same weights, for the floors.
        repeats: of which the medians are taken.
        latency: milliseconds on every answer.
    """
    opening = []
    for _ in range(repeats):
        page, took = open_page(browser, url, latency)
        opening.append(took)
        page.context.close()
    page, _ = open_page(browser, url, latency)
    document = median(lambda: fetch(page, "/"), repeats)
    trips = 2 * median(lambda: fetch(page, "/robots.txt"), repeats)
    photos = cycle(both_photos())  # always another one than before: its answer is told from that
    drops = [drop(page, next(photos)) for _ in range(repeats + 2)][2:]
    slides = [slide(page, n) for n in range(repeats)]
    changes = [change(page, next(photos)) for _ in range(repeats)]
    page.context.close()
    forward, cam = (1000 * seconds for seconds in floors(predictor))
    return [
        Wait("page open to first example", statistics.median(opening), document),
        Wait("drop to label", statistics.median(told for told, _ in drops), forward + trips),
        Wait("drop to all panels", statistics.median(whole for _, whole in drops), forward + cam + trips),
        Wait("slider moved to bars moved", statistics.median(slides), 1000 / 60),
        Wait("method changed to map", statistics.median(changes), cam + trips),
    ]


def open_page(browser: Browser, url: str, latency: int) -> tuple[Page, float]:
    """Open the page as somebody who has never been there; return it and the milliseconds until its example is whole."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(LABEL).first.wait_for()
    page.locator(BARS).first.wait_for()
    page.wait_for_function(DRAWN, arg=[MAP, ""])
    return page, 1000 * (time.perf_counter() - start)


def drop(page: Page, photo: bytes) -> tuple[float, float]:
    """Return the milliseconds from letting a photo go to its label, and to all panels."""
    given = {"data": base64.b64encode(photo).decode(), "label": LABEL, "map": MAP}
    told, whole = page.evaluate(DROP, given)
    page.wait_for_timeout(300)  # for what comes after, which nobody waits for
    return told, whole


def slide(page: Page, n: int) -> float:
    """Return the milliseconds from moving the slider to bars that have moved."""
    moved: float = page.evaluate(MOVE, {"slider": SLIDER, "bars": BARS, "value": str(0.1 + 0.8 * (n % 2))})
    return moved


def change(page: Page, photo: bytes) -> float:
    """Return the milliseconds from choosing another method to its map, which nobody has asked for before."""
    methods = page.locator("#method")
    methods.get_by_role("radio", name="Attention").check()
    drop(page, photo)
    before = page.locator(MAP).first.get_attribute("src")
    option = methods.get_by_role("radio", name=METHODS[CHEAP].name, exact=True)
    start = time.perf_counter()
    option.check()
    page.wait_for_function(DRAWN, arg=[MAP, before])
    return 1000 * (time.perf_counter() - start)


def fetch(page: Page, path: str) -> float:
    """Return the milliseconds that the page takes to fetch an address."""
    script = """async (path) => {
        const start = performance.now();
        await (await fetch(path, {cache: "no-store"})).arrayBuffer();
        return performance.now() - start;
    }"""
    taken: float = page.evaluate(script, path)
    return taken


def floors(predictor: Predictor) -> tuple[float, float]:
    """Return the seconds that the operations of a prediction and of Grad-CAM take at least."""
    rate = matrix_rate(predictor.checkpoint.device)
    (prediction,) = predictor.predict(one_face_photo())

    def of(method: str) -> float:
        return operations(lambda: explain(predictor.model, prediction.prepared, method)) / rate

    return forward_operations(predictor) / rate, of(CHEAP)


def both_photos() -> tuple[bytes, bytes]:
    """Return two photos of one face each, 640x480 JPEG."""
    _, hopper = load_portraits()
    buffer = io.BytesIO()
    Image.fromarray(hopper).crop((0, 40, 512, 424)).resize(PHOTO_SIZE).save(buffer, format="JPEG", quality=90)
    return one_face_photo(), buffer.getvalue()


def median(call: Callable[[], float], repeats: int) -> float:
    """Return the median of what a call returns."""
    return statistics.median(call() for _ in range(repeats))


def table(found: dict[str, list[Wait]], heading: str) -> list[str]:
    """Return the README's table: one line a wait, its milliseconds and floor on each connection."""
    heads = "".join(f" {name}, ms | floor, ms | ratio |" for name in found)
    lines = [heading, "", f"| in Chromium |{heads}", "| --- |" + " ---: | ---: | ---: |" * len(found)]
    for waits in zip(*found.values(), strict=True):
        cells = "".join(f" {one.ms:,.0f} | {one.floor_ms:,.1f} | {one.ratio:.1f} |" for one in waits)
        lines.append(f"| {waits[0].name} |{cells}")
    return lines


@contextmanager
def served(url: str | None) -> Iterator[str]:
    """Yield the address of an app: the one that runs already, or one that is started for this."""
    if url:
        yield url
        return
    app, process = start("app.py")
    try:
        yield app.url
    finally:
        stop(app, process)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=system_chromium(), args=SWITCHES)
        yield opened
        opened.close()


if __name__ == "__main__":
    main()
