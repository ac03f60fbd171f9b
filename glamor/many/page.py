"""A summary as one HTML file that needs nothing else: figures, the photos worth a look, and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from matplotlib.figure import Figure

from glamor import figures
from glamor.decoding import patient_decoder
from glamor.errors import GlamorError
from glamor.evaluation.scoring import Measure
from glamor.images import data_uri, encode_jpeg, shrink
from glamor.many.counts import COULD_NOT
from glamor.many.items import Item
from glamor.many.quality import Quality
from glamor.many.sources import reopen
from glamor.many.summary import Pick, Summary
from glamor.words import percent

THUMBNAIL = 220  # pixels, the longer side
TITLE = "Many photos, summarised"
MEANING = (
    "These are expression labels predicted by a network. They are not what people feel, and they are often wrong. "
    "Inferring emotions at work and in education is banned in the EU (AI Act, Art. 5(1)(f))."
)
_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1F2430; background: #fff; margin: 0 auto; padding: 24px;
  max-width: 1180px; overflow-wrap: anywhere; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 0 0 8px; }
.lead, figcaption, .muted { color: #5B6270; font-size: 13px; }
.numbers { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 18px 0; padding: 0; list-style: none; }
.numbers strong { display: block; font-size: 26px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 16px; margin-bottom: 16px; }
section { background: #F7F7F9; border: 1px solid #E0E2E8; border-radius: 12px; padding: 14px 16px; }
section > img { width: 100%; } section.wide { grid-column: 1 / -1; }
.faces { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 12px; }
figure { margin: 0; } figure img, .gone { width: 100%; height: 130px; object-fit: contain; background: #E7E9EE; }
.gone { display: grid; place-items: center; font-size: 12px; color: #5B6270; }
figcaption { overflow-wrap: anywhere; line-height: 1.35; } figcaption b { color: #1F2430; display: block; }
table { border-collapse: collapse; } td, th { text-align: left; padding: 2px 16px 2px 0; vertical-align: top; }
"""


def summary_page(summary: Summary, find: Callable[[str], Item | None] = reopen) -> str:
    """Return the page.

    Args:
        summary: of a folder of results.
        find: gives a photo by the name that rows call it; None: it is gone, and its place stays empty.
    """
    names = [emotion.name for emotion in summary.emotions]
    counts = [emotion.count for emotion in summary.emotions]
    maps = [emotion.attention for emotion in summary.emotions]
    spread = [emotion.w_face for emotion in summary.emotions], [emotion.w_face_mean for emotion in summary.emotions]
    cards = [
        _card("Labels", figures.counts_figure(names, counts), "Faces that got each label."),
        _card(
            "Where it looked",
            figures.mean_attention_figure(names, counts, maps, summary.region_share_xyxy),
            "Mean attention over the faces of each label, on the part of the photo that the network sees.",
        ),
        _card(
            "How it weighed",
            figures.face_weight_figure(names, counts, *spread),
            "How the face’s weight is spread; the scene gets the rest.",
        ),
    ]
    picked = [
        _faces("Highest weight of the scene", summary.most_scene, lambda weight: f"scene {percent(weight)}", find),
        _faces("Lowest weight of the scene", summary.least_scene, lambda weight: f"scene {percent(weight)}", find),
        _faces("Least certain", summary.uncertain, "{:.1%} ahead of the second".format, find),
    ]
    body = [
        f"<h1>{TITLE}</h1>",
        f'<p class="lead">{escape(MEANING)}</p>',
        _numbers(summary),
        f'<div class="cards">{"".join(cards)}{"" if summary.quality is None else _quality(summary.quality)}',
        f"{''.join(picked)}{_failures(summary)}</div>",
        f'<p class="muted">Weights: {escape(summary.checkpoint)}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{_STYLE}</style></head>\n<body>{''.join(body)}</body></html>\n"
    )


def shown(measure: Measure) -> str:
    """Return a share in [0, 1] with its interval, in words."""
    return f"{measure.value:.1%} [{measure.low:.1%}, {measure.high:.1%}]"


def _numbers(summary: Summary) -> str:
    values = (
        (summary.photos - summary.failed, "photos analysed"),
        (summary.failed, COULD_NOT),
        (summary.faces, "faces"),
        (summary.without_face, "photos without a face"),
    )
    items = "".join(f"<li><strong>{value:,}</strong>{words}</li>" for value, words in values)
    return f'<ul class="numbers">{items}</ul>'


def _card(title: str, figure: Figure, words: str) -> str:
    picture = _image(figures.to_png(figure), "png", f"{title}. {words}")
    return f'<section><h2>{escape(title)}</h2>{picture}<p class="muted">{escape(words)}</p></section>'


def _quality(quality: Quality) -> str:
    report = quality.report
    numbers = (
        ("Accuracy", report.accuracy),
        ("Macro recall", report.macro_recall),
        ("Expected calibration error", report.calibration_error),
        ("The same by luck alone, if the probabilities were exact", report.calibration_luck),
    )
    rows = "".join(f"<tr><th>{name}</th><td>{shown(measure)}</td></tr>" for name, measure in numbers)
    words = (
        f"{report.count:,} photos with a label, the largest face of each; in brackets, 95% intervals from up to 1000 "
        "resamples of the photos."
    )
    table = (
        '<section class="wide"><h2>Compared with the labels</h2>'
        f'<table>{rows}</table><p class="muted">{words}</p></section>'
    )
    bins = quality.bins
    diagram = figures.reliability_figure(
        [bin_.confidence for bin_ in bins],
        [bin_.accuracy.value for bin_ in bins],
        [bin_.accuracy.low for bin_ in bins],
        [bin_.accuracy.high for bin_ in bins],
        [bin_.count for bin_ in bins],
    )
    confusion = figures.confusion_figure([entry.name for entry in report.classes], report.confusion)
    return (
        table
        + _card("Confusion matrix", confusion, "Each row is a true class, each column an answer.")
        + _card("Is its confidence justified?", diagram, "On the dashed line, it is. Larger dots stand for more faces.")
    )


def _faces(title: str, picks: Sequence[Pick], told: Callable[[float], str], find: Callable[[str], Item | None]) -> str:
    if not picks:
        return ""
    inside = "".join(_face(pick, told, find) for pick in picks)
    return f'<section class="wide"><h2>{escape(title)}</h2><div class="faces">{inside}</div></section>'


def _face(pick: Pick, told: Callable[[float], str], find: Callable[[str], Item | None]) -> str:
    picture = thumbnail(pick, find)
    image = '<div class="gone">photo not found</div>' if picture is None else _image(picture, "jpeg", pick.emotion)
    name = pick.file.rpartition("/")[2]
    label = f"<b>{escape(pick.emotion)} {escape(percent(pick.probability))}</b>{escape(told(pick.value))}"
    return f"<figure>{image}<figcaption>{label}<br>{escape(name)}, face {pick.face}</figcaption></figure>"


def thumbnail(pick: Pick, find: Callable[[str], Item | None]) -> bytes | None:
    """Return the photo as a small JPEG with the face marked; None if it cannot be had any more."""
    item = find(pick.file)
    if item is None:
        return None
    try:
        photo = patient_decoder().decode(item.read())
    except GlamorError:
        return None
    scale = min(1.0, THUMBNAIL / max(photo.shape[:2]))
    small = shrink(photo, scale)
    x1, y1, x2, y2 = (side * scale for side in pick.box_xyxy)
    return encode_jpeg(figures.draw_boxes(small, [(x1, y1, x2, y2)], 0), quality=80)


def _failures(summary: Summary) -> str:
    if not summary.reasons:
        return ""
    rows = "".join(f"<tr><th>{count:,}</th><td>{escape(reason)}</td></tr>" for reason, count in summary.reasons)
    return f'<section class="wide"><h2>Why photos could not be read</h2><table>{rows}</table></section>'


def _image(content: bytes, kind: str, words: str) -> str:
    return f'<img src="{data_uri(content, f"image/{kind}")}" alt="{escape(words)}">'
