from __future__ import annotations

import pytest
import torch

from glamor.device import choose_device
from glamor.errors import DeviceError


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with a processor and nothing else, until a test adds to it."""
    monkeypatch.delenv("GLAMOR_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    return monkeypatch


def add_cuda(machine: pytest.MonkeyPatch, count: int) -> None:
    machine.setattr(torch.cuda, "is_available", lambda: True)
    machine.setattr(torch.cuda, "device_count", lambda: count)


def test_auto_prefers_cuda_then_mps_then_cpu(machine: pytest.MonkeyPatch) -> None:
    assert choose_device() == torch.device("cpu")
    machine.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == torch.device("mps")
    add_cuda(machine, 1)
    assert choose_device() == torch.device("cuda")


def test_the_environment_decides_for_auto(machine: pytest.MonkeyPatch) -> None:
    add_cuda(machine, 2)
    machine.setenv("GLAMOR_DEVICE", "cpu")
    assert choose_device() == torch.device("cpu")
    assert choose_device("cuda:1") == torch.device("cuda:1")


@pytest.mark.parametrize("value", ["", "auto"])
def test_an_environment_without_opinion(machine: pytest.MonkeyPatch, value: str) -> None:
    machine.setenv("GLAMOR_DEVICE", value)
    assert choose_device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "CPU", "cuda:", "cuda:-1", "cuda:1000000", "meta", "xpu", " ", ""])
def test_an_unknown_name_is_refused(machine: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(DeviceError, match="unknown; choose auto, cpu, cuda, cuda:N or mps"):
        choose_device(name)


def test_an_unknown_name_in_the_environment_is_refused(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("GLAMOR_DEVICE", "quantum")
    with pytest.raises(DeviceError, match="'quantum' is unknown"):
        choose_device()


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps"])
def test_a_device_that_is_not_here_is_refused(machine: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(DeviceError, match=f"'{name}' is not available on this machine; choose auto or cpu"):
        choose_device(name)


def test_a_card_that_is_not_here_is_refused(machine: pytest.MonkeyPatch) -> None:
    add_cuda(machine, 1)
    assert choose_device("cuda:0") == torch.device("cuda:0")
    with pytest.raises(DeviceError, match="'cuda:1' is not available on this machine"):
        choose_device("cuda:1")


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_a_real_card_computes() -> None:
    assert torch.ones(2, device=choose_device("cuda")).sum().item() == 2
