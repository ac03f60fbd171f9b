"""Methods that read the last block of each encoder, enlarged to the input's resolution."""

from __future__ import annotations

from torch import Tensor, nn

from glamor.explain.gradients import strongest_channel
from glamor.explain.guard import without_hook_warnings
from glamor.explain.task import Logits, Maps, Task, batches

CONDUCTANCE_STEPS = 50
CONDUCTANCE_BATCH = 11  # Captum's batches overlap by one step


def grad_cam(task: Task) -> Maps:
    """Selvaraju et al. 2017 without its last ReLU: evidence against the class stays visible."""
    from captum.attr import LayerGradCam

    task.steps.expect(2)
    cells = [
        LayerGradCam(Logits(task), encoder).attribute(task.inputs, target=task.target) for encoder in task.encoders
    ]
    return Maps(_enlarged(cells[0], task.inputs[0]), _enlarged(cells[1], task.inputs[1]))


def guided_grad_cam(task: Task) -> Maps:
    """Selvaraju et al. 2017: guided backprop times the positive part of Grad-CAM."""
    from captum.attr import GuidedGradCam

    task.steps.expect(4)
    with without_hook_warnings():
        both = [
            GuidedGradCam(Logits(task), encoder).attribute(task.inputs, target=task.target, interpolate_mode="bilinear")
            for encoder in task.encoders
        ]
    face, context = (strongest_channel(both[i][i]) for i in range(2))
    return Maps(face, context)


def layer_conductance(task: Task) -> Maps:
    """Dhamdhere et al. 2018: integrated gradients that flow through each cell."""
    task.steps.expect(2 * batches(CONDUCTANCE_STEPS, CONDUCTANCE_BATCH - 1))
    face, context = (_conductance(task, encoder) for encoder in task.encoders)  # (1, 1, h, w)
    total = float(face.double().sum() + context.double().sum())
    return Maps(_enlarged(face, task.inputs[0]), _enlarged(context, task.inputs[1]), total)


def _conductance(task: Task, encoder: nn.Module) -> Tensor:
    from captum.attr import LayerConductance

    cells: Tensor = LayerConductance(Logits(task), encoder).attribute(
        task.inputs,
        baselines=task.baselines,
        target=task.target,
        n_steps=CONDUCTANCE_STEPS,
        internal_batch_size=CONDUCTANCE_BATCH,
    )
    return cells.detach().sum(dim=1, keepdim=True)  # (1, C, h, w) -> (1, 1, h, w)


def _enlarged(cells: Tensor, like: Tensor) -> Tensor:
    """Interpolate bilinearly: (1, 1, h, w) -> the (H, W) of ``like``."""
    size = like.shape[-2:]
    return nn.functional.interpolate(cells.detach(), size=size, mode="bilinear", align_corners=False)[0, 0]
