"""The webcam, live: several frames a second with the attention drawn on them; no frame is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from PIL import Image

from demo import events, html, parse
from demo.analyse import words
from demo.checkpoints import Checkpoints
from demo.engine import Engine
from demo.visits import Session
from glamor import figures
from glamor.faces import largest
from glamor.images import data_uri, encode_jpeg, shrink
from glamor.photo import Photo
from glamor.predictor import Prediction
from glamor.words import percent

LONGEST = 480  # pixels; a frame is analysed no larger than this
EVERY, AT_MOST = 0.2, 120  # seconds between two frames, and until the visitor must start again
# A queue of its own: a running camera holds one of its places, and nobody's photo waits for it.
LIVE_QUEUE: dict[str, Any] = {"concurrency_id": "live", "concurrency_limit": 4}


def frame(engine: Engine, payload: Mapping[str, Any] | None, opacity: float) -> str:
    """Return one frame as HTML: the picture itself, inside, and its words.

    Args:
        engine: loaded weights.
        payload: the frame as the browser sent it.
        opacity: of the attention, in [0, 1].
    """
    try:
        source = parse.photo_source(payload)
        if source is None:
            return html.empty(words.LIVE_EMPTY)
        photo = _small(engine.decode(source))
        predictions = engine.predict(photo)
    except Exception as error:
        return html.problem(error)
    faces = (
        words.LIVE_NO_FACE if not predictions else ", ".join(map(_words, range(1, len(predictions) + 1), predictions))
    )
    picture = drawn(photo, predictions, opacity)
    return html.picture(_inline(picture), words.LIVE_ALT) + html.caption(faces)


def drawn(photo: Photo, predictions: tuple[Prediction, ...], opacity: float) -> Photo:
    """Return a frame with the largest face's attention and numbered boxes.

    The faces stay to be seen, which the lens over a photo paints black: a person looks for oneself here.
    """
    if not predictions:
        return photo
    boxes = [prediction.face_box_xyxy for prediction in predictions]
    chosen = largest(boxes)
    prediction = predictions[chosen]
    lit = figures.composite_attention(
        photo, prediction.attention, prediction.attention_region_xyxy, figures.EMPTY_BOX, opacity
    )
    return figures.draw_boxes(lit, boxes, chosen)


def add_live(checkpoints: Checkpoints, session: gr.State, opacity: gr.Slider) -> None:
    """Lay out the camera and its picture inside the open block, and tie them together."""
    with gr.Accordion(words.LIVE, open=False, elem_id="live"):
        gr.HTML(html.caption(words.LIVE_INFO))
        with gr.Row(elem_id="live-row"):
            camera = gr.Image(
                sources=["webcam"],
                streaming=True,
                type="numpy",
                label=words.LIVE_CAMERA,
                show_label=False,
                buttons=[],
                elem_id="camera",
                webcam_options=gr.WebcamOptions(mirror=False),
            )
            shown = gr.HTML(html.empty(words.LIVE_EMPTY), elem_id="live-picture")

    def on_frame(session: Session, payload: Mapping[str, Any] | None, opacity: float) -> str:
        return frame(checkpoints.of(session), payload, opacity)

    camera.stream(
        on_frame,
        [session, camera, opacity],
        shown,
        stream_every=EVERY,
        time_limit=AT_MOST,
        **events.PRIVATE,
        **events.QUIET,
        **LIVE_QUEUE,
    )


def _small(photo: Photo) -> Photo:
    scale = min(1.0, LONGEST / max(photo.shape[:2]))
    return shrink(photo, scale, Image.Resampling.BILINEAR, reducing_gap=None)


def _words(number: int, prediction: Prediction) -> str:
    return words.LIVE_FACE.format(
        number=number, emotion=prediction.emotion, probability=percent(float(prediction.probabilities.max()))
    )


def _inline(picture: Photo) -> str:
    return data_uri(encode_jpeg(picture, quality=80), "image/jpeg")
