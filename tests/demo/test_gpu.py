from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo import gpu
from glamor.explain import METHODS
from glamor.explain.trust import DEFAULT_METHODS, passes_of
from tests.live_app import ROOT

# Like the package of ZeroGPU Spaces: wants to come before torch, asks for how long, forks, pickles what goes through.
STAND_IN = """
import multiprocessing, os, sys
assert "torch" not in sys.modules, "torch was imported first"
loans = []
def GPU(duration):
    def wrap(function):
        def work(pipe):
            args, kwargs = pipe.recv()
            pipe.send(function(*args, **kwargs))
        def lent(*args, **kwargs):
            loans.append(f"{function.__name__}:{duration(*args, **kwargs)}")
            if os.environ.get("REFUSES"):
                raise RuntimeError("ZeroGPU quota exceeded")
            fork = multiprocessing.get_context("fork")
            here, there = fork.Pipe()
            process = fork.Process(target=work, args=(there,), daemon=True)
            process.start()
            here.send((args, kwargs))
            found = here.recv()
            process.join()
            return found
        return lent
    return wrap
"""
USE = """
import sys
import app, skimage.data
from demo import gpu
from demo.start import open_engine
gpu.START_SECONDS = 0.2  # so that Integrated Gradients are worth a loan
engine, photo = open_engine(sys.argv[1]), skimage.data.astronaut()
(found,) = engine.predict(photo)
told = []
engine.explain(found, "grad_cam", found.emotion, told.append)
quick = len(told)
lent = engine.explain(found, "integrated_gradients", found.emotion, told.append)
heard = len(told) > quick
number = found.class_names.index(found.emotion)
own = engine._explain_on_copy(found.prepared, "integrated_gradients", number, baseline="black", smooth=False,
                              progress=None)
same = abs(lent.face - own.face).max() <= 1e-5 * abs(own.face).max()
class Enough(Exception):
    pass
def enough(done):
    raise Enough
gpu.START_SECONDS = 5.0
try:
    len(sys.argv) > 2 and engine.examine(photo, found, ["grad_cam"], found.emotion, enough)
except Enough:
    pass
loans = sys.modules["spaces"].loans if "spaces" in sys.modules else []
print(gpu.LENT, engine.predictor.checkpoint.device, bool(quick), heard, same, *loans)
"""
CHECKS = passes_of([METHODS["grad_cam"]])


def _use(folder: Path, weights: Path, *more: str, **settings: str) -> list[str]:
    (folder / "spaces.py").write_text(STAND_IN)
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"} | settings
    done = subprocess.run(
        [sys.executable, "-c", USE, str(weights), *more],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_light_work_stays_on_the_spaces_own_processors_and_heavy_work_borrows(
    tmp_path: Path, small_weights: tuple[Path, Path]
) -> None:
    lent, device, tells, tells_there, same, *loans = _use(tmp_path, small_weights[0], SPACES_ZERO_GPU="true")
    assert (lent, device, tells, tells_there, same) == ("True", "cpu", "True", "False", "True")
    assert loans == ["_explain_on_copy:1"]


def test_a_visitor_without_quota_is_answered_by_the_spaces_own_processors(
    tmp_path: Path, small_weights: tuple[Path, Path]
) -> None:
    answer = _use(tmp_path, small_weights[0], "and the checks", SPACES_ZERO_GPU="true", REFUSES="1")
    assert answer[:5] == ["True", "cpu", "True", "True", "True"]
    assert answer[5:] == ["_explain_on_copy:1", f"_examine_on_copy:{gpu.seconds_for(CHECKS)}"]


def test_a_space_that_has_the_package_and_no_lent_gpu_borrows_none(
    tmp_path: Path, small_weights: tuple[Path, Path]
) -> None:
    answer = _use(tmp_path, small_weights[0], SPACES_ZERO_GPU="", GLAMOR_DEVICE="cpu")
    assert answer == ["False", "cpu", "True", "True", "True"]


@pytest.mark.parametrize("passes", [0, 1, 60, 300, 1249, 1251, 1e4, 1e6])
def test_a_loan_must_be_quicker_and_is_never_longer_than_a_stranger_may_borrow(passes: float) -> None:
    assert gpu.is_quicker(passes) == (0.006 * passes > 5 + 0.002 * passes)
    # Two minutes a day without an account (huggingface.co/docs/hub/spaces-zerogpu), and some left after it.
    assert 5 <= gpu.seconds_for(passes) <= 60


def test_what_a_page_does_at_once_is_never_worth_a_loan_and_the_checks_are() -> None:
    assert not any(gpu.is_quicker(method.passes()) for method in METHODS.values())
    assert gpu.is_quicker(passes_of([METHODS[key] for key in DEFAULT_METHODS]))
    assert gpu.is_quicker(METHODS["integrated_gradients"].passes("noise", smooth=True))


def test_the_price_of_a_map_grows_with_what_is_asked_of_it() -> None:
    method = METHODS["integrated_gradients"]
    assert method.passes("noise", smooth=True) == 40 * method.passes()
    assert METHODS["occlusion"].passes("noise", smooth=True) == METHODS["occlusion"].passes() * (
        4 if METHODS["occlusion"].uses_baseline else 1
    ) * (10 if METHODS["occlusion"].can_smooth else 1)
