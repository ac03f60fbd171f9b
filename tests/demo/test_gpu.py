from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.live_app import ROOT

# Like the package of ZeroGPU Spaces: wants to come before torch, pickles what goes in and out.
STAND_IN = """
import pickle, sys
assert "torch" not in sys.modules, "torch was imported first"
calls = []
def GPU(function):
    def lent(*args, **kwargs):
        calls.append(function.__name__)
        args, kwargs = pickle.loads(pickle.dumps((args, kwargs)))
        return pickle.loads(pickle.dumps(function(*args, **kwargs)))
    return lent
"""
USE = """
import sys
import app, spaces, skimage.data
from demo import handlers
from demo.start import open_engine
from demo.visit import Visit
engine, visit = open_engine(sys.argv[1]), Visit()
handlers.analyse(engine, visit, skimage.data.astronaut(), "grad_cam", 0.5)
moved = handlers.explain(engine, visit, 0.5, lambda done: None)
print(visit.view.predictions[0].emotion, moved.picture["value"].shape[2], *spaces.calls)
"""


def test_where_gpus_are_lent_both_computations_borrow_one(tmp_path: Path, random_checkpoint: Path, engine, astronaut):
    (tmp_path / "spaces.py").write_text(STAND_IN)
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "GLAMOR_DEVICE": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", USE, str(random_checkpoint)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.stdout.split() == [engine.predict(astronaut)[0].emotion, "3", "predict", "_explain_on_copy"], (
        done.stderr
    )
