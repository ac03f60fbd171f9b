"""What if: the network asked again about one face with something set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from glamor.explain.answer import Answer, read_answer
from glamor.explain.fusion import FusionCurve, fusion_curve
from glamor.explain.intervene import Encoded, encode, only_cells, permuted, recombine, uniform, without_evidence
from glamor.model import GLAMORNet, Intervention
from glamor.predictor import Prediction
from glamor.prepare import Prepared

Cell = tuple[int, int]  # (row, column), from 0
Rows = tuple[tuple[float, ...], ...]

AS_IS, BLACK, BLURRED = "as is", "black", "blurred"
SCENES, FACES = (AS_IS, BLACK, BLURRED), (AS_IS, BLACK)
LEARNED, UNIFORM, SHUFFLED = "learned", "uniform", "shuffled"


@dataclass(frozen=True)
class Setting:
    """What is set by hand; the defaults leave the network its own way.

    Attributes:
        w_face: fusion weight of the face in [0, 1], the scene has the rest; None: the network's own.
        attention: where the map comes from, LEARNED, UNIFORM or SHUFFLED.
        seed: of the shuffling.
        grid: rows of a map that is given in numbers instead; None for none.
        removed: cells whose attention is taken away, the rest is made to add up to 1 again.
        scene: one of SCENES.
        face: one of FACES.
    """

    w_face: float | None = None
    attention: str = LEARNED
    seed: int = 0
    grid: Rows | None = None
    removed: frozenset[Cell] = frozenset()
    scene: str = AS_IS
    face: str = AS_IS

    @property
    def untouched(self) -> bool:
        """Whether nothing is set by hand."""
        return replace(self, seed=0) == Setting()

    def attention_instead_of(self, learned: Tensor) -> Tensor | None:
        """Return the map to force, (h, w), made from the learned one; None: leave the learned one alone."""
        grid = (learned.shape[0], learned.shape[1])
        if self.grid is not None:
            return torch.tensor(self.grid)
        if self.attention == LEARNED and not self.removed:
            return None
        made = {UNIFORM: lambda: uniform(grid), SHUFFLED: lambda: permuted(learned, self.seed)}
        attention = made.get(self.attention, lambda: learned)()
        keep = torch.ones(grid, dtype=torch.bool)
        for row, column in self.removed:
            keep[row, column] = False
        return only_cells(attention, keep)


@dataclass(frozen=True)
class Outcome:
    """What the network says under a setting, and what it would say at every other weight of the face.

    ``curve.learned_w_face`` is the weight that the network gives the face if only the rest is set by hand.
    """

    answer: Answer
    curve: FusionCurve


@dataclass
class InterventionState:
    """One face under test: what is set by hand, and its inputs as encoded so far.

    Attributes:
        prediction: the untouched answer.
        setting: the last one that could be answered.
        encoded: by (scene, face) as in the setting; encoded once, asked often.
    """

    prediction: Prediction
    setting: Setting = field(default_factory=Setting)
    encoded: dict[tuple[str, str], Encoded] = field(default_factory=dict)


def what_if(model: GLAMORNet, encoded: Encoded, setting: Setting) -> Outcome:
    """Return the answer under a setting, from inputs that are encoded already.

    Args:
        model: the network, in eval mode.
        encoded: the inputs as :func:`seen_as` shows them for the setting, see :func:`encode_seen`.
        setting: what is set by hand.

    Raises:
        ExplainError: if the setting leaves no attention or its grid cannot be used.
    """
    learned = recombine(model, encoded)
    attention = setting.attention_instead_of(learned.attention[0].cpu())
    free = learned if attention is None else recombine(model, encoded, Intervention(attention=attention))
    curve = fusion_curve(model, free)
    if setting.w_face is None:
        return Outcome(read_answer(model, free), curve)
    fusion = torch.tensor([setting.w_face, 1 - setting.w_face])
    forced = recombine(model, encoded, Intervention(fusion=fusion, attention=attention))
    return Outcome(read_answer(model, forced), curve)


def encode_seen(model: GLAMORNet, prepared: Prepared, scene: str, face: str) -> Encoded:
    """Return both inputs encoded, shown as a setting says, on the CPU."""
    encoded = encode(model, seen_as(prepared, scene, face))
    return Encoded(encoded.face_map.cpu(), encoded.context_map.cpu())


def seen_as(prepared: Prepared, scene: str, face: str) -> Prepared:
    """Return the inputs with the scene and the face shown as a setting says.

    Args:
        prepared: the inputs as they are.
        scene: one of SCENES.
        face: one of FACES.
    """
    if face != AS_IS:
        prepared = replace(prepared, face=without_evidence(prepared, face)[0])
    return prepared if scene == AS_IS else replace(prepared, context=without_evidence(prepared, scene)[1])
