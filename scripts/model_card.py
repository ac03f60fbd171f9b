"""Write checkpoints/glamor-net/README.md from the figures that training and benchmarks left on disk.

$ python scripts/model_card.py

Every number on the card is read from metrics.json, ablation.json or benchmarks/ready_made/results.json;
tests/test_weights.py checks that the card is up to date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "checkpoints" / "glamor-net"
TEMPLATE = Path(__file__).with_name("model_card.md")
READY_MADE = ROOT / "benchmarks" / "ready_made" / "results.json"


def main() -> None:
    """Write the card."""
    (FOLDER / "README.md").write_text(card())


def card() -> str:
    """Return the card's text."""
    metrics = json.loads((FOLDER / "metrics.json").read_text())
    config = json.loads((FOLDER / "config.json").read_text())
    ablation = json.loads((FOLDER / "ablation.json").read_text())
    scenes, faces = metrics["scenes"], metrics["faces"]
    return TEMPLATE.read_text().format(
        sha256=config["weights_sha256"],
        temperature=f"{config['model']['temperature']:.3f}",
        margin=f"{config['model']['uncertain_margin']:.3f}",
        seed=metrics["seed"],
        hours=f"{2 * metrics['seconds'] / 3600:.1f}",
        scene_recall=_exact(_find(scenes, "fused", "all")["macro_recall"]),
        scene_accuracy=_exact(_find(scenes, "fused", "all")["accuracy"]),
        face_recall=_exact(_find(faces, "face only", "all")["macro_recall"]),
        face_accuracy=_exact(_find(faces, "face only", "all")["accuracy"]),
        results=_results(scenes) + "\n" + "\n".join(_results(faces).splitlines()[2:]),
        classes=_classes(_find(scenes, "fused", "all"), _find(faces, "face only", "all")),
        fusion=_fusion(scenes),
        verdict=_verdict(scenes),
        ablation=_ablation(scenes, ablation),
        ready_made=_ready_made(scenes, faces, json.loads(READY_MADE.read_text())),
    )


def _find(evaluation: dict[str, Any], condition: str, subset: str) -> dict[str, Any]:
    rows = (r for r in evaluation["reports"] if (r["condition"], r["subset"]) == (condition, subset))
    return next(rows)


def _exact(measure: dict[str, float]) -> str:
    return f"{measure['value']:.4f}"


def _shown(measure: dict[str, float] | None) -> str:
    if measure is None or measure["value"] is None:
        return "-"
    return f"{measure['value']:.3f} [{measure['low']:.3f}, {measure['high']:.3f}]"


def _results(evaluation: dict[str, Any]) -> str:
    lines = ["| set | condition | n | macro recall | accuracy | calibration error |", "| --- | --- | --- | --- | --- | --- |"]
    for r in evaluation["reports"]:
        figures = " | ".join(_shown(r[name]) for name in ("macro_recall", "accuracy", "calibration_error"))
        lines.append(f"| {evaluation['dataset']}, {r['subset']} | {r['condition']} | {r['count']} | {figures} |")
    return "\n".join(lines)


def _classes(scenes: dict[str, Any], faces: dict[str, Any]) -> str:
    lines = ["| class | recall on scenes | precision on scenes | recall on faces | precision on faces |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for scene, face in zip(scenes["classes"], faces["classes"], strict=True):
        figures = " | ".join(_shown(one[name]) for one in (scene, face) for name in ("recall", "precision"))
        lines.append(f"| {scene['name']} | {figures} |")
    return "\n".join(lines)


def _fusion(scenes: dict[str, Any]) -> str:
    low, *_, high = scenes["w_face_quantiles"]
    return (
        f"The face's fusion weight is {scenes['w_face_mean']:.3f} on average with a standard deviation of "
        f"{scenes['w_face_std']:.3f} (5 % to 95 %: {low:.3f} to {high:.3f}). The attention's entropy is "
        f"{scenes['attention_entropy']:.3f} of that of uniform attention."
    )


def _verdict(scenes: dict[str, Any]) -> str:
    gains = {
        subset: _find(scenes, "fused", subset)["macro_recall"]["value"]
        - _find(scenes, "context blanked", subset)["macro_recall"]["value"]
        for subset in ("all", "film")
    }
    return "; ".join(f"{subset} scenes: {gain:+.3f}" for subset, gain in gains.items())


def _ablation(scenes: dict[str, Any], twins: dict[str, dict[str, Any]]) -> str:
    lines = ["| network | all scenes | film frames |", "| --- | --- | --- |"]
    for name, evaluation in {"the shipped network": scenes, **twins}.items():
        figures = " | ".join(_shown(_find(evaluation, "fused", subset)["macro_recall"]) for subset in ("all", "film"))
        lines.append(f"| {name} | {figures} |")
    return "\n".join(lines)


def _ready_made(scenes: dict[str, Any], faces: dict[str, Any], others: dict[str, Any]) -> str:
    raise NotImplementedError


if __name__ == "__main__":
    main()
