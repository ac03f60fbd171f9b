from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from glamor.checkpoint import load_checkpoint, stored_tensors
from glamor.config import ModelConfig
from glamor.convert import OUR_NAMES, convert_checkpoint, from_tensorflow, read_tensorflow
from glamor.errors import CheckpointError, ConversionError
from glamor.model import GLAMORNet
from tests import seeded

# What tf.train.Checkpoint adds when an optimizer and a save counter are saved with the network.
TRAINING_ENTRIES = {
    "_CHECKPOINTABLE_OBJECT_GRAPH": np.array(b"graph"),
    "save_counter/.ATTRIBUTES/VARIABLE_VALUE": np.int64(60),
    "optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE": np.int64(1),
    "optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE": np.float32(0.9),
    "final_fc1/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE": np.zeros((512, 128), np.float32),
}


class DataLossError(Exception):
    pass


def stand_in_tensorflow(variables: dict[str, Any]) -> ModuleType:
    """Return a module with the four names of TensorFlow that the reader touches."""

    def load_checkpoint(prefix: str) -> SimpleNamespace:
        if Path(f"{prefix}.index").read_bytes() == b"damaged":
            raise DataLossError("corrupted block\nwith more lines")
        shapes = {name: list(np.shape(value)) for name, value in variables.items()}
        return SimpleNamespace(get_variable_to_shape_map=lambda: shapes, get_tensor=variables.__getitem__)

    module = ModuleType("tensorflow")
    module.train = SimpleNamespace(load_checkpoint=load_checkpoint)  # type: ignore[attr-defined]
    module.errors = SimpleNamespace(OpError=DataLossError)  # type: ignore[attr-defined]
    return module


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Model.index").touch()
    monkeypatch.setitem(sys.modules, "tensorflow", stand_in_tensorflow({**seeded.tf_variables(), **TRAINING_ENTRIES}))
    return tmp_path / "Model"


def test_the_table_covers_both_networks_exactly() -> None:
    assert {name.removesuffix(seeded.SUFFIX) for name in seeded.tf_shapes()} == set(OUR_NAMES)
    assert set(OUR_NAMES.values()) == set(stored_tensors(GLAMORNet(ModelConfig())))
    assert len(OUR_NAMES) == len(set(OUR_NAMES.values())) == 80


def test_kernels_change_their_layout() -> None:
    variables = seeded.tf_variables()
    tensors = from_tensorflow(variables)
    kernel = variables["ContextEncodingNet/blocks/1/conv/kernel" + seeded.SUFFIX]
    assert tensors["context_encoder.1.0.weight"].shape == (64, 32, 3, 3)
    assert tensors["context_encoder.1.0.weight"][40, 7, 0, 2] == float(kernel[0, 2, 7, 40])
    dense = variables["final_fc1/kernel" + seeded.SUFFIX]
    assert tensors["head.0.weight"][100, 500] == float(dense[500, 100])


def test_names_may_come_without_their_suffix() -> None:
    variables = seeded.tf_variables()
    plain = from_tensorflow({name.removesuffix(seeded.SUFFIX): array for name, array in variables.items()})
    for name, tensor in from_tensorflow(variables).items():
        assert torch.equal(plain[name], tensor)
        assert tensor.is_contiguous()


def test_the_result_shares_no_memory_with_its_source() -> None:
    variables = seeded.tf_variables()
    bias = variables["final_fc1/bias" + seeded.SUFFIX]
    before = bias.copy()
    from_tensorflow(variables)["head.0.bias"].zero_()
    np.testing.assert_array_equal(bias, before)


def test_all_problems_are_listed_at_once() -> None:
    variables: dict[str, Any] = {name.removesuffix(seeded.SUFFIX): v for name, v in seeded.tf_variables().items()}
    del variables["final_fc1/bias"], variables["FaceEncodingNet/blocks/3/bn/gamma"]
    variables["surprise/kernel"] = np.zeros(3, np.float32)
    variables["face_weight1/kernel"] = variables["face_weight1/kernel"].T
    variables["attention_fc1/bias"] = variables["attention_fc1/bias"].astype(np.float64)
    variables["attention_fc2/bias" + seeded.SUFFIX] = variables["attention_fc2/bias"]
    with pytest.raises(ConversionError) as caught:
        from_tensorflow(variables)
    assert str(caught.value).splitlines() == [
        "these are not the variables of GLAMOR-Net (6 problems):",
        "  missing: FaceEncodingNet/blocks/3/bn/gamma",
        "  missing: final_fc1/bias",
        "  unknown: surprise/kernel",
        "  given twice: attention_fc2/bias",
        "  attention_fc1/bias: float64 (128,), expected float32 (128,)",
        "  face_weight1/kernel: float32 (128, 256), expected float32 (256, 128)",
    ]


def test_nothing_is_ignored_by_the_table_itself() -> None:
    with pytest.raises(ConversionError, match="unknown: save_counter"):
        from_tensorflow({**seeded.tf_variables(), "save_counter": np.int64(1)})  # type: ignore[dict-item]


def test_no_variables_at_all() -> None:
    with pytest.raises(ConversionError, match="80 problems"):
        from_tensorflow({})


def test_reading_drops_what_only_training_needs(prefix: Path) -> None:
    read = read_tensorflow(prefix)
    assert set(read) == set(seeded.tf_shapes())
    assert set(read_tensorflow(f"{prefix}.index")) == set(read)


def test_a_converted_checkpoint_is_the_authors_network(prefix: Path, tmp_path: Path) -> None:
    convert_checkpoint(prefix, tmp_path / "ours")
    checkpoint = load_checkpoint(tmp_path / "ours", device="cpu")
    assert checkpoint.config.face_crop_scale == 0.83
    with torch.inference_mode(), np.load(seeded.GOLDEN / "forward_golden.npz") as golden:
        probabilities = checkpoint.model(*seeded.inputs()).logits.softmax(dim=1)
        np.testing.assert_allclose(probabilities.numpy(), golden["probs"], rtol=0, atol=1e-4)


def test_a_damaged_checkpoint_is_a_conversion_error(prefix: Path) -> None:
    prefix.with_suffix(".index").write_bytes(b"damaged")
    with pytest.raises(ConversionError, match=r"cannot read '.*Model' \(corrupted block\)"):
        read_tensorflow(prefix)


def test_no_checkpoint_there(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"no TensorFlow checkpoint .*Model\.index is missing"):
        convert_checkpoint(tmp_path / "Model", tmp_path / "ours")
    assert not (tmp_path / "ours").exists()


def test_without_tensorflow_the_way_to_get_it_is_named(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # makes the import fail, installed or not
    with pytest.raises(ConversionError, match=r"pip install -r requirements-convert\.txt"):
        read_tensorflow(prefix)


def test_the_named_requirements_ask_for_tensorflow() -> None:
    requirements = Path(__file__).parent.parent / "requirements-convert.txt"
    assert any(line.startswith("tensorflow") for line in requirements.read_text().splitlines())


def test_an_unwritable_destination(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(CheckpointError, match="taken cannot be written"):
        convert_checkpoint(prefix, tmp_path / "taken")
