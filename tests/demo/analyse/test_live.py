from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from demo.analyse import live, words


def _sent(photo) -> dict[str, str]:
    data = io.BytesIO()
    Image.fromarray(photo).save(data, "JPEG", quality=95)
    return {"url": f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"}


def _picture(html: str):
    (data,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_a_frame_comes_back_with_attention_boxes_and_words(engine, astronaut):
    html = live.frame(engine, _sent(astronaut), 0.7)
    picture = _picture(html)
    assert picture.shape == (480, 480, 3)
    assert f"1 {engine.predict(live._small(astronaut))[0].emotion}" in html
    assert f'alt="{words.LIVE_ALT}"' in html


def test_attention_lies_where_the_network_looks_and_nowhere_else(engine, astronaut):
    predictions = engine.predict(astronaut)
    drawn = live.drawn(astronaut, predictions, 0.9)
    x1, y1, x2, y2 = (round(side) for side in predictions[0].attention_region_xyxy)
    changed = (drawn != astronaut).any(axis=2)
    assert changed[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].mean() > 0.95
    beside = changed.copy()
    beside[y1 - 2 : y2 + 2, x1 - 2 : x2 + 2] = False
    fx1, fy1, fx2, fy2 = (round(side) for side in predictions[0].face_box_xyxy)
    beside[max(0, fy1 - 40) : fy2 + 10, fx1 - 10 : fx2 + 10] = False
    assert not beside.any()


def test_the_face_can_still_be_seen(engine, astronaut):
    predictions = engine.predict(astronaut)
    x1, y1, x2, y2 = (round(side) for side in predictions[0].face_box_xyxy)
    face = live.drawn(astronaut, predictions, 0.5)[y1 + 10 : y2 - 10, x1 + 10 : x2 - 10]
    assert face.std() > 10


def test_a_frame_without_a_face_is_shown_as_it_is(engine, nobody):
    html = live.frame(engine, _sent(nobody), 0.7)
    assert words.LIVE_NO_FACE in html
    assert _picture(html).shape == nobody.shape


@pytest.mark.parametrize("payload", [None, {"url": "data:image/jpeg;base64,????"}, {"url": "data:,"}])
def test_a_frame_that_is_none_is_answered_in_words(engine, payload):
    html = live.frame(engine, payload, 0.7)
    assert "<img" not in html
    assert html


def test_frames_leave_no_trace_on_the_disk(engine, astronaut, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    live.frame(engine, _sent(astronaut), 0.7)
    assert list(tmp_path.iterdir()) == []
