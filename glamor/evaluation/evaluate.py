"""How good a checkpoint is, and what its parts contribute, on a labelled dataset.

python -m glamor evaluate data/scenes --split val --out runs/eval
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glamor.checkpoint import Checkpoint, load_checkpoint, resolve_source
from glamor.config import ModelConfig
from glamor.evaluation import degradation
from glamor.evaluation.degradation import Curves
from glamor.evaluation.metrics import bootstrap_intervals, macro_recall
from glamor.evaluation.scoring import Measure, Report, score
from glamor.model import GLAMORNet, Intervention
from glamor.training.data import Sample, is_scenes, list_samples, prepare_sample

BATCH = 64
FUSED, CONTEXT_BLANKED = "fused", "context blanked"
# A black scene, and only its vector is heard: whatever the answer knows, the face told it by where attention looks.
ATTENTION_ALONE = "attention alone"
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Evaluation:
    """Everything measured on one split.

    Attributes:
        dataset, split: what was evaluated.
        checkpoint, sha256: with which weights.
        reports: one a condition and subset.
        scene_gain: what the scene adds to macro recall, fused minus context blanked, by subset; the interval is of
            the difference on the same photos. Empty for faces alone.
        w_face_mean, w_face_std: of the face's fusion weight.
        w_face_quantiles: at 5, 25, 50, 75 and 95 %.
        attention_entropy: mean entropy of the attention over that of uniform attention, in [0, 1].
    """

    dataset: str
    split: str
    checkpoint: str
    sha256: str
    reports: tuple[Report, ...]
    scene_gain: dict[str, Measure]
    w_face_mean: float
    w_face_std: float
    w_face_quantiles: tuple[float, ...]
    attention_entropy: float

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready plain values; undefined figures are None."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)), parse_constant=lambda _: None)
        return plain


@dataclass(frozen=True)
class Outputs:
    """What the network said about N samples: logits (N, classes), w_face (N,), attention (N, h, w)."""

    logits: NDArray[np.float64]
    w_face: NDArray[np.float64]
    attention: NDArray[np.float64]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``evaluate``."""
    parser.add_argument("dataset", type=Path, help="folder in NCAER-S layout, or an image folder of faces")
    parser.add_argument("--split", default="val", help="sub-folder to evaluate (default: val)")
    parser.add_argument("--checkpoint", help="folder or owner/name[@revision] (default: the embedded weights)")
    parser.add_argument("--against", help="another checkpoint, to be compared with on the same photos")
    parser.add_argument("--out", type=Path, help="folder for the figures, as JSON and PNG")


def run(args: argparse.Namespace) -> None:
    """Run ``evaluate`` with parsed shell arguments and print tables."""
    checkpoint = load_checkpoint(resolve_source(args.checkpoint))
    evaluation = evaluate(checkpoint, args.dataset, args.split)
    print(table(evaluation))
    curves = degradation.curves(checkpoint, args.dataset, args.split) if is_scenes(args.dataset) else None
    if curves is not None:
        print(f"\n{degradation.table(curves)}")
    if args.against is not None:
        from glamor.evaluation import against  # which imports this file

        differences = against.compare(checkpoint, load_checkpoint(args.against), args.dataset, args.split)
        print(f"\nagainst {args.against}\n{against.table(differences)}")
    if args.out is not None:
        _write(args.out, evaluation, curves)


def _write(out: Path, evaluation: Evaluation, curves: Curves | None) -> None:
    from glamor.figures import degradation_figure, evaluation_figure, to_png

    out.mkdir(parents=True, exist_ok=True)
    figures = {"evaluation": evaluation_figure(evaluation.to_dict())}
    values = {"evaluation": evaluation.to_dict()}
    if curves is not None:
        figures["degradation"], values["degradation"] = degradation_figure(curves.to_dict()), curves.to_dict()
    for name, figure in figures.items():
        (out / f"{name}.png").write_bytes(to_png(figure))
        (out / f"{name}.json").write_text(json.dumps(values[name], indent=1) + "\n")


def evaluate(checkpoint: Checkpoint, dataset: Path, split: str) -> Evaluation:
    """Measure a checkpoint on one split of a dataset.

    A dataset of faces alone is answered with a black scene; conditions that change the scene
    or the fusion apply to scenes only.

    Args:
        checkpoint: the network.
        dataset: folder in either layout of :mod:`glamor.training.data`.
        split: its sub-folder.

    Returns:
        Accuracy, recall, precision and calibration, each with an interval, plain and under
        each condition; and how fusion and attention are spread.

    Raises:
        DataError: if the dataset cannot be used.
    """
    samples = list_samples(dataset, split, checkpoint.config.class_names)
    conditions = _conditions(checkpoint.model) if is_scenes(dataset) else {"face only": Intervention()}
    outputs = collect(checkpoint.model, samples, tuple(conditions.values()))
    answers = dict(zip(conditions, outputs, strict=True))
    subsets = subsets_of(samples)
    reports = [
        _report(name, subset, given, samples, checkpoint.config)
        for name, given in answers.items()
        for subset in subsets
    ]
    from scipy.special import entr  # takes a third of a second to import, and the page shows measured values only

    plain = outputs[0]
    uniform = np.log(plain.attention[0].size)
    return Evaluation(
        dataset=dataset.name,
        split=split,
        checkpoint=checkpoint.source,
        sha256=checkpoint.sha256,
        reports=tuple(reports),
        scene_gain={s: _scene_gain(answers, s, samples) for s in subsets if CONTEXT_BLANKED in answers},
        w_face_mean=float(plain.w_face.mean()),
        w_face_std=float(plain.w_face.std()),
        w_face_quantiles=tuple(float(q) for q in np.quantile(plain.w_face, QUANTILES)),
        attention_entropy=float(entr(plain.attention).sum() / len(samples) / uniform),
    )


def collect(
    model: GLAMORNet, samples: Sequence[Sample], interventions: Sequence[Intervention] = (Intervention(),)
) -> tuple[Outputs, ...]:
    """Run a network over samples, once under each intervention.

    Args:
        model: in eval mode.
        samples: scenes or faces.
        interventions: what to force; an image that stands in is used for every sample.

    Returns:
        One :class:`Outputs` an intervention, rows in the order of ``samples``.
    """
    device = next(model.parameters()).device
    parts: list[list[tuple[Tensor, Tensor, Tensor]]] = [[] for _ in interventions]
    for start in range(0, len(samples), BATCH):
        inputs = [prepare_sample(sample, model.config) for sample in samples[start : start + BATCH]]
        face, context = (torch.stack(column).to(device) for column in zip(*inputs, strict=True))
        with torch.inference_mode():
            for rows, forced in zip(parts, interventions, strict=True):
                trace = model(face, context, forced)
                rows.append((trace.logits.cpu(), trace.fusion_weights[:, 0].cpu(), trace.attention.cpu()))
    return tuple(Outputs(*(torch.cat(column).double().numpy() for column in zip(*rows, strict=True))) for rows in parts)


def table(evaluation: Evaluation) -> str:
    """Return the evaluation as a readable table."""
    lines = [
        f"{evaluation.dataset}/{evaluation.split}   weights {evaluation.sha256[:12]}   [95% bootstrap interval]",
        f"{'condition':<18}{'subset':<10}{'n':>6}  "
        f"{'macro recall':<21}{'accuracy':<21}{'calibration error':<21}{'by luck'}",
    ]
    lines += [
        f"{r.condition:<18}{r.subset:<10}{r.count:>6}  "
        f"{_shown(r.macro_recall):<21}{_shown(r.accuracy):<21}{_shown(r.calibration_error):<21}"
        f"{_shown(r.calibration_luck)}"
        for r in evaluation.reports
    ]
    lines.append("")
    lines.append(f"{'class':<12}{'n':>6}  {'recall':<22}{'precision':<22}")
    lines += [
        f"{c.name:<12}{c.count:>6}  {_shown(c.recall):<22}{_shown(c.precision):<22}"
        for c in evaluation.reports[0].classes
    ]
    lines.append("")
    lines += [f"the scene adds to macro recall, {s}: {_shown(gain)}" for s, gain in evaluation.scene_gain.items()]
    low, *_, high = evaluation.w_face_quantiles
    lines.append(
        f"w_face {evaluation.w_face_mean:.3f} +- {evaluation.w_face_std:.3f} (5% to 95%: {low:.3f} to {high:.3f}); "
        f"attention entropy {evaluation.attention_entropy:.3f} of uniform"
    )
    return "\n".join(lines)


def _conditions(model: GLAMORNet) -> dict[str, Intervention]:
    config = model.config
    black = torch.zeros(3, config.context_size, config.context_size)
    with torch.inference_mode():
        height, width = model.encode_context(black[None].to(model.mean)).shape[2:]
    return {
        FUSED: Intervention(),
        CONTEXT_BLANKED: Intervention(context=black),
        "face blanked": Intervention(face=torch.zeros(3, config.face_size, config.face_size)),
        "uniform attention": Intervention(attention=torch.full((height, width), 1 / (height * width))),
        "fusion one half": Intervention(fusion=torch.tensor([0.5, 0.5])),
        ATTENTION_ALONE: Intervention(context=black, fusion=torch.tensor([0.0, 1.0])),
    }


def subsets_of(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Return what is reported apart: "all", and each source if there are several."""
    sources = sorted({sample.source for sample in samples} - {""})
    return ("all", *sources) if len(sources) > 1 else ("all",)


def _report(condition: str, subset: str, outputs: Outputs, samples: Sequence[Sample], config: ModelConfig) -> Report:
    rows, labels = rows_of(samples, subset)
    return score(condition, subset, labels, _softmax(outputs.logits[rows] / config.temperature), config.class_names)


def _scene_gain(answers: dict[str, Outputs], subset: str, samples: Sequence[Sample]) -> Measure:
    rows, labels = rows_of(samples, subset)
    with_scene, without = (answers[name].logits[rows].argmax(axis=1) for name in (FUSED, CONTEXT_BLANKED))
    return recall_gain(labels, with_scene, without, answers[FUSED].logits.shape[1])


def recall_gain(
    labels: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64], classes: int
) -> Measure:
    """Return by how much the first answers' macro recall exceeds the second's; the interval is over the same photos.

    Args:
        labels: (N,) class indices.
        first: (N,) answers.
        second: (N,) other answers to the same photos.
        classes: how many there are.
    """

    def gain(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        true = labels[chosen]
        return np.array([macro_recall(true, first[chosen], classes) - macro_recall(true, second[chosen], classes)])

    (low,), (high,) = bootstrap_intervals(len(labels), gain)
    return Measure(float(gain(np.arange(len(labels)))[0]), float(low), float(high))


def rows_of(samples: Sequence[Sample], subset: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of a subset's samples and their labels."""
    rows = np.array([i for i, sample in enumerate(samples) if subset in ("all", sample.source)], dtype=np.int64)
    return rows, np.array([samples[i].label for i in rows], dtype=np.int64)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return torch.from_numpy(logits).softmax(dim=1).numpy()


def _shown(measure: Measure) -> str:
    return f"{measure.value:.3f} [{measure.low:.3f}, {measure.high:.3f}]"
