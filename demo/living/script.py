"""ES modules as one script: what Gradio runs when a component is laid out can import nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_IMPORT = re.compile(r'^import (\{[^}]+\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const (\w+))", re.MULTILINE)


def bundle(folder: Path, names: Sequence[str]) -> str:
    """Return the modules of a folder, each as one value, ``NAME_js``, that holds what it exports.

    Args:
        folder: of the files.
        names: of the files without ``.js``; each imports only from those before it, by name, and exports constants.
    """
    return "\n".join(_as_value(name, (folder / f"{name}.js").read_text("utf-8")) for name in names)


def _as_value(name: str, source: str) -> str:
    exported = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = \2_js;", source))
    return f"const {name}_js = (() => {{\n{body}\nreturn {{{exported}}};\n}})();"
