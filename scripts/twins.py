"""Compare GLAMOR-Net with its twin without the face's guidance, and write the cards of both.

$ python -m scripts.twins runs/lite data/scenes data/everyday   # measures all seeds into twins.json, then
$ python -m scripts.twins                                       # writes the cards from what was measured
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from glamor.checkpoint import EMBEDDED, load_checkpoint
from glamor.evaluation.against import compare
from glamor.training.stages.run import TWINS
from scripts import model_card

ROOT = EMBEDDED.parent
MEASURED = ROOT / "glamor-net-lite" / "twins.json"
TEMPLATE = Path(__file__).with_name("twin_card.md")
NAMES = {
    "glamor-net-lite": "GLAMOR-Net with EfficientNet-Lite0 for the scene",
    "caer-net-s": "CAER-Net-S's attention with EfficientNet-Lite0 for the scene",
}
ATTENTIONS = {
    "glamor-net-lite": "The face and each cell of the scene say together where to look, as in GLAMOR-Net.",
    "caer-net-s": (
        "The scene alone says where to look, as in CAER-Net-S (Lee et al. 2019): but for the black hole it looks at "
        "the same places whoever of a photo is asked about."
    ),
}
NOT_AUDITED = """\
No audit says which explanations of these weights to believe: with this scene encoder one takes several times as long as
that of `glamor-net`. The page says so on each map and shows Grad-CAM first. An audit is written by
`python -m glamor audit data/everyday --checkpoint checkpoints/NAME --out runs/audit`."""
AUDITED = """\
Over {count} pictures of the set `{dataset}`, fewer than for `glamor-net` (whose card explains the columns), for here
the scene's encoder takes several times as long. {advice}

{table}

![What the audit found of every map](audit.png)

{reliance} Repeat with {repeat}."""

Json = dict[str, Any]


def main() -> None:
    """Measure, if asked to, and write both cards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="?", help="where scripts.train_lite left the seeds of both")
    parser.add_argument("scenes", type=Path, nargs="*", help="in NCAER-S layout")
    given = parser.parse_args()
    if given.runs is not None:
        MEASURED.write_text(json.dumps(measure(given.runs, given.scenes), indent=1) + "\n")
    for name in TWINS:
        (ROOT / name / "README.md").write_text(card(name))


def measure(runs: Path, scenes: list[Path]) -> list[Json]:
    """Return the macro recall of both twins for each seed, set and source of its validation split."""
    ours, theirs = TWINS
    found = []
    for folder in sorted((runs / ours).glob("seed-*")):
        twins = (load_checkpoint(folder, device="cpu"), load_checkpoint(runs / theirs / folder.name, device="cpu"))
        for dataset in scenes:
            for row in compare(*twins, dataset, "val"):
                found.append({"seed": folder.name, "set": f"{dataset.name}, {row.subset}", **asdict(row)})
    return found


def card(name: str) -> str:
    """Return the model card of one of the twins."""
    folder = ROOT / name
    read = {
        part: json.loads((folder / f"{part}.json").read_text())
        for part in ("config", "metrics", "degradation", "neighbours")
    }
    metrics, config, measured = read["metrics"], read["config"], json.loads(MEASURED.read_text())
    results = (
        model_card.results(metrics[part], subsets)[start:]
        for part, subsets, start in (("scenes", (), 0), ("everyday", ("all",), 2), ("faces", (), 2))
    )
    return TEMPLATE.read_text().format(
        title=NAMES[name],
        attention=ATTENTIONS[name],
        sha256=config["weights_sha256"],
        temperature=f"{config['model']['temperature']:.3f}",
        results="\n".join(line for part in results for line in part),
        fusion=model_card.fusion(metrics["scenes"]),
        gain=model_card.signed(metrics["scenes"]["scene_gain"]["all"]),
        everyday_gain=model_card.signed(metrics["everyday"]["scene_gain"]["all"]),
        turning=" ".join(map(model_card.turning, read["degradation"])),
        degradation="\n".join(model_card.degradation(read["degradation"])),
        sets="\n".join(model_card.sets(config["model"]["prediction_sets"])),
        unlike_sources="\n".join(model_card.unlike(read["neighbours"]["found"], "source", strange=False)),
        unlike_kinds="\n".join(model_card.unlike(read["neighbours"]["found"], "pictures", strange=True)),
        twins="\n".join(_twins(measured)),
        verdict=verdict(measured),
        audit=audit(name),
    )


def audit(name: str) -> str:
    """Return what an audit found of the maps of one of the twins, or that there was none."""
    file = ROOT / name / "audit.json"
    if not file.exists():
        return NOT_AUDITED
    found = json.loads(file.read_text())
    table = "\n".join(model_card.audit(found))
    repeat = f"`python -m glamor audit data/{found['dataset']} --checkpoint checkpoints/{name} --limit {found['count']}"
    return AUDITED.format(
        count=found["count"],
        dataset=found["dataset"],
        advice=found["advice"],
        table=table,
        reliance=model_card.reliance(found["reliance"]),
        repeat=f"{repeat} --out runs/audit`",
    )


def verdict(measured: list[Json]) -> str:
    """Say in one sentence what the face's guidance of the attention gains."""
    told = [row for row in measured if row["set"] in ("scenes, all", "everyday, all")]
    clear = [row["gain"]["low"] > 0 or row["gain"]["high"] < 0 for row in told]
    gains = " and ".join(
        f"{mean(row['gain']['value'] for row in told if row['set'] == name):+.3f} on {name.split(',')[0]}"
        for name in dict.fromkeys(row["set"] for row in told)
    )
    if not any(clear):
        known = "in none of these comparisons does the interval leave 0 out"
    elif all(clear):
        known = "in all of these comparisons the interval leaves 0 out"
    else:
        known = "in some of these comparisons the interval leaves 0 out, in others it does not"
    seeds = len({row["seed"] for row in told})
    return f"Guidance by the face changes macro recall by {gains} pictures on average over {seeds} seeds; {known}."


def _twins(measured: list[Json]) -> list[str]:
    lines = ["| set | n | guided by the face | scene alone | difference, each seed with its 95% interval |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for name in dict.fromkeys(row["set"] for row in measured):
        rows = [row for row in measured if row["set"] == name]
        both = " | ".join(_spread([row[key] for row in rows]) for key in ("first", "second"))
        gains = "; ".join(model_card.signed(row["gain"]) for row in rows)
        lines.append(f"| {name} | {rows[0]['count']} | {both} | {gains} |")
    return lines


def _spread(values: list[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


if __name__ == "__main__":
    main()
