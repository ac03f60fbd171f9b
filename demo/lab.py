"""What if: the network asked again about one face, or about several, with something set by hand."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from demo import gpu
from glamor.explain import (
    Answer,
    Encoded,
    FusionCurve,
    Intervention,
    People,
    SwapMatrix,
    compare_people,
    encode,
    fusion_curve,
    only_cells,
    permuted,
    read_answer,
    recombine,
    swap_matrix,
    uniform,
    without_evidence,
)
from glamor.model import GLAMORNet
from glamor.predictor import Prediction, Predictor
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
class Bench:
    """One face under test: what is set by hand, and its inputs as encoded so far.

    Attributes:
        prediction: the untouched answer.
        setting: the last one that could be answered.
        encoded: by (scene, face) as in the setting; encoded once, asked often.
    """

    prediction: Prediction
    setting: Setting = field(default_factory=Setting)
    encoded: dict[tuple[str, str], Encoded] = field(default_factory=dict)


class Lab:
    """Asks copies of the network, so that nobody else's work waits or notices.

    Args:
        predictor: holds the network; shared, never changed here.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self._encode = gpu.on_gpu(self._encode_on_copy, gpu.PREDICT_SECONDS)
        self._ask = gpu.on_gpu(self._ask_on_copy, gpu.PREDICT_SECONDS)
        self._swap = gpu.on_gpu(self._swap_on_copy, gpu.PREDICT_SECONDS)
        self._compare = gpu.on_gpu(self._compare_on_copy, gpu.PREDICT_SECONDS)

    def ask(self, bench: Bench, setting: Setting) -> Outcome:
        """Return the answer under a setting; what it needs encoded is kept on the bench.

        Raises:
            ExplainError: if the setting leaves no attention or its grid cannot be used.
        """
        key = (setting.scene, setting.face)
        if key not in bench.encoded:
            bench.encoded[key] = self._encode(bench.prediction.prepared, *key)
        return self._ask(bench.encoded[key], setting)

    def swap(self, people: Sequence[Prepared]) -> SwapMatrix:
        """Return every face before every scene, from one batched pass."""
        return self._swap(tuple(people))

    def compare(self, people: Sequence[Prepared], scene: int) -> People:
        """Return how each of these people would look at the scene of one of them."""
        return self._compare(tuple(people), scene)

    def _encode_on_copy(self, prepared: Prepared, scene: str, face: str) -> Encoded:
        encoded = encode(self._copy(), seen_as(prepared, scene, face))
        return Encoded(encoded.face_map.cpu(), encoded.context_map.cpu())

    def _ask_on_copy(self, encoded: Encoded, setting: Setting) -> Outcome:
        model = self._copy()
        attention = setting.attention_instead_of(recombine(model, encoded).attention[0].cpu())
        free = recombine(model, encoded, Intervention(attention=attention))
        curve = fusion_curve(model, free)
        if setting.w_face is None:
            return Outcome(read_answer(model, free), curve)
        fusion = torch.tensor([setting.w_face, 1 - setting.w_face])
        forced = recombine(model, encoded, Intervention(fusion=fusion, attention=attention))
        return Outcome(read_answer(model, forced), curve)

    def _swap_on_copy(self, people: Sequence[Prepared]) -> SwapMatrix:
        return swap_matrix(self._copy(), people)

    def _compare_on_copy(self, people: Sequence[Prepared], scene: int) -> People:
        return compare_people(self._copy(), people, scene)

    def _copy(self) -> GLAMORNet:
        with self.predictor.lock:
            return copy.deepcopy(self.predictor.model)


def seen_as(prepared: Prepared, scene: str, face: str) -> Prepared:
    """Return the inputs with the scene and the face shown as a setting says."""
    if face != AS_IS:
        prepared = replace(prepared, face=without_evidence(prepared, face)[0])
    return prepared if scene == AS_IS else replace(prepared, context=without_evidence(prepared, scene)[1])
