"""What was found: the smallest changes that turn a label, each with how exactly it is the smallest."""

from __future__ import annotations

from dataclasses import dataclass

Cell = tuple[int, int]  # (row, column), from 0
EXACT, GREEDY, GRID = "exact", "greedy", "grid"


@dataclass(frozen=True)
class PartsFlip:
    """The fewest parts without which the label is another.

    Attributes:
        names: of the parts; of several sets as small, that which turns the label by the most.
        emotion: the label then.
        probability: its probability.
        how: ``exact``: every combination was asked.
    """

    names: tuple[str, ...]
    emotion: str
    probability: float
    how: str = EXACT


@dataclass(frozen=True)
class CellsFlip:
    """Few cells of the scene without whose attention the label is another.

    Attributes:
        cells: (row, column) of each, from 0; the attention of the others is made to add up to 1 again.
        emotion: the label then.
        probability: its probability.
        at_least: no smaller set than of so many cells turns the label.
        how: ``exact`` if there is no smaller set than this; ``greedy`` if there may be: the cells were taken one after
            the other, each the one that costs the label most, and those that proved needless were put back.
    """

    cells: tuple[Cell, ...]
    emotion: str
    probability: float
    at_least: int

    @property
    def how(self) -> str:
        """How exactly the set is the smallest one."""
        return EXACT if len(self.cells) == self.at_least else GREEDY


@dataclass(frozen=True)
class FusionFlip:
    """The fusion weight nearest to the learned one beyond which the label is another.

    Attributes:
        w_face: of the face, in [0, 1]; both labels are equally probable there.
        learned_w_face: the network's own.
        emotion: the label beyond.
        how: ``exact``: solved for, see :func:`glamor.explain.fusion_curve`.
    """

    w_face: float
    learned_w_face: float
    emotion: str
    how: str = EXACT


@dataclass(frozen=True)
class BlurFlip:
    """The least blur of the face with which the label is another.

    Attributes:
        sigma: standard deviation of the Gaussian in pixels of the face input; the label is another.
        step: of the grid, from 1: its first blur with which the label is another.
        below: the largest one below ``sigma`` for which it was found to be the same.
        emotion: the label with ``sigma``.
        probability: its probability.
        how: ``grid``: the first of the blurs on a grid that turns the label, then bisected; between two blurs of the
            grid it may turn and turn back unseen.
    """

    sigma: float
    below: float
    step: int
    emotion: str
    probability: float
    how: str = GRID


@dataclass(frozen=True)
class SceneFlip:
    """The nearest other scene before which the label of the face is another.

    Attributes:
        name: of the scene.
        distance: of the means of what the scene's encoder makes of both scenes, Euclidean.
        emotion: the label then.
        probability: its probability.
        how: ``exact``: every scene was asked.
    """

    name: str
    distance: float
    emotion: str
    probability: float
    how: str = EXACT


@dataclass(frozen=True)
class Flips:
    """What would turn the label of one face, and how exactly that is known; None where nothing was found.

    Attributes:
        emotion: the label that is turned.
        parts: None if no combination of parts turns it, which is exact, or if the face has no parts.
        cells: None if neither any one or two cells do nor more, taken greedily.
        fusion: None if no weight does, which is exact.
        blur: None if none of the blurs on the grid does.
        scene: None if none of the scenes does.
        scenes: how many other scenes were asked.
        parts_asked: whether the face has parts; if not, nothing is known of them.
        cells_asked: of the scene.
    """

    emotion: str
    parts: PartsFlip | None
    cells: CellsFlip | None
    fusion: FusionFlip | None
    blur: BlurFlip | None
    scene: SceneFlip | None
    scenes: int
    parts_asked: bool
    cells_asked: int
