"""Write checkpoints/glamor-net/README.md from the figures that training and evaluation left on disk.

$ python scripts/model_card.py

Every number that was measured is read from config.json, metrics.json, degradation.json, trials.json, audit.json and
neighbours.json beside the weights and from benchmarks/ready_made/results.json; tests/test_weights.py checks that the
card is current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from glamor.evaluation.verdicts import WORDS, judge

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "checkpoints" / "glamor-net"
READY_MADE = ROOT / "benchmarks" / "ready_made" / "results.json"
TEMPLATE = Path(__file__).with_name("model_card.md")
TRIAL_COLUMNS = ("scenes", "film", "film, context blanked", "scenes, face blanked", "attention alone", "faces")
OF_ATTENDED_CELLS = "no teachers; the scene's auxiliary head learns from attended cells"  # a row of trials.json
AUDIT_COLUMNS = {  # heading -> key of audit.json's maps
    "deletion gain": "deletion_gain",
    "insertion gain": "insertion_gain",
    "better than chance": "better",
    "agreement with attention": "agreement",
    "infidelity": "infidelity",
    "similarity after randomisation": "similarity",
}
STEPS, SHOWN_STEPS = 5, (2, 4)  # of each kind of degradation; the figure shows all
COMPARED = ("faces, all sources", "scenes, all sources", "scenes, film")

Json = dict[str, Any]


def main() -> None:
    """Write the card."""
    (FOLDER / "README.md").write_text(card())


def card() -> str:
    """Return the card's text."""
    names = ("metrics", "config", "trials", "audit", "degradation", "neighbours")
    metrics, config, trials, audited, degraded, neighbours = (
        json.loads((FOLDER / f"{name}.json").read_text()) for name in names
    )
    scenes, faces = metrics["scenes"], metrics["faces"]
    fused, alone = find(scenes, "fused", "all"), find(faces, "face only", "all")
    return TEMPLATE.read_text().format(
        sha256=config["weights_sha256"],
        temperature=f"{config['model']['temperature']:.3f}",
        level=f"{config['model']['prediction_sets']['level']:.0%}",
        sets="\n".join(sets(config["model"]["prediction_sets"])),
        seed=metrics["seed"],
        hours=f"{metrics['seconds'] / 3600:.1f}",
        cpu_hours=f"{metrics['seconds'] / 1800:.1f}",
        scene_recall=_exact(fused["macro_recall"]),
        scene_accuracy=_exact(fused["accuracy"]),
        face_recall=_exact(alone["macro_recall"]),
        face_accuracy=_exact(alone["accuracy"]),
        results="\n".join((*results(scenes), *results(metrics["everyday"], ("all",))[2:], *results(faces)[2:])),
        classes="\n".join(_classes(fused, alone)),
        fusion=fusion(scenes),
        attention_alone=_shown(find(scenes, "attention alone", "all")["macro_recall"]),
        leak=_shown(next(t for t in trials if t["name"] == OF_ATTENDED_CELLS)["attention alone"]),
        turning=" ".join(map(turning, degraded)),
        degradation="\n".join(degradation(degraded)),
        trials="\n".join(_trials(trials)),
        compared="\n".join(_compared(fused, find(scenes, "fused", "film"), alone)),
        gain=signed(scenes["scene_gain"]["all"]),
        film_gain=signed(scenes["scene_gain"]["film"]),
        unlike_sources="\n".join(unlike(neighbours["found"], "source", strange=False)),
        unlike_kinds="\n".join(unlike(neighbours["found"], "pictures", strange=True)),
        audit="\n".join(audit(audited)),
        audit_limit=audited["count"],
        audit_dataset=audited["dataset"],
        audit_advice=audited["advice"],
        audit_reliance=reliance(audited["reliance"]),
    )


def find(evaluation: Json, condition: str, subset: str) -> Json:
    """Return the report of one condition and subset."""
    return next(r for r in evaluation["reports"] if (r["condition"], r["subset"]) == (condition, subset))


def _exact(measure: Json) -> str:
    return f"{measure['value']:.4f}"


def _shown(measure: Json) -> str:
    if measure["value"] is None:
        return "-"
    return f"{measure['value']:.3f} [{measure['low']:.3f}, {measure['high']:.3f}]"


def signed(measure: Json) -> str:
    """Return a difference with its sign and interval."""
    return f"{measure['value']:+.3f} [{measure['low']:+.3f}, {measure['high']:+.3f}]"


def results(evaluation: Json, subsets: tuple[str, ...] = ()) -> list[str]:
    """Return the table of an evaluation; of some of its subsets, if told."""
    lines = ["| set | condition | n | macro recall | accuracy | calibration error | by luck alone |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for r in evaluation["reports"]:
        if subsets and r["subset"] not in subsets:
            continue
        measures = ("macro_recall", "accuracy", "calibration_error", "calibration_luck")
        figures = " | ".join(_shown(r[name]) for name in measures)
        lines.append(f"| {evaluation['dataset']}, {r['subset']} | {r['condition']} | {r['count']} | {figures} |")
    return lines


def _classes(scenes: Json, faces: Json) -> list[str]:
    lines = ["| class | recall on scenes | precision on scenes | recall on faces | precision on faces |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for scene, face in zip(scenes["classes"], faces["classes"], strict=True):
        figures = " | ".join(_shown(row[name]) for row in (scene, face) for name in ("recall", "precision"))
        lines.append(f"| {scene['name']} | {figures} |")
    return lines


def sets(rule: Json) -> list[str]:
    """Return the table of how often the prediction sets held, by source."""
    lines = ["| source | n | the right label is in the set | labels in a set |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row['source']} | {row['count']} | {row['share']:.3f} | {row['labels']:.2f} |" for row in rule["coverage"]
    ]
    return lines


def unlike(found: list[Json], what: str, *, strange: bool) -> list[str]:
    """Return the table of what lies beyond the limit: of validation sources, or of pictures that are no such faces."""
    lines = [f"| {what} | n | {'as faces' if strange else 'faces'} | {'as scenes' if strange else 'scenes'} |"]
    lines.append("| --- | --- | --- | --- |")
    for row in found:
        if row["strange"] is strange:
            scene = "-" if row["scene"] is None else f"{row['scene']:.0%}"
            lines.append(f"| {row['name']} | {row['count']} | {row['face']:.0%} | {scene} |")
    return lines


def fusion(scenes: Json) -> str:
    """Say how the fusion weighs, and how spread the attention is."""
    low, *_, high = scenes["w_face_quantiles"]
    return (
        f"The face's fusion weight is {scenes['w_face_mean']:.3f} on average over the validation scenes, with a "
        f"standard deviation of {scenes['w_face_std']:.3f} (5% to 95%: {low:.3f} to {high:.3f}). The entropy of the "
        f"attention is {scenes['attention_entropy']:.3f} of that of uniform attention."
    )


def turning(curves: Json) -> str:
    """Say how the fusion turns to the scene as faces get small."""
    clear, small, dataset = curves["rows"][0], _step(curves, "size", 12), curves["dataset"]
    return (
        f"on {dataset} the face's mean weight goes from {clear['w_face']:.3f} to {small['w_face']:.3f} where 12 "
        f"pixels are left of its side, and the scene adds {signed(small['gain'])} there."
    )


def degradation(measured: list[Json]) -> list[str]:
    """Return the table of degraded faces, two strengths of each kind."""
    lines = ["| set | face | with its scene | black scene | wrong scene | the scene adds | w_face |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for curves in measured:
        clear, *degraded = curves["rows"]
        for row in (clear, *(row for i, row in enumerate(degraded) if i % STEPS in SHOWN_STEPS)):
            face = f"{row['kind']} {row['strength']:g}" if row["strength"] else row["kind"]
            figures = " | ".join(_shown(row[key]) for key in ("fused", "blanked", "other"))
            name = f"{curves['dataset']} ({curves['count']})"
            lines.append(f"| {name} | {face} | {figures} | {signed(row['gain'])} | {row['w_face']:.3f} |")
    return lines


def _step(curves: Json, kind: str, strength: float) -> Json:
    return next(row for row in curves["rows"] if (row["kind"], row["strength"]) == (kind, strength))


def _trials(trials: list[Json]) -> list[str]:
    lines = [f"| run | {' | '.join(TRIAL_COLUMNS)} | w_face, standard deviation | attention entropy |"]
    lines.append("| --- " * (len(TRIAL_COLUMNS) + 3) + "|")
    for trial in trials:
        figures = " | ".join(_shown(trial[name]) if name in trial else "not measured" for name in TRIAL_COLUMNS)
        spread = f"{trial['w_face_std']:.3f} | {trial['attention_entropy']:.3f} of uniform"
        lines.append(f"| {trial['name']} | {figures} | {spread} |")
    return lines


def audit(found: Json) -> list[str]:
    """Return the table of what an audit found of each map."""
    heads = ("map", "verdict", "photos", *AUDIT_COLUMNS)
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    verdicts = judge(found["maps"]).methods
    for row in found["maps"]:
        judged = verdicts.get(row["key"])
        verdict = WORDS[judged.outcome] if judged else "-"
        figures = " | ".join(_shown(row[key]) for key in AUDIT_COLUMNS.values())
        lines.append(f"| {row['name']} | {verdict} | {row['count']} | {figures} |")
    return lines


def reliance(found: Json) -> str:
    """Say what face and scene are said to weigh, and what they do weigh."""
    return (
        f"Stated and measured reliance: the face's fusion weight is {_shown(found['fusion_face'])} on average, its "
        f"share of the absolute Integrated Gradients {_shown(found['attribution_face'])}; blanking the face costs the "
        f"answer {_shown(found['lost_face'])} of its probability, blanking the scene {_shown(found['lost_scene'])}. In "
        f"{_shown(found['agrees'])} of the photos, the input with the larger weight is the one whose loss costs more."
    )


def _compared(scenes: Json, film: Json, faces: Json) -> list[str]:
    lines = [f"| classifier | {' | '.join(COMPARED)} |", "| --- | --- | --- | --- |"]
    ours = " | ".join(_shown(report["macro_recall"]) for report in (faces, scenes, film))
    lines.append(f"| **these weights** | {ours} |")
    for name, subsets in json.loads(READY_MADE.read_text()).items():
        recalls = (subsets[subset]["macro_recall"] for subset in COMPARED)
        figures = " | ".join(
            _shown({"value": r["value"], "low": r["interval"][0], "high": r["interval"][1]}) for r in recalls
        )
        lines.append(f"| {name} | {figures} |")
    return lines


if __name__ == "__main__":
    main()
