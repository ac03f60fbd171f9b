"""What assistants can read besides asking: the model card, the audit, what each method does, and an honest question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

from demo import methods, words
from demo.engine import Engine
from demo.gradio_internals.texts import Prompt, Text, Texts
from glamor.evaluation.card import read_card
from glamor.explain import METHODS

CARD, AUDIT, METHOD = "glamor://card", "glamor://audit", "glamor://method/{key}"
NO_CARD, NO_AUDIT = "These weights have no model card.", "These weights were not audited."


def texts(engine: Engine) -> Texts:
    """Return what can be read of the page's own weights, and the prompt; the files are read when they are asked for."""
    read = (
        Text(
            CARD,
            "Model card",
            "What the weights learned from, how well they do, and where they fail.",
            "text/markdown",
            lambda: _card(engine),
        ),
        Text(
            AUDIT,
            "Audit",
            "Which explanations of these weights beat chance over many photos, as JSON. Read it before you trust one.",
            "application/json",
            lambda: _audit(engine),
        ),
        *(
            Text(
                METHOD.format(key=key),
                method.name,
                f"What {method.name} shows, needs and comes from, and what the audit found of it.",
                "text/plain",
                partial(_method, engine, key),
            )
            for key, method in METHODS.items()
        ),
    )
    return Texts(read, (Prompt("explain_a_photo", PROMPT_ABOUT, {"photo": PHOTO}, _prompt),))


def _card(engine: Engine) -> str:
    return read_card(engine.predictor.checkpoint).body.strip() or NO_CARD


def _audit(engine: Engine) -> str:
    verdicts = methods.verdicts(engine)
    found = {key: asdict(verdict) for key, verdict in verdicts.methods.items()}
    return json.dumps({"default": verdicts.default, "sentence": verdicts.sentence, "methods": found or NO_AUDIT})


def _method(engine: Engine, key: str) -> str:
    method, note = METHODS[key], methods.verdicts(engine).note(key)
    found = f"With these weights: {note}." if note else ""
    sentences = (
        f"{method.name}: {method.caption}",
        f"{words.NEEDS} {method.needs}.",
        f"{words.SOURCE} {method.source}.",
    )
    return " ".join(filter(None, (*sentences, found)))


PHOTO = "Web address of the photo, or the photo itself as data:image/jpeg;base64,..."
PROMPT_ABOUT = "Explain honestly what the network makes of a photo: label, doubts, parts, what would change its mind."
PROMPT = """Explain what an expression classifier makes of this photo: {photo}

1. Call predict_photo with it. Name the most probable label of each face and its probability, and repeat every remark
   and the other labels of the prediction set.
2. Call explain_photo with maps false, parts true and flips true. Tell the sentence of the parts, then the sentences of
   what would turn the label, word for word. Add no reason of your own: the network gives none beyond these numbers.
3. Read glamor://audit, and say how far the picture of the explanation can be believed.

Say first that a label is a guess about an expression and not what the person feels, and that it is often wrong. Never
guess identity, character or intentions. If a tool refuses, say what it said."""


def _prompt(given: Mapping[str, str]) -> str:
    return PROMPT.format(photo=given.get("photo", ""))
