"""A checkpoint as a folder that can be put on the Hugging Face Hub as it is.

python -m glamor export --out my-model && hf upload owner/name my-model
"""

from __future__ import annotations

import argparse
import hashlib
import re
from pathlib import Path
from typing import Any

from glamor.checkpoint import CONFIG_FILE, WEIGHTS_FILE, Checkpoint, load_checkpoint, resolve_source
from glamor.errors import CheckpointError
from glamor.evaluation.card import AUDIT_FILE, CARD_FILE, METRICS_FILE, Card, Scores, read_card
from glamor.familiar import FAMILIAR_FILE, read_memories

LIBRARY, TASK = "glamor", "image-classification"
TAGS = ["facial-expression-recognition", "emotion-recognition", "explainability", "glamor-net"]
# The Hub's identifiers for licences that it knows; any other is "other" and named.
_KNOWN_LICENSES = {"mit", "apache-2.0", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0"}
_MEANING = """# {name}

A [GLAMOR-Net](https://arxiv.org/abs/2111.04129) that gives every face in a photo one of the labels {labels}, from the
face and from the scene around it.

**What an answer means.** The label under which annotators would most likely file the picture, as far as the network can
tell. It is not what the person feels.

- Trained on: {trained_on}
- Licence: {license}
- Weights: `model.safetensors`, sha256 `{sha256}`
- Architecture, preprocessing and labels: `config.json`

## Results

{results}

## Do not use it

To judge, hire, teach, grade, monitor or diagnose people. Inferring emotions at the workplace and in education is
banned in the EU (AI Act, Art. 5(1)(f)). Elsewhere, people exposed to it must be told (Art. 50(3)).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the shell arguments of ``export``."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--checkpoint",
        metavar="SOURCE",
        help="folder or owner/name[@revision] (default: GLAMOR_CHECKPOINT, or else the embedded weights)",
    )


def run(args: argparse.Namespace) -> None:
    """Run ``export`` with parsed shell arguments and say how to go on."""
    export_checkpoint(load_checkpoint(resolve_source(args.checkpoint), device="cpu"), args.out)
    print(f"{args.out} is ready: hf upload OWNER/NAME {args.out}")


def export_checkpoint(checkpoint: Checkpoint, folder: Path) -> None:
    """Write weights, configuration, model card, scores, audit, neighbours and the card's pictures.

    A card that is there stays as it is, but for the licence and the library that the Hub wants to know; if there is
    none, one is written from the configuration and the scores.

    Args:
        checkpoint: loaded from a folder or from the Hub.
        folder: created if it is not there; its other files stay.

    Raises:
        CheckpointError: if the folder cannot be written, or the weights on disk are no longer those that were loaded.
    """
    card = read_card(checkpoint)
    files = {WEIGHTS_FILE: _original(checkpoint, WEIGHTS_FILE), CONFIG_FILE: _original(checkpoint, CONFIG_FILE)}
    if hashlib.sha256(files[WEIGHTS_FILE]).hexdigest() != checkpoint.sha256:
        raise CheckpointError(f"The weights of {checkpoint.source} changed while they were exported; try again.")
    files |= {CARD_FILE: _card(checkpoint, card, folder.resolve().name).encode(), **card.pictures}
    if card.scores:
        files[METRICS_FILE] = _original(checkpoint, METRICS_FILE)
    if card.audited:
        files[AUDIT_FILE] = _original(checkpoint, AUDIT_FILE)
    if read_memories(checkpoint):
        files[FAMILIAR_FILE] = _original(checkpoint, FAMILIAR_FILE)
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be written ({error.strerror}); choose another folder.") from error


def _original(checkpoint: Checkpoint, name: str) -> bytes:
    if checkpoint.folder is None:
        raise CheckpointError(f"The checkpoint {checkpoint.source} has no files; save it with save_checkpoint first.")
    try:
        return (checkpoint.folder / name).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{name} of {checkpoint.source} cannot be read ({error.strerror}).") from error


def _card(checkpoint: Checkpoint, card: Card, name: str) -> str:
    import yaml
    from huggingface_hub import ModelCard  # half a second to import

    if not card.body.strip():
        return f"---\n{_metadata(checkpoint, card, name).to_yaml()}\n---\n\n{_written(checkpoint, card, name)}"
    try:
        read = ModelCard(card.text)
    except (ValueError, yaml.YAMLError) as error:
        raise CheckpointError(
            f"The front matter of {CARD_FILE} is not YAML; correct it in {checkpoint.source}."
        ) from error
    if read.data.get("license") and read.data.get("library_name"):
        return card.text
    ours = _metadata(checkpoint, card, name)
    for key in ("license", "license_name", "library_name", "pipeline_tag", "tags", "language"):
        if read.data.get(key) is None:
            read.data[key] = ours.get(key)
    return f"---\n{read.data.to_yaml()}\n---\n{card.body}"


def _metadata(checkpoint: Checkpoint, card: Card, name: str) -> Any:
    """Return the front matter (huggingface.co/docs/hub/model-cards, "Model card metadata")."""
    from huggingface_hub import EvalResult, ModelCardData

    results = [
        EvalResult(
            task_type=TASK,
            dataset_type=re.sub(r"[^a-z0-9]+", "-", scores.dataset.lower()),
            dataset_name=scores.dataset,
            metric_type=kind,
            metric_value=round(value, 4),
        )
        for scores in card.scores
        for kind, value in _headline(scores)
    ]
    given = checkpoint.config.license
    known = given.lower() in _KNOWN_LICENSES
    return ModelCardData(
        model_name=name if results else None,
        eval_results=results or None,
        language="en",
        library_name=LIBRARY,
        pipeline_tag=TASK,
        tags=list(TAGS),
        license=given.lower() if known else "other",
        license_name=None if known else re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-") or "unknown",
    )


def _headline(scores: Scores) -> tuple[tuple[str, float], ...]:
    report = scores.reports[0]
    measured = (("recall", report.macro_recall.value), ("accuracy", report.accuracy.value))
    return tuple((kind, value) for kind, value in measured if value == value)  # nan differs from itself


def _written(checkpoint: Checkpoint, card: Card, name: str) -> str:
    config = checkpoint.config
    return _MEANING.format(
        name=name,
        labels=", ".join(config.class_names),
        trained_on=config.trained_on or "nothing that its configuration tells",
        license=config.license or "unknown",
        sha256=checkpoint.sha256,
        results="\n".join(_results(card.scores)) or "None were measured.",
    )


def _results(scores: tuple[Scores, ...]) -> list[str]:
    rows = [
        f"| {evaluation.dataset}, {report.subset} | {report.condition} | {report.count} "
        f"| {report.macro_recall.value:.3f} | {report.accuracy.value:.3f} |"
        for evaluation in scores
        for report in evaluation.reports
    ]
    head = ["| set | condition | n | macro recall | accuracy |", "| --- | --- | --- | --- | --- |"]
    return head + rows if rows else []
