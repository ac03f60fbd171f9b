"""Methods that read the gradient of the logit at the pixels."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from glamor.explain.guard import without_hook_warnings
from glamor.explain.task import Logits, Maps, Pair, Task, batches

IG_STEPS = 50
IG_BATCH = 10
SHAP_SAMPLES = 20
SHAP_STDEV = 0.05  # of inputs in [0, 1]
SMOOTH_SAMPLES = 10
SMOOTH_STDEV = 0.1  # 10 % of the inputs' range, the low end of what the paper recommends


def saliency(task: Task) -> Maps:
    """Simonyan et al. 2014: the gradient of the strongest channel, its sign kept."""
    from captum.attr import Saliency

    return _gradient_maps(_attribute(task, Saliency(Logits(task)), calls=1, abs=False))


def input_x_gradient(task: Task) -> Maps:
    """Shrikumar et al. 2016: the gradient times the pixel."""
    from captum.attr import InputXGradient

    return _added(_attribute(task, InputXGradient(Logits(task)), calls=1))


def integrated_gradients(task: Task) -> Maps:
    """Sundararajan et al. 2017, by Gauss-Legendre quadrature with ``IG_STEPS`` points."""
    from captum.attr import IntegratedGradients

    pair = _attribute(
        task,
        IntegratedGradients(Logits(task.fused())),
        calls=batches(IG_STEPS, IG_BATCH),
        baselines=task.baselines,
        n_steps=IG_STEPS,
        internal_batch_size=IG_BATCH,
    )
    return _added(pair, complete=True)


def gradient_shap(task: Task) -> Maps:
    """Lundberg and Lee 2017: gradients at random points between baseline and noisy input."""
    from captum.attr import GradientShap

    pair: Pair = GradientShap(Logits(task.fused())).attribute(
        task.inputs,
        baselines=task.baselines,
        n_samples=SHAP_SAMPLES,
        stdevs=SHAP_STDEV,
        target=task.target,
    )
    return _added(pair, complete=True)


def deep_lift(task: Task) -> Maps:
    """Shrikumar et al. 2017, rescale rule for ReLU and max-pool, gradient elsewhere."""
    from captum.attr import DeepLift

    _separate_activations(task.model)
    with without_hook_warnings():
        pair = _attribute(task, DeepLift(Logits(task)), calls=1, baselines=task.baselines)
    return _added(pair, complete=True)


def guided_backprop(task: Task) -> Maps:
    """Springenberg et al. 2015: the gradient, negative parts dropped at every ReLU."""
    from captum.attr import GuidedBackprop

    with without_hook_warnings():
        return _gradient_maps(_attribute(task, GuidedBackprop(Logits(task)), calls=1))


def _attribute(task: Task, method: Any, *, calls: int, **arguments: Any) -> Pair:
    """Run a Captum method, under a noise tunnel if the task is smooth (Smilkov et al. 2017)."""
    from captum.attr import NoiseTunnel

    task.steps.expect(calls * (SMOOTH_SAMPLES if task.smooth else 1))
    if not task.smooth:
        return method.attribute(task.inputs, target=task.target, **arguments)
    # One sample at a time: Captum's max-pool rule for DeepLIFT reads the first one only (its issue 1276).
    return NoiseTunnel(method).attribute(
        task.inputs,
        nt_type="smoothgrad",
        nt_samples=SMOOTH_SAMPLES,
        nt_samples_batch_size=1,
        stdevs=SMOOTH_STDEV,
        target=task.target,
        **arguments,
    )


def _separate_activations(model: nn.Module) -> None:
    """Give every activation an input tensor of its own; :func:`untouched` removes the hooks.

    Captum 0.9 hooks tensors: where a max-pool reads what a ReLU wrote, the ReLU's hook runs
    first and sees the gradient without the max-pool's rule, so that rule would be lost
    (its issue 1104).
    """
    for module in model.modules():
        if isinstance(module, nn.ReLU | nn.MaxPool2d):
            module.register_forward_pre_hook(lambda module, inputs: inputs[0].clone())


def _added(pair: Pair, *, complete: bool = False) -> Maps:
    """Sum what each channel adds: (1, 3, H, W) -> (H, W)."""
    face, context = (attribution.detach()[0].sum(dim=0) for attribution in pair)
    return Maps(face, context, float(face.double().sum() + context.double().sum()) if complete else None)


def _gradient_maps(pair: Pair) -> Maps:
    face, context = (strongest_channel(gradient) for gradient in pair)
    return Maps(face, context)


def strongest_channel(gradient: Tensor) -> Tensor:
    """Return the channel of largest magnitude at each pixel, signed: (1, 3, H, W) -> (H, W).

    A sum would hide a network that reacts to colour: more red and less green cancel.
    """
    channels = gradient.detach()[0]  # (3, H, W)
    return channels.gather(0, channels.abs().argmax(dim=0, keepdim=True))[0]
