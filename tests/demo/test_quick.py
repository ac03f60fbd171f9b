"""Gradio is imported without looking through its own source, and is whole all the same."""

from __future__ import annotations

import subprocess
import sys

from tests.live_app import ROOT

IMPORT = """
import ast, inspect
from contextlib import nullcontext
from demo.gradio_internals.quick import without_stubs

parsed, real, getfile = [], ast.get_source_segment, inspect.getfile
ast.get_source_segment = lambda *arguments: parsed.append(1) or real(*arguments)
with {how}():
    import gradio
assert inspect.getfile is getfile
assert inspect.getfile(gradio.HTML).endswith("html.py")
with gradio.Blocks() as page:
    gradio.Button().click(lambda: "said", None, gradio.HTML())
assert len(page.fns) == 1
print(len(parsed))
"""


def _parsed(how: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT.format(how=how)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


def test_gradio_is_imported_without_parsing_its_components() -> None:
    assert _parsed("nullcontext") > 50
    assert _parsed("without_stubs") == 0
