"""How numbers are said, on the page, in reports and in pictures."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share in whole per cent; never 0% or 100% for what is not.

    Args:
        share: in [0, 1].
    """
    shown = f"{share:.0%}"
    if shown == "100%" and share < 1:
        return "> 99%"
    return "< 1%" if shown == "0%" and share > 0 else shown
