"""The page of a bundle: one HTML file that needs nothing else, on any screen, offline and on paper.

Its content security policy forbids scripts and every request, so what was inlined is all that it can show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glamor.explain.flips import Flips, sentences
from glamor.explain.parts import NoParts, Parts
from glamor.images import data_uri
from glamor.remarks import doubts
from glamor.report import words
from glamor.report.pictures import Picture
from glamor.words import percent

if TYPE_CHECKING:
    from glamor.explain import Explanation
    from glamor.predictor import Prediction

_STYLE = Path(__file__).with_name("style.css")
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(
    predictions: Sequence[Prediction],
    selected: int,
    explanation: Explanation,
    analysis: Mapping[str, Any],
    pictures: Sequence[Picture],
    parts: Parts | NoParts | None = None,
    flips: Flips | None = None,
) -> str:
    """Return the page.

    Args:
        predictions: of every face in the photo, left to right.
        selected: index of the face that was explained.
        explanation: of that face.
        analysis: every number, as :func:`glamor.report.values.analysis` returned them.
        pictures: the figures by the names that :func:`glamor.report.pictures.pictures` gave them.
        parts: of that face, or why it has none; None: nobody asked.
        flips: what would turn its label; None: nobody asked.
    """
    prediction, shown = predictions[selected], {picture.name: picture for picture in pictures}
    panels = (
        _section(words.ANSWERED, _answer(prediction)),
        _section(f"Face {selected + 1} of {len(predictions)}", _figure(shown["boxes"], "")),
        _section(words.WEIGHED, _figure(shown["fusion"], words.WEIGHED_CAPTION)),
        _section(words.SAW, _figure(shown["saw"], words.saw_caption(prediction))),
        _section(words.LOOKED, _figure(shown["attention"], words.attention_caption(prediction))),
        _section(words.MOVED, _figure(shown["attributions"], words.attribution_caption(explanation))),
        _section(words.PARTS, _parts(parts, shown)) if parts else "",
        _section(words.FLIPS, _listed(sentences(flips))) if flips else "",
    )
    people = f'<p class="quiet">{_people(predictions, analysis)}</p>'
    below = (
        _section(words.FACES, _faces(predictions), "wide") if len(predictions) > 1 else "",
        _section(words.MADE, _table(_made(prediction, analysis)), "wide"),
        _section(words.FILES, _table(words.FILES_LIST) + people, "wide"),
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{words.TITLE}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head>\n<body><main>"
        f'<h1>{words.TITLE}</h1><p class="quiet">{words.MEANING}</p>'
        f'<div class="grid">{"".join(panels)}</div>{"".join(below)}</main></body></html>\n'
    )


def _section(title: str, content: str, kind: str = "") -> str:
    return f'<section class="{kind}"><h2>{escape(title)}</h2>{content}</section>\n'


def _figure(picture: Picture, caption: str) -> str:
    under = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{data_uri(picture.png)}" alt="{escape(picture.alt)}">{under}</figure>'


def _parts(parts: Parts | NoParts, shown: Mapping[str, Picture]) -> str:
    said = f"<p>{escape(parts.sentence)}</p>"
    return said if isinstance(parts, NoParts) else said + _figure(shown["parts"], words.parts_caption(parts))


def _listed(said: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in said) + "</ul>"


def _answer(prediction: Prediction) -> str:
    best = int(prediction.probabilities.argmax())
    rows = "".join(
        f'<tr{" class=best" if i == best else ""}><th scope="row">{escape(name)}</th>'
        f'<td class="bar" aria-hidden="true"><i style="width:{value:.2%}"></i></td>'
        f'<td class="number">{value:.1%}</td></tr>'
        for i, (name, value) in enumerate(zip(prediction.class_names, prediction.probabilities.tolist(), strict=True))
    )
    doubt = "".join(f"<p>{escape(sentence)}</p>" for sentence in doubts(prediction))
    label = f"{escape(prediction.emotion)} <span>{escape(percent(prediction.probabilities.max()))}</span>"
    return f'<p class="label">{label}</p>{doubt}<table><tbody>{rows}</tbody></table>'


def _faces(predictions: Sequence[Prediction]) -> str:
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(prediction.emotion)}</td>"
        f'<td class="number">{prediction.probabilities.max():.1%}</td>'
        f'<td class="number face">{escape(percent(prediction.fusion_weights[0]))}</td>'
        f'<td class="number scene">{escape(percent(prediction.fusion_weights[1]))}</td>'
        f'<td class="number">{", ".join(f"{side:.0f}" for side in prediction.face_box_xyxy)}</td></tr>'
        for number, prediction in enumerate(predictions, start=1)
    )
    heads = ("Face", "Label"), ("Probability", "Weight of face", "Weight of scene", "Box, pixels")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads[0])
    head += "".join(f'<th scope="col" class="number">{name}</th>' for name in heads[1])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    # The keyboard must reach it to scroll it.
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{words.FACES}">{table}</div>'


def _made(prediction: Prediction, analysis: Mapping[str, Any]) -> list[tuple[str, str]]:
    made, told, method = prediction.provenance, analysis["explanation"], analysis["method"]
    settings = {name: told[name] for name in ("baseline", "seed") if told[name] is not None}
    height, width = analysis["photo"]["hw"]
    score = prediction.face_score
    giver = "set by hand" if score is None else f"found by the detector with a confidence of {score:.0%}"
    return [
        ("Checkpoint", made.checkpoint),
        ("Revision", made.revision or "a folder, no revision"),
        ("Weights, sha256", made.sha256),
        ("Device", made.device),
        ("Versions", ", ".join(f"{name} {found}" for name, found in (*made.versions, ("python", analysis["python"])))),
        ("Method", f"{method['name']}{' with SmoothGrad' if told['smooth'] else ''} ({method['source']})"),
        ("Settings", ", ".join(f"{name} {value}" for name, value in {**settings, **method["parameters"]}.items())),
        ("Explained", f"the logit of {told['target_name']}, {told['logit']:.4f}"),
        ("Photo", f"{width} × {height} pixels, sha256 of its RGB bytes {analysis['photo']['sha256']}"),
        ("Face box", f"{_pixels(prediction.prepared.geometry.face_box_xyxy)}, {giver}"),
        ("Wanted box", f"{_pixels(prediction.face_box_xyxy)}, before it was rounded and cut to the photo"),
        ("Scene seen", _pixels(prediction.attention_region_xyxy)),
    ]


def _pixels(box_xyxy: Sequence[float]) -> str:
    return "x1, y1, x2, y2 = " + ", ".join(f"{side:.1f}" for side in box_xyxy)


def _people(predictions: Sequence[Prediction], analysis: Mapping[str, Any]) -> str:
    """Return who can be recognised."""
    others = words.OTHERS_BLURRED if analysis["others_blurred"] else words.OTHERS_SHOWN
    return escape(f"{words.SHOWS_PEOPLE} {others}" if len(predictions) > 1 else words.SHOWS_PEOPLE)


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f"<table><tbody>{lines}</tbody></table>"
