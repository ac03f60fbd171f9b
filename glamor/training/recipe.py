"""How a network is trained: frozen recipes, one of them the paper's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from glamor.errors import DataError
from glamor.training.augment import Jitter


@dataclass(frozen=True)
class Phase:
    """One stretch of training.

    Attributes:
        name: of the phase, unique in its recipe.
        epochs: how many passes over ``draws`` pictures.
        draws: pictures drawn an epoch (faces, or scenes in a scene phase).
        batch: pictures in a step.
        size: side of the face views, pixels.
        lr: peak learning rate of the phase.
        lr_end: learning rate at its end (cosine between the two).
        face_lr: factor of the learning rate for the face's encoder.
        with_scenes: whether the whole network learns, on scenes; else the face branch and its auxiliary head alone.
        lone_faces: faces without a scene that join a scene batch.
        remembers: share, in what the phase hands over, of the face's encoder as it was before (Wortsman et al. 2022,
            "Robust fine-tuning of zero-shot models").
        teachers: earlier face phases whose networks, together, say what each face shows; half of its target.
        jitter: of the views.
        rests: parts of the network that do not learn, by name.
    """

    name: str
    epochs: int
    draws: int
    batch: int
    size: int
    lr: float
    lr_end: float
    face_lr: float = 1.0
    with_scenes: bool = False
    lone_faces: int = 0
    remembers: float = 0.0
    teachers: tuple[str, ...] = ()
    jitter: Jitter = field(default_factory=Jitter)
    rests: tuple[str, ...] = ()

    def lr_at(self, progress: float) -> float:
        """Return the learning rate at ``progress`` in [0, 1]: a cosine after a short linear warm-up."""
        warm = min(1.0, progress / 0.03 + 0.01)
        return warm * (self.lr_end + (self.lr - self.lr_end) * 0.5 * (1 + math.cos(progress * math.pi)))


@dataclass(frozen=True)
class Recipe:
    """A whole training.

    Attributes:
        phases: in the order in which they are run; the last ones are with scenes.
        optimizer: timm's name of it.
        momentum, weight_decay: of the optimizer.
        ema_decay: of the averaged weights that are kept.
        label_smoothing: of every cross-entropy.
        mixup: alpha of mixup in the face phases, 0 for none.
        face_blank, context_blank: share of scene samples whose face / context is black.
        auxiliary: weight of the two auxiliary heads' losses in the scene phases.
        fusion_entropy: reward for undecided fusion weights, against a dead branch.
        source_weights: importance of a source within its class when scenes are drawn.
        canvases: scenes in which nothing is to be seen in each batch, the first of them black; they stand in for
            blanked scenes and beside lone faces.
        sceneless: sources whose scenes are never shown, since they would teach a short cut.
        degraded: share of faces that are blurred, darkened or covered.
    """

    phases: tuple[Phase, ...]
    optimizer: str = "adamw"
    momentum: float = 0.9
    weight_decay: float = 0.05
    ema_decay: float = 0.998
    label_smoothing: float = 0.1
    mixup: float = 0.2
    face_blank: float = 0.25
    context_blank: float = 0.15
    auxiliary: float = 0.5
    fusion_entropy: float = 0.02
    source_weights: tuple[tuple[str, float], ...] = ()
    canvases: int = 1
    sceneless: tuple[str, ...] = ()
    degraded: float = 0.0


FILM = Jitter(dark=0.3, blur=0.2)
HALF_FILM = Jitter(dark=0.15, blur=0.1)
LIGHT = Jitter(colour=0.3, erase=0.15, dark=0.1, blur=0.1)
PLAIN = Jitter(degrees=10.0, zoom=(1.0, 1.0), shift=0.0, colour=0.0, grey=0.0, erase=0.0)
SCENES = Phase(
    "scenes", 1, draws=3_200, batch=64, size=96, lr=8e-4, lr_end=1e-5, with_scenes=True, lone_faces=128, jitter=FILM
)
PAPER_PHASE = Phase("paper", 1, draws=0, batch=4, size=96, lr=5e-4, lr_end=5e-4, with_scenes=True, jitter=PLAIN)

# The encoder is tied to the size it learned at: after faces at 64 px (macro recall 0.585) the first scene phase began
# at 0.44 and ended at 0.515; after faces at 96 px the second began at 0.54. Epochs at 64 px cost half of those at
# 96 px, so that most of what faces teach is learned there; the last ones bring it to 96 px (0.617 by the auxiliary
# head), and its two teachers to 0.625. The last scene phase unlearns a little of it (0.618) and more in the main head
# (0.614); resting encoders do not, but then film frames are not learned. Between both, four tenths of the encoder
# before the phase and six after it keep 0.621 on faces without losing scenes.
TEACHERS = ("faces-64-on", "faces-96-on")
DEFAULT = Recipe(
    phases=(
        Phase("faces-48", epochs=6, draws=66_000, batch=128, size=48, lr=2.5e-3, lr_end=1.2e-3),
        Phase("faces-64", epochs=3, draws=66_000, batch=128, size=64, lr=1.2e-3, lr_end=4e-4, jitter=FILM),
        replace(SCENES, name="scenes", epochs=7),
        Phase("faces-96", epochs=3, draws=66_000, batch=128, size=96, lr=8e-4, lr_end=1e-4, jitter=HALF_FILM),
        replace(SCENES, name="scenes-late", epochs=7),
        Phase("faces-64-on", epochs=3, draws=66_000, batch=128, size=64, lr=1.2e-3, lr_end=6e-4, jitter=LIGHT),
        Phase("faces-96-on", epochs=4, draws=66_000, batch=128, size=96, lr=1e-3, lr_end=2e-5, jitter=LIGHT),
        Phase(
            "faces-taught",
            epochs=4,
            draws=66_000,
            batch=128,
            size=96,
            lr=1.2e-3,
            lr_end=1e-5,
            teachers=TEACHERS,
            jitter=LIGHT,
        ),
        replace(SCENES, name="scenes-on", epochs=4, face_lr=0.25, remembers=0.4, teachers=TEACHERS, jitter=HALF_FILM),
    ),
    mixup=0.1,
    face_blank=0.3,
    source_weights=(("film", 2.0), ("photos", 1.0), ("stock", 1.0), ("pseudo", 0.7)),
)

# The faces of an earlier run, and a scene's encoder that knows ImageNet and rests: 3,532 scenes are too few to teach it
# and enough to be learned by heart. No face is taken for granted: half are hard to read, so that the fusion learns when
# to ask the scene; and scenes in which nothing is to be seen stand for those that are missing or would mislead.
LITE = replace(
    DEFAULT,
    phases=(replace(SCENES, name="scenes-lite", epochs=8, face_lr=0.1, rests=("context_encoder",), jitter=HALF_FILM),),
    face_blank=0.15,
    canvases=8,
    sceneless=("stock",),
    degraded=0.5,
    fusion_entropy=0.0,
    source_weights=(("film", 2.0),),
)

# Le et al. 2021, section 5.1: SGD with momentum (not Nesterov's), batch 4, 60 epochs, learning rate
# cut at 25 and 40. One stage on scenes alone, no auxiliary losses, no modality dropout.
PAPER = Recipe(
    phases=(
        replace(PAPER_PHASE, name="paper-1", epochs=25, lr=5e-4, lr_end=5e-4),
        replace(PAPER_PHASE, name="paper-2", epochs=15, lr=5e-5, lr_end=5e-5),
        replace(PAPER_PHASE, name="paper-3", epochs=20, lr=5e-6, lr_end=5e-6),
    ),
    optimizer="momentum",
    weight_decay=0.0,
    ema_decay=0.0,
    label_smoothing=0.0,
    mixup=0.0,
    face_blank=0.0,
    context_blank=0.0,
    auxiliary=0.0,
    fusion_entropy=0.0,
)

# For tests and first tries: a minute on two cores, worth nothing.
TINY = replace(
    DEFAULT,
    phases=(
        Phase("faces-48", epochs=2, draws=32, batch=16, size=48, lr=1e-3, lr_end=1e-4),
        replace(SCENES, epochs=2, draws=16, batch=8, lr=1e-3, lr_end=1e-4, lone_faces=16, remembers=0.4),
    ),
)

RECIPES = {"default": DEFAULT, "lite": LITE, "paper": PAPER, "tiny": TINY}


def recipe(name: str) -> Recipe:
    """Return a recipe by name.

    Raises:
        DataError: if there is none of that name.
    """
    if name not in RECIPES:
        raise DataError(f"there is no recipe {name!r}; choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
