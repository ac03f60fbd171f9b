from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from demo import gpu
from tests.live_app import ROOT

# Like the package of ZeroGPU Spaces: wants to come before torch, pickles what goes in and out.
STAND_IN = """
import pickle, sys
assert "torch" not in sys.modules, "torch was imported first"
calls = []
def GPU(duration):
    def wrap(function):
        def lent(*args, **kwargs):
            calls.append(f"{function.__name__}:{duration}")
            args, kwargs = pickle.loads(pickle.dumps((args, kwargs)))
            return pickle.loads(pickle.dumps(function(*args, **kwargs)))
        return lent
    return wrap
"""
USE = """
import sys
import app, spaces, skimage.data
from demo.analyse import handlers
from demo.start import open_engine
from demo.visits import Session
engine, session = open_engine(sys.argv[1]), Session()
handlers.analyse(engine, session, skimage.data.astronaut(), "grad_cam", 0.5)
moved = handlers.explain(engine, session, 0.5, lambda done: None)
print(session.analysis.predictions[0].emotion, len(moved.picture["value"].getbands()), *spaces.calls)
"""


def test_where_gpus_are_lent_both_computations_borrow_one(tmp_path: Path, random_checkpoint: Path, engine, astronaut):
    (tmp_path / "spaces.py").write_text(STAND_IN)
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "GLAMOR_DEVICE": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", USE, str(random_checkpoint)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    loans = [f"predict:{gpu.PREDICT_SECONDS}", f"_explain_on_copy:{gpu.EXPLAIN_SECONDS}"]
    assert done.stdout.split() == [engine.predict(astronaut)[0].emotion, "3", *loans], done.stderr


def test_nobody_without_an_account_is_refused_for_lack_of_time():
    # Two minutes a day (huggingface.co/docs/hub/spaces-zerogpu); the longest loan must fit in with some to spare.
    loans = (gpu.PREDICT_SECONDS, gpu.EXPLAIN_SECONDS, gpu.STUDY_SECONDS)
    assert list(loans) == sorted(loans)
    assert sum(loans) < 120
