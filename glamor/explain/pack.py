"""A record of arrays and plain values as one run of bytes that a browser reads in a few lines.

The container is safetensors: eight bytes that say how long the JSON header is, the header, the numbers. Arrays stand
under their place in the record (``head.0.weight``); all else is JSON under ``about`` in the header's metadata.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(record: object) -> bytes:
    """Return a dataclass as bytes.

    Args:
        record: holds arrays, numbers, strings, None, and tuples and dataclasses of these.

    Returns:
        A safetensors file. Arrays keep their type; the rest, without them, is the JSON in its metadata.
    """
    from safetensors.numpy import save

    arrays: dict[str, NDArray[Any]] = {}
    about = _without_arrays(record, "", arrays)
    return save(arrays, {"about": json.dumps(about)})


def _without_arrays(value: Any, place: str, arrays: dict[str, NDArray[Any]]) -> Any:
    """Return the value as JSON knows it, and put its arrays aside under their places."""
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, tuple):
        parts = {str(i): item for i, item in enumerate(value)}
    else:
        return value
    plain = {}
    for name, part in parts.items():
        if isinstance(part, np.ndarray):
            arrays[place + name] = np.ascontiguousarray(part)
        else:
            plain[name] = _without_arrays(part, f"{place}{name}.", arrays)
    return list(plain.values()) if isinstance(value, tuple) else plain
