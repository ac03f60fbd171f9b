"""How long finding faces takes, and what is found: ``python benchmarks/faces.py``.

Close-ups of two portraits at several sizes, and 54 faces of 1.5 % of the long side of a 12-megapixel photo. What the
coarse copy costs is the ratio of a search with it to one without, alternating, for machines are noisy.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import skimage.data
from matplotlib.cbook import get_sample_data
from PIL import Image

from glamor import faces
from glamor.tiles import detect_small_faces
from glamor.turned import pose_of

COLLINS, HOPPER = (178, 63, 267, 175), (173, 116, 355, 331)
ROUNDS = 100


def main() -> None:
    """Measure and print."""
    collins = Image.fromarray(skimage.data.astronaut())
    hopper = Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)).convert("RGB")
    detect = faces.YuFaceDetector()
    for longest in (256, 512, 700, 1024, 1600, 4000):
        shots = [
            close_up(portrait, box, share, longest)
            for portrait, box in ((collins, COLLINS), (hopper, HOPPER))
            for share in (0.45, 0.54, 0.63, 0.72, 0.81, 0.9)
        ]
        print(f"{longest:5} px: {sum(len(detect(shot)) == 1 for shot in shots)} of {len(shots)} close-ups")
    photo = np.asarray(collins.crop((0, 0, 512, 384)).resize((640, 480)))
    ratios = [measure_both(photo, detect) for _ in range(ROUNDS)]
    print(f"640x480: {np.median(ratios):.3f} of the time of a search of one copy")
    large = crowd(collins)
    print(f"12 MP: {len(detect(large))} of 54 faces in {seconds(lambda: detect(large)):.2f} s, in tiles", end=" ")
    print(f"{len(detect_small_faces(large, detect))} in {seconds(lambda: detect_small_faces(large, detect)):.2f} s")
    lying = np.ascontiguousarray(np.rot90(photo))
    print(f"pose: {1000 * min(seconds(lambda: pose_of(lying, (90, 270, 230, 410), detect)) for _ in range(9)):.0f} ms")


def measure_both(photo: np.ndarray, detect: faces.YuFaceDetector) -> float:
    """Return the time of a search at both scales, over that of one at the larger alone."""
    both = seconds(lambda: detect(photo))
    whole, faces.WHOLE_SIDE = faces.WHOLE_SIDE, 10**6
    try:
        return both / seconds(lambda: detect(photo))
    finally:
        faces.WHOLE_SIDE = whole


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def close_up(portrait: Image.Image, face: tuple[int, int, int, int], share: float, longest: int) -> np.ndarray:
    """Return a portrait cut so that the face takes a share of its width."""
    x1, y1, x2, y2 = face
    width, x, y = (x2 - x1) / share, (x1 + x2) / 2, (y1 + y2) / 2
    height = max(width, 1.02 * (y2 - y1))
    crop = portrait.crop((round(x - width / 2), round(y - height / 2), round(x + width / 2), round(y + height / 2)))
    scale = longest / max(crop.size)
    return np.asarray(crop.resize((round(crop.width * scale), round(crop.height * scale))))


def crowd(portrait: Image.Image) -> np.ndarray:
    """Return a photo of 4000 x 3000 pixels with 54 faces, 60 pixels wide."""
    head = np.asarray(portrait.crop((110, 20, 340, 250)).resize((155, 155), Image.Resampling.LANCZOS))
    photo = np.full((3000, 4000, 3), 90, np.uint8)
    for x in range(100, 3800, 460):
        for y in range(90, 2800, 530):
            photo[y : y + 155, x : x + 155] = head
    return photo


if __name__ == "__main__":
    main()
