"""What a checkpoint needs to be used right: sizes, labels, preprocessing, licence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from glamor.errors import ConfigError, quoted
from glamor.sets import SetRule, read_rule

CLASS_NAMES = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
GLAMOR_ENCODER = "glamor"
GUIDED, CONTEXT_ONLY = "global-local", "context"  # what scores the scene's cells
# Older files lack these; in them the network is the published one.
LATER_FIELDS = frozenset({"context_encoder", "attention", "vector_norm", "prediction_sets"})
FORMER_FIELDS = frozenset({"uncertain_margin"})  # of older files; prediction sets say it better
AUTHORS_FACE_CROP_SCALE = 0.83


@dataclass(frozen=True)
class ModelConfig:
    """Architecture and preprocessing of one GLAMOR-Net; saved beside its weights.

    Defaults are the network as its authors published it (Le et al. 2021, arXiv 2111.04129).

    Attributes:
        class_names: label of each logit, in order.
        encoder: ``"glamor"`` for the paper's five-block encoder, else a timm backbone's name.
        context_encoder: the scene's encoder if it is another than the face's, named like ``encoder``; empty: the same.
        attention: ``"global-local"``: the face and each cell of the scene say where to look (the paper); ``"context"``:
            the scene alone, as in CAER-Net-S (Lee et al. 2019).
        vector_norm: whether both vectors go through a BatchNorm before they are weighed, as in CAER-Net-S.
        filters: output channels of the five blocks (only for ``encoder="glamor"``).
        hidden: width of every hidden dense layer.
        dropout: probability of dropping a hidden unit before the last layer, in [0, 1).
        face_size: side of the square face input, pixels.
        context_resize_hw: (rows, columns) to which the masked photo is resized.
        context_size: side of the square cut from the middle of the resized photo, pixels.
        face_crop_scale: side of the square face crop as a multiple of sqrt(w * h) of the
            detector's rectangle (0.83: the authors' boxes; 1.35: a whole head).
        jpeg_round_trip: whether the masked photo goes through JPEG before it is resized.
        mean, std: per-channel normalisation inside the network, RGB, of inputs in [0, 1].
        temperature: divides the logits before the softmax where probabilities are shown.
        prediction_sets: which labels are named so that the right one is among them; None: never calibrated.
        license: SPDX-like licence of the weights, empty if unknown.
        trained_on: one line that says what the weights learned from, empty for none.

    Raises:
        ConfigError: on construction, if any value is out of its range.
    """

    class_names: tuple[str, ...] = CLASS_NAMES
    encoder: str = GLAMOR_ENCODER
    context_encoder: str = ""
    attention: str = GUIDED
    vector_norm: bool = False
    filters: tuple[int, ...] = (32, 64, 128, 256, 256)
    hidden: int = 128
    dropout: float = 0.5
    face_size: int = 96
    context_resize_hw: tuple[int, int] = (128, 171)
    context_size: int = 112
    face_crop_scale: float = AUTHORS_FACE_CROP_SCALE
    jpeg_round_trip: bool = True
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    temperature: float = 1.0
    prediction_sets: SetRule | None = None
    license: str = ""
    trained_on: str = ""

    def __post_init__(self) -> None:
        for name, ok, accepted in self._rules():
            if not ok:
                raise ConfigError(f"config: {name} is {quoted(getattr(self, name))}, but must be {accepted}.")

    def _rules(self) -> tuple[tuple[str, bool, str], ...]:
        names, resize = self.class_names, self.context_resize_hw
        return (
            (
                "class_names",
                len(names) > 1 and len(set(names)) == len(names) and all(map(_is_text, names)),
                "two or more different names",
            ),
            ("encoder", _is_backbone(self.encoder), "'glamor' or the name of a timm backbone"),
            (
                "context_encoder",
                not self.context_encoder or _is_backbone(self.context_encoder),
                "'glamor', the name of a timm backbone, or empty for the same as the face's",
            ),
            ("attention", self.attention in (GUIDED, CONTEXT_ONLY), f"{GUIDED!r} or {CONTEXT_ONLY!r}"),
            ("filters", len(self.filters) == 5 and min(self.filters) > 0, "five positive channel counts"),
            ("hidden", self.hidden > 0, "a positive width"),
            ("dropout", 0 <= self.dropout < 1, "a probability in [0, 1)"),
            ("face_size", _is_side(self.face_size), "a multiple of 16 from 16 to 1024"),
            ("context_size", _is_side(self.context_size), "a multiple of 16 from 16 to 1024"),
            (
                "context_resize_hw",
                len(resize) == 2 and self.context_size <= min(resize) and max(resize) <= 4096,
                "(rows, columns), each from context_size to 4096",
            ),
            ("face_crop_scale", 0.1 <= self.face_crop_scale <= 10, "a factor from 0.1 to 10"),
            # inputs are in [0, 1]; what is far from that overflows inside the network
            ("mean", len(self.mean) == 3 and all(-10 <= m <= 10 for m in self.mean), "three numbers from -10 to 10"),
            ("std", len(self.std) == 3 and all(1e-3 <= s <= 10 for s in self.std), "three numbers from 0.001 to 10"),
            (
                "prediction_sets",
                self.prediction_sets is None or len(self.prediction_sets.ratios) == len(names),
                "a rule with one ratio a class",
            ),
            ("temperature", 0.01 <= self.temperature <= 100, "a number from 0.01 to 100"),
            ("license", _is_text(self.license), "text that can be written in UTF-8"),
            ("trained_on", _is_text(self.trained_on), "text that can be written in UTF-8"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as JSON-ready plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelConfig:
        """Read a configuration that :meth:`to_dict` wrote.

        Args:
            values: exactly the fields of this class; lists stand for tuples. Those that came later
                (``LATER_FIELDS``) may be missing: then the network is the published one in them. Those that went
                (``FORMER_FIELDS``) are passed over.

        Returns:
            The validated configuration.

        Raises:
            ConfigError: if a field is missing, unknown, of the wrong type or out of range.
        """
        known = {field.name for field in fields(cls)}
        missing, unknown = sorted(known - LATER_FIELDS - set(values)), sorted(set(values) - known - FORMER_FIELDS)
        if missing or unknown:
            found = f"missing fields {quoted(missing)}, unknown fields {quoted(unknown)}"
            raise ConfigError(f"config: {found}; write it with save_checkpoint.")
        given = {name: values[name] for name in known & set(values)}
        rule = given.pop("prediction_sets", None)
        plain = {name: _like(getattr(cls, name), value, name) for name, value in given.items()}
        return cls(**plain, prediction_sets=None if rule is None else read_rule(rule))


def _is_text(value: str) -> bool:
    """Return whether ``value`` can be written: JSON can smuggle in halves of a surrogate pair."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_backbone(name: str) -> bool:
    # a colon or a slash would make timm fetch from a place that a stranger's config.json names
    return bool(re.fullmatch(r"[\w.]+", name))


def _is_side(side: int) -> bool:
    return 16 <= side <= 1024 and side % 16 == 0


def _like(example: Any, value: Any, name: str) -> Any:
    """Return ``value`` as the type of ``example``, or refuse it."""
    if isinstance(example, tuple) and isinstance(value, list | tuple):
        return tuple(_like(example[0], item, name) for item in value)
    if isinstance(example, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(str(value))  # an integer too large for a float becomes inf, which the rules refuse
    if type(value) is not type(example):
        raise ConfigError(f"config: {name} is {quoted(value)}, but must be of type {type(example).__name__}.")
    return value
