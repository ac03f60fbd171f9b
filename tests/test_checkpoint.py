from __future__ import annotations

import hashlib
import json
import pickle
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from glamor import checkpoint as module
from glamor.checkpoint import (
    EMBEDDED,
    load_checkpoint,
    resolve_source,
    restore_tensors,
    save_checkpoint,
    stored_tensors,
)
from glamor.config import ModelConfig
from glamor.errors import CheckpointError, DeviceError
from glamor.model import GLAMORNet
from tests import seeded
from tests.hub_server import HubServer, use_hub

CONFIG = ModelConfig(license="MIT", trained_on="seeded noise")
SMALL = ModelConfig(filters=(2, 2, 2, 2, 2), hidden=4)


def seeded_net(config: ModelConfig = CONFIG) -> GLAMORNet:
    torch.manual_seed(7)
    net = GLAMORNet(config)
    for name, buffer in net.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_()
    return net


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole, small checkpoint that a test may damage."""
    save_checkpoint(tmp_path / "small", seeded_net(SMALL), SMALL)
    return tmp_path / "small"


def refusal(folder: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder, device="cpu")
    message = str(caught.value)
    assert message.endswith("put a whole checkpoint there, as save_checkpoint writes it.")
    assert "\n" not in message
    return message


def sign(folder: Path) -> None:
    """Write into config.json the hash of the weights that are there."""
    edit(folder, weights_sha256=hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())


def edit(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


# ---- a folder, written and read --------------------------------------------------------------------


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    net = seeded_net()
    save_checkpoint(tmp_path / "made/on/the/way", net, CONFIG)
    checkpoint = load_checkpoint(tmp_path / "made/on/the/way", device="cpu")
    assert checkpoint.config == CONFIG
    assert checkpoint.source == str(tmp_path / "made/on/the/way")
    assert checkpoint.folder == (tmp_path / "made/on/the/way").resolve()
    assert checkpoint.revision is None
    for name, tensor in net.state_dict().items():
        assert torch.equal(checkpoint.model.state_dict()[name], tensor), name
    with torch.inference_mode():
        images = seeded.inputs()
        torch.testing.assert_close(checkpoint.model(*images).logits, net.eval()(*images).logits)


def test_the_loaded_model_is_ready_to_be_used(folder: Path) -> None:
    checkpoint = load_checkpoint(folder, device="cpu")
    assert checkpoint.config == SMALL
    assert checkpoint.device == torch.device("cpu")
    assert not any(module.training for module in checkpoint.model.modules())
    assert all(p.requires_grad for p in checkpoint.model.parameters())
    kernels = [p for p in checkpoint.model.parameters() if p.ndim == 4]
    assert len(kernels) == 10
    assert all(p.is_contiguous(memory_format=torch.channels_last) for p in kernels)


def test_the_file_holds_exactly_the_published_numbers(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, seeded_net(), CONFIG)
    tensors = safetensors.torch.load_file(tmp_path / "model.safetensors")
    assert sum(t.numel() for t in tensors.values()) == 2_161_802
    assert not any(name.endswith("num_batches_tracked") for name in tensors)
    assert 4 * 2_161_802 < (tmp_path / "model.safetensors").stat().st_size < 8_700_000


def test_the_configuration_names_the_hash_of_the_weights(folder: Path) -> None:
    sha256 = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert json.loads((folder / "config.json").read_text()) == {
        "format": 1,
        "weights_sha256": sha256,
        "model": json.loads(json.dumps(SMALL.to_dict())),
    }
    assert load_checkpoint(folder, device="cpu").sha256 == sha256


def test_saving_a_loaded_model_again_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "again", load_checkpoint(folder, device="cpu").model, SMALL)
    for name in ("model.safetensors", "config.json"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_saving_replaces_two_files_and_leaves_the_others(folder: Path) -> None:
    (folder / "README.md").write_text("a model card")
    net = seeded_net(SMALL)
    with torch.no_grad():
        net.head[3].bias.fill_(5)
    save_checkpoint(folder, net, SMALL)
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    assert load_checkpoint(folder, device="cpu").model.head[3].bias.eq(5).all()
    assert stat.S_IMODE((folder / "config.json").stat().st_mode) & stat.S_IRUSR


def test_a_failed_save_leaves_the_old_checkpoint_whole(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CheckpointError, match="different architecture"):
        save_checkpoint(folder, seeded_net(SMALL), CONFIG)
    with pytest.raises(CheckpointError, match="not float32"):
        save_checkpoint(folder, seeded_net(SMALL).half(), SMALL)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_half_precision_halves_the_file_and_hardly_changes_an_answer(folder: Path) -> None:
    net, rng = seeded_net(CONFIG), torch.Generator().manual_seed(2)
    sizes = []
    for half in (False, True):
        save_checkpoint(folder, net, CONFIG, half=half)
        sizes.append((folder / "model.safetensors").stat().st_size)
    assert sizes[1] < 0.51 * sizes[0]
    loaded = load_checkpoint(folder, device="cpu").model
    assert {tensor.dtype for tensor in stored_tensors(loaded).values()} == {torch.float32}
    inputs = torch.rand(4, 3, 96, 96, generator=rng), torch.rand(4, 3, 112, 112, generator=rng)
    torch.testing.assert_close(loaded(*inputs).logits, net.eval()(*inputs).logits, rtol=0, atol=1e-3)


def test_both_files_are_as_others_expect_them(folder: Path) -> None:
    with safetensors.safe_open(folder / "model.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt"}
    words = (folder / "config.json").read_text()
    assert words.startswith('{\n  "format": 1,\n')
    assert words.endswith("}\n")


def test_what_is_being_saved_lies_beside_what_it_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only within one file system is a file replaced in one step; others' places for scratch may be elsewhere."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    save_checkpoint(tmp_path / "made" / "small", seeded_net(SMALL), SMALL)
    assert sorted(path.name for path in (tmp_path / "made" / "small").iterdir()) == ["config.json", "model.safetensors"]


def test_saving_over_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(CheckpointError, match=r"taken cannot be written .*; choose another folder"):
        save_checkpoint(tmp_path / "taken", seeded_net(SMALL), SMALL)


def test_a_timm_backbone_is_saved_and_loaded(tmp_path: Path) -> None:
    config = ModelConfig(encoder="resnet18")
    net = seeded_net(config).eval()
    save_checkpoint(tmp_path, net, config)
    loaded = load_checkpoint(tmp_path, device="cpu").model
    images = torch.rand(1, 3, 96, 96), torch.rand(1, 3, 112, 112)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(*images).logits, net(*images).logits, rtol=1e-4, atol=1e-4)


def test_restoring_is_strict() -> None:
    net = seeded_net(SMALL)
    tensors = stored_tensors(net)
    restore_tensors(net, tensors)
    for wrong in ({**tensors, "more": torch.zeros(1)}, dict(list(tensors.items())[1:])):
        with pytest.raises(RuntimeError, match=r"Missing|Unexpected"):
            restore_tensors(net, wrong)


# ---- which source -----------------------------------------------------------------------------------


def test_the_order_of_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLAMOR_CHECKPOINT", raising=False)
    assert resolve_source(None) == str(EMBEDDED)
    monkeypatch.setenv("GLAMOR_CHECKPOINT", "someone/else")
    assert resolve_source(None) == "someone/else"
    assert resolve_source("my/folder") == "my/folder"
    monkeypatch.setenv("GLAMOR_CHECKPOINT", "")
    assert resolve_source(None) == str(EMBEDDED)


def test_an_existing_folder_wins_over_a_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "someone").mkdir()
    folder.rename(folder.parent / "someone" / "glamor-net")
    monkeypatch.chdir(folder.parent)
    checkpoint = load_checkpoint("someone/glamor-net", device="cpu")
    assert (checkpoint.source, checkpoint.revision) == ("someone/glamor-net", None)


def test_a_folder_inside_the_repository_is_named_from_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REPOSITORY", folder.parent.parent.resolve())
    assert load_checkpoint(folder, device="cpu").source == f"{folder.parent.name}/small"


@pytest.mark.parametrize(
    ("source", "revision", "commit"),
    [("", None, "new"), ("", "v1", "old"), ("@v1", None, "old"), ("@v1", "v1", "old"), ("", "main", "new")],
)
def test_a_repository_is_loaded_at_the_revision_that_is_asked_for(
    source: str, revision: str | None, commit: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    with HubServer() as hub:
        use_hub(hub.url, tmp_path / "cache", monkeypatch)
        commits = {"old": hub.add("someone/net", files)}
        hub.repositories["someone/net"].refs["v1"] = commits["old"]
        commits["new"] = hub.repositories["someone/net"].commit(files | {"README.md": b"a card"})
        loaded = load_checkpoint(f"someone/net{source}", revision=revision, device="cpu")
    assert (loaded.source, loaded.revision) == ("someone/net", commits[commit])
    assert loaded.folder is not None
    assert loaded.folder.name == commits[commit]


@pytest.mark.parametrize(
    "source", ["/no/such/folder", "./no/such", "nothing", "~/no/such/folder", "a/b/c", Path("a/b")]
)
def test_no_such_folder(source: str | Path) -> None:
    with pytest.raises(CheckpointError, match=r"does not exist; give a folder with .* or owner/name\[@revision\]"):
        load_checkpoint(source, device="cpu")


def test_a_file_is_not_a_folder(folder: Path) -> None:
    with pytest.raises(CheckpointError, match=r"model\.safetensors' is a file; give a folder"):
        load_checkpoint(folder / "model.safetensors", device="cpu")


def test_a_folder_has_no_revision(folder: Path) -> None:
    with pytest.raises(CheckpointError, match=r"'main' was given for the folder .*only the Hub has revisions"):
        load_checkpoint(folder, revision="main", device="cpu")


def test_two_revisions_contradict_each_other() -> None:
    with pytest.raises(CheckpointError, match="contradict each other"):
        load_checkpoint("someone/glamor-net@one", revision="two", device="cpu")


def test_an_unknown_device_is_refused_before_anything_is_read() -> None:
    with pytest.raises(DeviceError):
        load_checkpoint("/no/such/folder", device="quantum")


# ---- folders that are not to be trusted --------------------------------------------------------------


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name} cannot be read (No such file or directory)" in refusal(folder)


@pytest.mark.parametrize("size", [9, 100, 5000, -1])
def test_truncated_weights(folder: Path, size: int) -> None:
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:size])
    assert "model.safetensors is truncated" in refusal(folder)


def test_weights_that_end_with_their_header(folder: Path) -> None:
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[: 8 + int.from_bytes(whole[:8], "little")])
    assert f"its header describes {len(whole)}" in refusal(folder)


def pad_header(folder: Path, length: int) -> None:
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    path.write_bytes(length.to_bytes(8, "little") + whole[8:end].ljust(length) + whole[end:])
    sign(folder)


def test_a_header_may_fill_a_mebibyte_and_not_more(folder: Path) -> None:
    pad_header(folder, 2**20 - 8)
    load_checkpoint(folder, device="cpu")
    pad_header(folder, 2**20 - 7)
    assert "model.safetensors is not a safetensors file" in refusal(folder)


def test_of_a_configuration_a_mebibyte_is_read(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(path.read_text().ljust(2**20 + 1) + "no json")
    load_checkpoint(folder, device="cpu")
    path.write_text(path.read_text()[: 2**20 - 1] + "no json")
    assert "config.json is not JSON" in refusal(folder)


def test_appended_bytes(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"more")
    assert "truncated or damaged" in refusal(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        b"<!DOCTYPE html><title>Log in</title>",
        (2**62).to_bytes(8, "little") + b"{}",
    ],
    ids=["empty", "zeros", "lfs", "html", "huge"],
)
def test_not_a_safetensors_file(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    assert "model.safetensors is not a safetensors file" in refusal(folder)


@pytest.mark.parametrize("save", [torch.save, lambda state, path: path.write_bytes(pickle.dumps(state))])
def test_a_pickle_is_refused_and_never_run(folder: Path, save: Callable[[Any, Path], None]) -> None:
    save({"trap": Trap(folder / "sprung")}, folder / "model.safetensors")
    sign(folder)
    assert "not a safetensors file; other formats, especially pickles, are never read" in refusal(folder)
    assert not (folder / "sprung").exists()


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize(
    "header",
    [
        b"{}",
        b"{not json}",
        b'{"x": 1}',
        b'{"x": {"dtype": "F32"}}',
        b'{"x": {"dtype": "F32", "shape": [1], "data_offsets": []}}',
        b'{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, Infinity]}}',
        b'{"x":' * 20_000,
    ],
)
def test_a_damaged_header(folder: Path, header: bytes) -> None:
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    assert "model.safetensors has a damaged header" in refusal(folder)


def test_an_inconsistent_header_that_the_hash_vouches_for(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"data_offsets":[0,', b'"data_offsets":[4,', 1))
    sign(folder)
    assert "model.safetensors is damaged" in refusal(folder)


def test_one_changed_number_is_noticed(folder: Path) -> None:
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    promised = json.loads((folder / "config.json").read_text())["weights_sha256"]
    message = refusal(folder)
    assert hashlib.sha256(content).hexdigest() in message
    assert f"config.json promises {promised}" in message


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hidden": 5}, "of another shape or not float32 or float16, as 'attention.fc1.bias'"),
        ({"encoder": "resnet18"}, "missing, as 'context_encoder.backbone.bn1.bias'"),
        ({"class_names": ["no", "yes"]}, "2 of another shape or not float32 or float16, as 'head.3.bias'"),
    ],
)
def test_weights_of_another_architecture(folder: Path, change: dict[str, Any], problem: str) -> None:
    model = json.loads((folder / "config.json").read_text())["model"]
    edit(folder, model=model | change)
    message = refusal(folder)
    assert "model.safetensors has a different architecture from config.json" in message
    assert problem in message


@pytest.mark.parametrize("change", ["extra", "missing", "shape", "dtype"])
def test_strict_names_shapes_and_types(folder: Path, change: str) -> None:
    tensors = stored_tensors(seeded_net(SMALL))
    expected = {
        "extra": "1 unknown, as 'surprise'",
        "missing": "1 missing, as 'head.3.bias'",
        "shape": "1 of another shape or not float32 or float16, as 'head.3.bias'",
        "dtype": "1 of another shape or not float32 or float16, as 'head.3.bias'",
    }[change]
    bias = tensors.pop("head.3.bias")
    changed = {"extra": bias, "shape": bias.repeat(2), "dtype": bias.double()}
    if change in changed:
        tensors["head.3.bias"] = changed[change]
    if change == "extra":
        tensors["surprise"] = torch.zeros(1)
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    sign(folder)
    assert expected in refusal(folder)


@pytest.mark.parametrize("text", ["", "no json", "\x00\xff", "[" * 100_000, "9" * 5000])
def test_a_configuration_that_is_not_json(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="latin-1")
    assert "config.json is not JSON" in refusal(folder)


@pytest.mark.parametrize("text", ["[]", "null", "{}", '{"format": 2}', '{"model_type": "bert"}'])
def test_a_configuration_of_something_else(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    assert "config.json is not of format 1" in refusal(folder)


@pytest.mark.parametrize("values", [{"extra": 1}, {"weights_sha256": None}, {"model": []}])
def test_a_configuration_with_other_fields(folder: Path, values: dict[str, Any]) -> None:
    edit(folder, **values)
    assert "but must have exactly ['format', 'model', 'weights_sha256']" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"dropout": 2}, "config: dropout is 2.0, but must be a probability in [0, 1)"),
        ({"surprise": 1}, "unknown fields ['surprise']"),
        ({"encoder": "no_such_backbone"}, "no network can be built from config.json (Unknown model"),
        ({"hidden": 10**30}, "no network can be built from config.json"),
        ({"hidden": 10**12}, "different architecture"),
    ],
)
def test_a_configuration_that_no_network_has(folder: Path, change: dict[str, Any], problem: str) -> None:
    model = json.loads((folder / "config.json").read_text())["model"]
    edit(folder, model=model | change)
    assert problem in refusal(folder)
