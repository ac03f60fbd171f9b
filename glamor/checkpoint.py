"""Weights and configuration, from a folder or the Hub: strict on the way in, whole on the way out, never a pickle."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from glamor.config import ModelConfig
from glamor.device import choose_device
from glamor.errors import CheckpointError, ConfigError, quoted
from glamor.hub import fetch, fetch_if_there
from glamor.model import GLAMORNet

_REPOSITORY = Path(__file__).resolve().parent.parent
EMBEDDED = _REPOSITORY / "checkpoints" / "glamor-net"
CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"

_FORMAT = 1
_FULL, _HALF = "F32", "F16"  # as safetensors calls them; the network itself is float32, whatever its file
_FIELDS = {"format", "weights_sha256", "model"}
_LARGEST_TEXT = 2**20  # bytes; a configuration or a header is a few thousand
_COUNTER = "num_batches_tracked"  # BatchNorm's step counter: unused, because momentum is fixed
_HUB_SOURCE = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[\w.-]+)(@(?P<revision>\S+))?", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A network that is ready to be used, and where it came from.

    Attributes:
        model: in eval mode, on ``device``, weights in channels_last memory format.
        config: its architecture and preprocessing.
        source: the folder (relative to the repository if it lies in it) or ``owner/name``.
        revision: full Hub commit, None for a folder.
        sha256: of the weights file, hexadecimal.
        device: where the model is.
        folder: where its files are, for a Hub repository in the local cache; None if it never had any.
    """

    model: GLAMORNet
    config: ModelConfig
    source: str
    revision: str | None
    sha256: str
    device: torch.device
    folder: Path | None = None


@dataclass(frozen=True)
class _Place:
    folder: Path
    source: str
    revision: str | None = None

    @property
    def remedy(self) -> str:
        if self.revision is None:
            return "put a whole checkpoint there, as save_checkpoint writes it"
        return f"remove a damaged copy with `hf cache rm model/{self.source}` and start again"


def resolve_source(argument: str | None) -> str:
    """Return the source to load: the argument, else GLAMOR_CHECKPOINT, else the embedded weights."""
    return argument or os.environ.get("GLAMOR_CHECKPOINT") or str(EMBEDDED)


def load_checkpoint(
    source: str | os.PathLike[str], *, revision: str | None = None, device: str | torch.device = "auto"
) -> Checkpoint:
    """Load a network from a folder or from the Hugging Face Hub.

    Args:
        source: a folder with model.safetensors and config.json, or ``owner/name`` or
            ``owner/name@revision`` on the Hub. An existing folder wins over a repository.
        revision: branch, tag or commit on the Hub; default: its main branch.
        device: see :func:`~glamor.device.choose_device`.

    Returns:
        The checkpoint; both its files come from one Hub commit.

    Raises:
        CheckpointError: if the weights cannot be found, fetched, read or trusted.
        DeviceError: if this machine has no such device.
    """
    chosen = choose_device(str(device))
    place = _locate(source, revision)
    try:
        config, promised = _read_config(place.folder / CONFIG_FILE)
        _check_architecture(place.folder / WEIGHTS_FILE, config)
        tensors, sha256 = _read_weights(place.folder / WEIGHTS_FILE, promised)
    except CheckpointError as error:
        raise CheckpointError(f"checkpoint {place.source}: {error}; {place.remedy}.") from error
    model = GLAMORNet(config)
    restore_tensors(model, tensors)
    model.to(chosen).to(memory_format=torch.channels_last).eval()
    return Checkpoint(model, config, place.source, place.revision, sha256, chosen, place.folder)


def save_checkpoint(
    folder: str | os.PathLike[str], model: GLAMORNet, config: ModelConfig, *, half: bool = False
) -> None:
    """Write model.safetensors and config.json, each replaced in one step.

    A reader between the two steps is refused by the hash rather than given a mixture.

    Args:
        folder: created if it is not there; its other files stay.
        model: the network, float32, on any device.
        config: of the architecture of ``model``.
        half: whether the weights are stored in half precision: about 1e-3 of each is lost.

    Raises:
        CheckpointError: if the folder cannot be written or the two do not belong together.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as scratch:
            _write(Path(scratch), model, config, half)
            for name in (WEIGHTS_FILE, CONFIG_FILE):
                os.replace(Path(scratch, name), folder / name)
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be written ({error.strerror}); choose another folder.") from error


def read_beside(checkpoint: Checkpoint, name: str, most: int) -> bytes | None:
    """Return the content of a file that may stand beside the weights, for a Hub repository from the same commit.

    Args:
        checkpoint: a loaded one.
        name: of the file.
        most: bytes that are read.

    Returns:
        None if it is not there, larger, or cannot be read.
    """
    if checkpoint.folder is None:
        return None
    path: Path | None = checkpoint.folder / name
    if checkpoint.revision is not None:
        path = fetch_if_there(checkpoint.source, checkpoint.revision, name)
    try:
        if path is None or not path.is_file() or path.stat().st_size > most:
            return None
        return path.read_bytes()
    except OSError:
        return None


def stored_tensors(model: GLAMORNet) -> dict[str, Tensor]:
    """Return what a checkpoint stores: parameters and running statistics, contiguous, on the CPU."""
    return {k: v.detach().cpu().contiguous() for k, v in model.state_dict().items() if not k.endswith(_COUNTER)}


def restore_tensors(model: GLAMORNet, tensors: Mapping[str, Tensor]) -> None:
    """Copy what :func:`stored_tensors` returned into a model of the same architecture.

    Raises:
        RuntimeError: if a name is missing or unknown or a shape differs.
    """
    counters = {name: tensor for name, tensor in model.state_dict().items() if name.endswith(_COUNTER)}
    model.load_state_dict({**counters, **tensors}, strict=True)


def _write(folder: Path, model: GLAMORNet, config: ModelConfig, half: bool) -> None:
    tensors = stored_tensors(model)
    if half:
        tensors = {name: tensor.half() for name, tensor in tensors.items()}
    weights = safetensors.torch.save(tensors, metadata={"format": "pt"})
    (folder / WEIGHTS_FILE).write_bytes(weights)
    _check_architecture(folder / WEIGHTS_FILE, config, (_HALF if half else _FULL,))
    sha256 = hashlib.sha256(weights).hexdigest()
    values = {"format": _FORMAT, "weights_sha256": sha256, "model": config.to_dict()}
    (folder / CONFIG_FILE).write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _locate(source: str | os.PathLike[str], revision: str | None) -> _Place:
    text = os.fspath(source)
    folder = Path(text).expanduser()
    hub = _HUB_SOURCE.fullmatch(text)
    if isinstance(source, os.PathLike) or folder.is_dir() or not hub:
        return _folder_place(folder, revision)
    if revision and hub["revision"] and revision != hub["revision"]:
        raise CheckpointError(f"{text!r} and revision {revision!r} contradict each other; give one revision.")
    fetched = fetch(hub["repo"], revision or hub["revision"] or "main", (CONFIG_FILE, WEIGHTS_FILE))
    return _Place(fetched, hub["repo"], fetched.name)


def _folder_place(folder: Path, revision: str | None) -> _Place:
    if not folder.is_dir():
        found = "is a file" if folder.exists() else "does not exist"
        accepted = f"a folder with {WEIGHTS_FILE} and {CONFIG_FILE}, or owner/name[@revision] on the Hub"
        raise CheckpointError(f"checkpoint {str(folder)!r} {found}; give {accepted}.")
    if revision is not None:
        raise CheckpointError(f"revision {revision!r} was given for the folder {folder}; only the Hub has revisions.")
    resolved = folder.resolve()
    inside = resolved.is_relative_to(_REPOSITORY)
    return _Place(resolved, resolved.relative_to(_REPOSITORY).as_posix() if inside else str(folder))


def _read_config(path: Path) -> tuple[ModelConfig, str]:
    try:
        values = json.loads(_read_text(path))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{CONFIG_FILE} is not JSON") from error
    if not isinstance(values, dict) or values.get("format") != _FORMAT:
        raise CheckpointError(f"{CONFIG_FILE} is not of format {_FORMAT}, the only one that this version can read")
    sha256, model = values.get("weights_sha256"), values.get("model")
    if set(values) != _FIELDS or not isinstance(sha256, str) or not isinstance(model, dict):
        raise CheckpointError(
            f"{CONFIG_FILE} has the fields {quoted(sorted(values))}, but must have exactly {sorted(_FIELDS)}"
        )
    try:
        return ModelConfig.from_dict(model), sha256
    except ConfigError as error:
        raise CheckpointError(f"{CONFIG_FILE} is refused ({error})") from error


def _read_text(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_TEXT)
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read ({error.strerror})") from error


def _check_architecture(path: Path, config: ModelConfig, stored: tuple[str, ...] = (_FULL, _HALF)) -> None:
    """Compare the header with the network, before any memory is spent on weights."""
    found, wanted = _read_header(path), _expected_shapes(config)
    missing, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    both = wanted.keys() & found.keys()
    other = sorted(name for name in both if found[name] not in [(kind, wanted[name]) for kind in stored])
    problems = [f"{len(names)} {kind}, as {quoted(names[0])}" for kind, names in _kinds(missing, extra, other) if names]
    if problems:
        raise CheckpointError(f"{WEIGHTS_FILE} has a different architecture from {CONFIG_FILE} ({'; '.join(problems)})")


def _kinds(missing: list[str], extra: list[str], other: list[str]) -> tuple[tuple[str, list[str]], ...]:
    return ("missing", missing), ("unknown", extra), ("of another shape or not float32 or float16", other)


def _expected_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    try:
        with torch.device("meta"):
            state = GLAMORNet(config).state_dict()
    except (RuntimeError, TypeError, ValueError) as error:  # what timm and torch raise for names and sizes
        reason = str(error).splitlines()[0][:200]
        raise CheckpointError(f"no network can be built from {CONFIG_FILE} ({reason})") from error
    return {name: tuple(tensor.shape) for name, tensor in state.items() if not name.endswith(_COUNTER)}


def _read_header(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return dtype and shape of each tensor (github.com/huggingface/safetensors, "Format")."""
    raw = _read_text(path)
    length = int.from_bytes(raw[:8], "little")
    if raw[8:9] != b"{" or length > _LARGEST_TEXT - 8:
        raise CheckpointError(
            f"{WEIGHTS_FILE} is not a safetensors file; other formats, especially pickles, are never read"
        )
    size, least = path.stat().st_size, 8 + length
    if size < least:
        raise CheckpointError(f"{WEIGHTS_FILE} is truncated: {size} bytes, although its header alone takes {least}")
    try:
        entries = {k: v for k, v in json.loads(raw[8 : 8 + length]).items() if k != "__metadata__"}
        end = max(entry["data_offsets"][1] for entry in entries.values())
        header = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in entries.items()}
        whole = 8 + length + int(end)
    except (ValueError, RecursionError, AttributeError, LookupError, OverflowError, TypeError) as error:
        raise CheckpointError(f"{WEIGHTS_FILE} has a damaged header") from error
    if size != whole:
        raise CheckpointError(
            f"{WEIGHTS_FILE} is truncated or damaged: {size} bytes, although its header describes {quoted(whole)}"
        )
    return header


def _read_weights(path: Path, promised: str) -> tuple[dict[str, Tensor], str]:
    """Read once, so that what is hashed is what is used."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{WEIGHTS_FILE} cannot be read ({error.strerror})") from error
    sha256 = hashlib.sha256(raw).hexdigest()
    if sha256 != promised:
        raise CheckpointError(f"{WEIGHTS_FILE} has sha256 {sha256}, but {CONFIG_FILE} promises {promised}")
    try:
        return safetensors.torch.load(raw), sha256
    except safetensors.SafetensorError as error:
        raise CheckpointError(f"{WEIGHTS_FILE} is damaged ({error})") from error
