from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from glamor.__main__ import main
from glamor.checkpoint import load_checkpoint, save_checkpoint
from glamor.config import ModelConfig
from glamor.errors import CheckpointError
from glamor.export import export_checkpoint
from glamor.familiar import FAMILIAR_FILE
from glamor.model import GLAMORNet
from tests.evaluation.test_card import REPORT
from tests.hub_server import HubServer
from tests.test_familiar import neighbours_of
from tests.test_hub import REPO, Client, Outcome

CONFIG = ModelConfig(
    filters=(2, 2, 2, 2, 2), hidden=4, license="Research & demonstration only", trained_on="seeded noise"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    save_checkpoint(folder, GLAMORNet(CONFIG), CONFIG)
    return folder


def _export(source: Path, out: Path) -> dict[str, bytes]:
    export_checkpoint(load_checkpoint(source, device="cpu"), out)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_the_folder_on_the_hub_loads_as_the_same_weights(source: Path, tmp_path: Path) -> None:
    files = _export(source, tmp_path / "out")
    assert set(files) == {"README.md", "config.json", "model.safetensors"}
    with HubServer() as hub:
        commit = hub.add(REPO, files)
        loaded = Client(hub.url, tmp_path / "hf").load()
    assert loaded == Outcome("", REPO, commit, hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest())


def test_neighbours_go_along_if_they_belong_to_the_weights(source: Path, tmp_path: Path) -> None:
    neighbours = source / FAMILIAR_FILE
    neighbours.write_bytes(neighbours_of(source))
    assert _export(source, tmp_path / "out")[FAMILIAR_FILE] == neighbours.read_bytes()
    neighbours.write_bytes(neighbours_of(source, sha256="00" * 32))
    assert FAMILIAR_FILE not in _export(source, tmp_path / "without")


def test_what_comes_from_the_hub_can_be_exported_with_its_card_and_scores(source: Path, tmp_path: Path) -> None:
    card = b"---\nlicense: mit\nlibrary_name: glamor\n---\n# Ours\n\n![a](pictures/a.png)\n"
    more = {"README.md": card, "pictures/a.png": b"picture", "metrics.json": _metrics()}
    for name, content in more.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(content)
    files = _export(source, tmp_path / "out")
    assert {name: files[name] for name in more} == more
    with HubServer() as hub:
        hub.add(REPO, files)
        client = Client(hub.url, tmp_path / "hf")
        assert client.export(tmp_path / "again") == ""
        assert {path.name for path in (tmp_path / "again").rglob("*")} >= {"README.md", "metrics.json", "a.png"}
        assert (tmp_path / "again" / "README.md").read_bytes() == card
        assert (tmp_path / "again" / "pictures" / "a.png").read_bytes() == b"picture"


def test_a_card_is_written_where_there_is_none_and_the_hub_understands_it(source: Path, tmp_path: Path) -> None:
    (source / "metrics.json").write_bytes(_metrics())
    card = ModelCard(_export(source, tmp_path / "my-model")["README.md"].decode())
    assert card.data.license == "other"
    assert card.data.license_name == "research-demonstration-only"
    assert card.data.library_name == "glamor"
    assert card.data.pipeline_tag == "image-classification"
    assert "explainability" in card.data.tags
    assert card.data.model_name == "my-model"
    assert [(one.metric_type, one.metric_value) for one in card.data.eval_results] == [
        ("recall", 0.5),
        ("accuracy", 0.5),
    ]
    for words in ("seeded noise", "Art. 5(1)(f)", "Art. 50(3)", "| scenes, all | fused | 7 | 0.500 | 0.500 |"):
        assert words in card.text


def test_a_card_without_metadata_gets_it_and_keeps_its_words(source: Path, tmp_path: Path) -> None:
    (source / "README.md").write_text("---\ntags:\n- mine\n---\n# Ours\n\nWords.\n")
    card = ModelCard(_export(source, tmp_path / "out")["README.md"].decode())
    assert (card.data.license, card.data.library_name, card.data.tags) == ("other", "glamor", ["mine"])
    assert card.text.strip() == "# Ours\n\nWords."


def test_a_card_whose_front_matter_is_no_yaml_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "README.md").write_text("---\n[\n---\n# Ours\n")
    with pytest.raises(CheckpointError, match="is not YAML"):
        _export(source, tmp_path / "out")


def test_weights_that_change_meanwhile_are_not_exported(source: Path, tmp_path: Path) -> None:
    checkpoint = load_checkpoint(source, device="cpu")
    save_checkpoint(source, GLAMORNet(CONFIG), CONFIG)
    with pytest.raises(CheckpointError, match="changed while they were exported"):
        export_checkpoint(checkpoint, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_shell_exports(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--out", str(tmp_path / "out"), "--checkpoint", str(source)]) == 0
    assert f"hf upload OWNER/NAME {tmp_path / 'out'}" in capsys.readouterr().out
    assert load_checkpoint(tmp_path / "out", device="cpu").sha256 == load_checkpoint(source, device="cpu").sha256
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "out").write_text("a file in the way")
    assert main(["export", "--out", str(tmp_path / "out"), "--checkpoint", str(source)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def _metrics() -> bytes:
    return json.dumps({"seed": 0, "scenes": {"dataset": "scenes", "reports": [REPORT]}}).encode()
