"""Data sets of the Hugging Face library ``datasets``, streamed; it is imported only where one is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glamor.errors import DataError
from glamor.many.items import Item
from glamor.many.sources import Count, Source

ASK_SECONDS = 10.0
_NAME = re.compile(r"(?P<name>[\w.-]+(/[\w.-]+)?)(:(?P<split>[\w.-]+))?")


@dataclass(frozen=True)
class Streamed:
    """Every split of a data set, or one of them.

    Attributes:
        name: as given.
        splits: (name, data set) each.
    """

    name: str
    splits: tuple[tuple[str, Any], ...]

    def items(self, class_names: Sequence[str]) -> Iterator[Item]:
        labels = {name.lower(): name for name in class_names}
        for split, rows in self.splits:
            yield from self._of_split(split, rows, labels)

    def count(self) -> Count:
        counts = [_length(rows) for _, rows in self.splits]
        return Count(None if None in counts else sum(count or 0 for count in counts))

    def _of_split(self, split: str, rows: Any, labels: dict[str, str]) -> Iterator[Item]:
        from datasets import ClassLabel, Image

        column = next((name for name, kind in rows.features.items() if isinstance(kind, Image)), None)
        if column is None:
            raise DataError(f"the data set {self.name} has no column of pictures; choose one with an Image column.")
        label = next((name for name, kind in rows.features.items() if isinstance(kind, ClassLabel)), None)
        names = [] if label is None else [labels.get(name.lower()) for name in rows.features[label].names]
        with _refusals(self.name):
            for i, row in enumerate(rows.cast_column(column, Image(decode=False))):
                picture, truth = row[column] or {}, None if label is None else row[label]
                yield Item(
                    name=f"{self.name}/{split}/{i:08d}",
                    path=picture.get("path") or "",
                    data=picture.get("bytes"),
                    label=None if truth is None or truth < 0 else names[truth],
                    problem="" if picture else "The row has no picture.",
                )


def is_saved(path: Path) -> bool:
    """Return whether a folder is one that ``Dataset.save_to_disk`` wrote."""
    return (path / "state.json").is_file() or (path / "dataset_dict.json").is_file()


def open_dataset(given: str) -> Source:
    """Open a folder that ``datasets`` saved, or ``name[:split]`` on the Hugging Face Hub.

    Raises:
        DataError: if there is no such thing, or the library is not installed.
    """
    named = _NAME.fullmatch(given)
    if named is None and not is_saved(Path(given)):
        raise DataError(
            f"{given} is not a file, a folder, a pattern that matches or the name of a data set; check the path."
        )
    try:
        import datasets
    except ImportError as error:
        raise DataError(
            f"{given} is not a file or folder here, and a data set needs the library datasets; run: pip install "
            "datasets."
        ) from error
    with _refusals(given):
        if named is None or is_saved(Path(given)):
            loaded = datasets.load_from_disk(given)
        else:
            _check_hub(named["name"])
            loaded = datasets.load_dataset(named["name"], split=named["split"], streaming=True)
    splits = loaded.items() if isinstance(loaded, dict) else [(str(loaded.split or "all"), loaded)]
    return Streamed(given, tuple((str(name), rows) for name, rows in splits))


def _check_hub(name: str) -> None:
    """Ask the Hub once, briefly, whether it has a data set: the library itself would try again for 40 s.

    Raises:
        DataError: if it has none of this name that may be read.
    """
    import datasets
    import httpx2
    from huggingface_hub import HfApi, errors

    if datasets.config.HF_HUB_OFFLINE:
        return  # then it does not try
    try:
        HfApi().dataset_info(name, timeout=ASK_SECONDS)
    except errors.RepositoryNotFoundError as error:
        raise DataError(
            f"{name} is not a file or folder here. The Hugging Face Hub has no public data set of this name; check the "
            "path, or the name. If it is private, log in with `hf auth login`."
        ) from error
    except (httpx2.TransportError, OSError) as error:
        raise DataError(
            f"{name} is not a file or folder here. The Hugging Face Hub cannot be asked for a data set of this name "
            f"({_reason(error)}). Check the path, or the connection."
        ) from error


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _length(rows: Any) -> int | None:
    try:
        return len(rows)
    except TypeError:
        info = rows.info.splits or {}
        return info[str(rows.split)].num_examples if str(rows.split) in info else None


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Make a DataError of all that the library raises; its classes come from many packages."""
    try:
        yield
    except (DataError, GeneratorExit):
        raise
    except Exception as error:
        raise DataError(
            f"{name} is not a file or folder here and cannot be loaded as a data set ({_reason(error)})."
        ) from error
