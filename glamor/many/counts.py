"""How many photos and faces, in the same words wherever somebody reads them."""

from __future__ import annotations

COULD_NOT = "could not be read"


def counted(photos: int, faces: int, without_face: int, failed: int) -> str:
    """Return "7 photos analysed, 1 could not be read; 6 faces, 2 photos without a face".

    Args:
        photos: all, also those that failed.
        faces: of all photos.
        without_face: photos that were read and have none.
        failed: photos that could not be read.
    """
    unread = f", {failed:,} {COULD_NOT}" if failed else ""
    return (
        f"{number_of(photos - failed, 'photo')} analysed{unread}; {number_of(faces, 'face')}, "
        f"{number_of(without_face, 'photo')} without a face"
    )


def number_of(count: int, thing: str) -> str:
    """Return "1 photo" or "1,000 photos"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
