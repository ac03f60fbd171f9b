"""Whether an order of cells beats chance, decided by numbers and said in words."""

from __future__ import annotations

from typing import Literal

from glamor.explain.trust.orders import Band

Outcome = Literal["better", "partly", "chance", "worse", "nothing"]

# Below a hundredth of a probability nothing that a person reads off the screen changes, so
# there is no evidence to be found, however regular the tiny differences are.
SMALLEST_EFFECT = 0.01


def judge(deletion_auc: float, insertion_auc: float, random: Band, effect: float) -> Outcome:
    """Decide by the band of random orders whether an order finds the evidence.

    Args:
        deletion_auc: area under the target's probability as cells are removed; low is good.
        insertion_auc: the same as cells are shown; high is good.
        random: the areas of random orders, the same for deletion and insertion.
        effect: largest difference of the target's probability over all that was tried.

    Returns:
        ``"better"`` if both areas leave the band on the good side, ``"partly"`` if one does and
        the other stays inside, ``"worse"`` if none does and one leaves it on the bad side,
        ``"nothing"`` if there is no effect to find, else ``"chance"``.
    """
    if effect < SMALLEST_EFFECT:
        return "nothing"
    good = (deletion_auc < random.low) + (insertion_auc > random.high)
    bad = (deletion_auc > random.high) + (insertion_auc < random.low)
    if good and not bad:
        return "better" if good == 2 else "partly"
    return "worse" if bad and not good else "chance"


def sentence(name: str, outcome: Outcome, deletion_auc: float, insertion_auc: float, random: Band) -> str:
    """Say the verdict with its numbers, in two sentences at most.

    Args:
        name: what ordered the cells, for instance ``"Attention"``.
        outcome: of :func:`judge`.
        deletion_auc: as for :func:`judge`.
        insertion_auc: likewise.
        random: likewise.
    """
    if outcome == "nothing":
        return (
            f"{name} has nothing to find: removing parts of the scene changes the answer by less than one percentage "
            "point."
        )
    words = {
        "better": "finds the evidence better than chance",
        "partly": "finds the evidence only partly better than chance",
        "chance": "finds the evidence no better than chance",
        "worse": "finds the evidence worse than chance",
    }[outcome]
    return (
        f"{name} {words}: deletion AUC {deletion_auc:.2f} (lower is better), insertion AUC {insertion_auc:.2f} "
        f"(higher is better). They stand against {random.mean:.2f} at random (95% of random orders: {random.low:.2f} "
        f"to {random.high:.2f})."
    )
