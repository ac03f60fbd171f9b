from __future__ import annotations

from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

from demo.pictures import image_update

FASTEST = b"\x78\x01"  # what a stream that was packed at zlib's quickest level begins with (RFC 1950, FLEVEL 0)


def test_a_picture_arrives_as_it_is_packed_quickly_and_told_in_words(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    update = image_update(picture, "noise")
    component = gr.Image(format="png")
    component.GRADIO_CACHE = str(tmp_path)
    sent = component.postprocess(update["value"])
    assert sent is not None
    path = Path(sent.path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        np.testing.assert_array_equal(np.asarray(image), picture)
    content = path.read_bytes()
    assert content[content.index(b"IDAT") + 4 :][:2] == FASTEST
    assert update["alt_text"] == "noise"
