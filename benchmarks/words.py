"""How long a face's words take: ``python benchmarks/words.py [--repeats N] [--checkpoint SOURCE]``.

The first sentence is that of the parts; after it all words of the page follow, what would change its mind included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script from anywhere

from demo import gallery
from demo.engine import Engine
from demo.examples import example_photos
from glamor.explain.flips import sentences
from glamor.photo import Photo
from glamor.predictor import Predictor
from glamor.prepare import Prepared


def main() -> None:
    """Print the median wall time, and that of the processor, for both examples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--checkpoint", help="default: the embedded weights")
    arguments = parser.parse_args()
    engine = Engine(Predictor(arguments.checkpoint))
    scenes = gallery.scenes(engine)
    for path in example_photos():
        photo = engine.decode(str(path))
        times = [_times(engine, photo, scenes) for _ in range(1 + arguments.repeats)][1:]  # the first one warms up
        first, whole, processor = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{path.name}: first sentence {first:.2f} s, all words {whole:.2f} s, processor {processor:.2f} s")


def _times(engine: Engine, photo: Photo, scenes: Mapping[str, Prepared]) -> tuple[float, float, float]:
    """Return the seconds until the first sentence, until all words, and of the processor; from the decoded photo on."""
    start, processor = time.perf_counter(), time.process_time()
    prediction = engine.predict(photo)[0]
    parts = engine.parts(prediction, prediction.emotion)
    assert parts.sentence
    first = time.perf_counter() - start
    assert sentences(engine.flips(prediction, parts, scenes))
    return first, time.perf_counter() - start, time.process_time() - processor


if __name__ == "__main__":
    main()
