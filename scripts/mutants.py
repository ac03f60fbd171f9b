"""Put small faults into the core modules, one at a time, and see which ones their tests notice: docs/mutants.md.

    python scripts/mutants.py                   # all modules of scripts/mutants.toml
    python scripts/mutants.py glamor/photo.py   # some of them

Each module is worked on in a folder of its own (.cache/mutants), with its own tests alone, by mutmut.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ROOT / ".cache" / "mutants"
REPORT = ROOT / "docs" / "mutants.md"
SETTINGS = tomllib.loads((ROOT / "scripts" / "mutants.toml").read_text(encoding="utf-8"))
NEEDED = ("app.py", "checkpoints", "demo", "glamor", "pyproject.toml", "tests")
PROCESSES = 2
NOTICED = ("killed", "timeout", "segfault")  # a test failed, never ended, or the process died


@dataclass(frozen=True)
class Mutant:
    """One fault: the line as it is, as it was changed, and what the tests said."""

    was: str
    becomes: str
    status: str


def main(asked: Sequence[str]) -> None:
    """Try the modules that were asked for, and write the report of all that have been tried."""
    for module in asked or SETTINGS["tests"]:
        worker = multiprocessing.get_context("fork").Process(target=try_module, args=(module,))
        worker.start()
        worker.join()
        if worker.exitcode:
            sys.exit(f"{module}: mutmut ended with {worker.exitcode}")
    REPORT.write_text(report(), encoding="utf-8")


def try_module(module: str) -> None:
    """Run mutmut on one module and store what became of each mutant."""
    room = _room(module)
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    for name in NEEDED:
        (room / name).symlink_to(ROOT / name)
    os.chdir(room)
    os.environ["OMP_NUM_THREADS"] = "1"
    began = time.monotonic()
    _run_mutmut(module)
    values = {"seconds": time.monotonic() - began, "mutants": [asdict(mutant) for mutant in _mutants(module)]}
    (room / "result.json").write_text(json.dumps(values), encoding="utf-8")


def _run_mutmut(module: str) -> None:
    from mutmut.__main__ import cli
    from mutmut.configuration import config
    from mutmut.mutation import mutators

    operators = mutators.mutation_operators  # of those for strings, most would change the words of a message
    operators[:] = [pair for pair in operators if pair[1] is not mutators.operator_string]
    config().only_mutate = [module]
    config().pytest_add_cli_args_test_selection = SETTINGS["tests"][module]
    cli.main(["run", f"--max-children={PROCESSES}"], standalone_mode=False)


def _mutants(module: str) -> Iterable[Mutant]:
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    data = SourceFileMutationData(path=Path(module))
    data.load()
    for name, code in data.exit_code_by_key.items():
        lines = get_diff_for_mutant(name, path=module).splitlines()[2:]
        was, becomes = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
        yield Mutant(was, becomes, status_by_exit_code[code])


def _room(module: str) -> Path:
    return ROOMS / module.removesuffix(".py").replace("/", ".")


def report() -> str:
    """Return docs/mutants.md, of all modules that have been tried so far."""
    found = {module: path for module in SETTINGS["tests"] if (path := _room(module) / "result.json").exists()}
    results = {module: json.loads(path.read_text(encoding="utf-8")) for module, path in found.items()}
    mutants = {module: [Mutant(**mutant) for mutant in values["mutants"]] for module, values in results.items()}
    rows = [_row(f"`{module}`", [(module, mutant) for mutant in tried]) for module, tried in mutants.items()]
    everything = [(module, mutant) for module, tried in mutants.items() for mutant in tried]
    minutes = round(sum(values["seconds"] for values in results.values()) / 60)
    table = "\n".join((*rows, _row("together", everything)))
    return REPORT_TEXT.format(
        table=table,
        minutes=minutes,
        processes=PROCESSES,
        survivors=_survivors(everything) or "None.",
        reasons="\n".join(_reasons()),
    )


REPORT_TEXT = """# What the tests of the core modules notice

    make mutants                                      # all of it: {minutes} minutes, {processes} processes at a time
    make mutants ARGS=glamor/evaluation/metrics.py    # one module

[mutmut](https://github.com/boxed/mutmut) puts one small fault at a time into a module (`<` for `<=`, `+` for `-`, an
argument left out, another number, the other branch), and the module's own tests must fail. `make mutants` runs it and
writes this page. Which tests belong to which module, and which faults nobody can notice, stands in
`scripts/mutants.toml`.

| module | faults | noticed | not noticed | cannot be noticed | noticed of those that can be |
| --- | ---: | ---: | ---: | ---: | ---: |
{table}

Left out: changes of texts, for most of them are messages, of which tests look for a few words only; what stands in a
`raise`, for the same reason; constants of a module and functions with a decorator, which mutmut does not change.

## Not noticed

{survivors}

## What cannot be noticed, and why

{reasons}
"""


def _row(name: str, tried: Sequence[tuple[str, Mutant]]) -> str:
    noticed = sum(mutant.status in NOTICED for _, mutant in tried)
    excused = sum(mutant.status not in NOTICED and _excused(module, mutant) for module, mutant in tried)
    missed = len(tried) - noticed - excused
    return f"| {name} | {len(tried)} | {noticed} | {missed} | {excused} | {noticed / (noticed + missed):.1%} |"


def _survivors(tried: Sequence[tuple[str, Mutant]]) -> str:
    return "\n".join(
        f"- `{module}`: `{mutant.was}` as `{mutant.becomes}`"
        for module, mutant in tried
        if mutant.status not in NOTICED and not _excused(module, mutant)
    )


def _excused(module: str, mutant: Mutant) -> bool:
    return any(
        mutant.becomes == mutant.was.replace(was, becomes) != mutant.was
        for entry in SETTINGS["unnoticeable"]
        if entry["module"] == module
        for was, becomes in entry["changes"]
    )


def _reasons() -> Iterable[str]:
    for entry in SETTINGS["unnoticeable"]:
        changes = "; ".join(f"`{was}` as `{becomes}`" for was, becomes in entry["changes"])
        yield f"- `{entry['module']}`: {changes}. {entry['why']}"


if __name__ == "__main__":
    main(sys.argv[1:])
