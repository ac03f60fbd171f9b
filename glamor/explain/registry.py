"""Every attribution method with its name, price, caption and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glamor.errors import ExplainError, quoted
from glamor.explain import cam, gradients, occlusion, superpixels
from glamor.explain.task import Maps, Task


@dataclass(frozen=True)
class Method:
    """One attribution method.

    Attributes:
        key: its name in code and in the shell.
        name: its name for people.
        cost: measured CPU time at the published input sizes as a multiple of one forward pass
            of one person; times 10 with SmoothGrad, times 4 with the noise baseline.
        caption: what its map shows, in short sentences.
        needs: what it asks of the network or of the person.
        source: the paper.
        run: computes it.
        uses_baseline: whether it compares the inputs with a baseline.
        can_smooth: whether SmoothGrad can average it over noisy inputs.
        samples: whether it draws at random by itself.
    """

    key: str
    name: str
    cost: int
    caption: str
    needs: str
    source: str
    run: Callable[[Task], Maps]
    uses_baseline: bool = False
    can_smooth: bool = False
    samples: bool = False

    def passes(self, baseline: str | None = None, smooth: bool = False) -> float:
        """Return the price of a map with this baseline and smoothing, in forward passes of one person."""
        often = 10 if smooth and self.can_smooth else 1
        return float(self.cost * often * (4 if self.uses_baseline and baseline == "noise" else 1))

    def draws(self, baseline: str | None, smooth: bool) -> bool:
        """Whether anything is drawn at random for a map with this baseline and smoothing."""
        return self.samples or smooth or (self.uses_baseline and baseline == "noise")


_ALL = (
    Method(
        "integrated_gradients",
        "Integrated Gradients",
        60,
        "How much each pixel adds to the logit on the way from the baseline to the photo. All pixels "
        "together add up to the difference between the two logits.",
        "a baseline; a network with gradients",
        "Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, ICML 2017",
        gradients.integrated_gradients,
        uses_baseline=True,
        can_smooth=True,
    ),
    Method(
        "grad_cam",
        "Grad-CAM",
        4,
        "Which cells of each encoder's last block speak for the class (positive) or against it (negative). "
        "They are enlarged smoothly to the size of the input. The paper's last ReLU would hide the negative ones, so "
        "it is left out.",
        "convolutional encoders",
        "Selvaraju et al.: Grad-CAM, ICCV 2017",
        cam.grad_cam,
    ),
    Method(
        "occlusion",
        "Occlusion",
        80,
        "How much the logit falls when a patch of 16 x 16 pixels is replaced by the baseline. A pixel's value is "
        "the mean over the patches that cover it.",
        "a baseline",
        "Zeiler, Fergus: Visualizing and understanding convolutional networks, ECCV 2014",
        occlusion.occlusion,
        uses_baseline=True,
    ),
    Method(
        "saliency",
        "Saliency",
        4,
        "The gradient of the logit: where a slightly brighter pixel would raise it (positive) or lower it (negative).",
        "a network with gradients",
        "Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks, ICLR workshop 2014",
        gradients.saliency,
        can_smooth=True,
    ),
    Method(
        "input_x_gradient",
        "Input x Gradient",
        4,
        "The gradient of the logit times the pixel's brightness: a first guess at what each pixel adds.",
        "a network with gradients",
        "Shrikumar, Greenside, Shcherbina, Kundaje: Not just a black box, 2016 (arXiv 1605.01713)",
        gradients.input_x_gradient,
        can_smooth=True,
    ),
    Method(
        "gradient_shap",
        "Gradient SHAP",
        30,
        "Mean of the gradients at random points between the baseline and noisy copies of the photo, times their "
        "difference: a sampled estimate of Shapley values.",
        "a baseline; random draws, repeated exactly for the same seed",
        "Lundberg, Lee: A unified approach to interpreting model predictions, NeurIPS 2017",
        gradients.gradient_shap,
        uses_baseline=True,
        samples=True,
    ),
    Method(
        "deep_lift",
        "DeepLIFT",
        30,
        "How each pixel's difference from the baseline passes through every ReLU and max-pool to the logit. "
        "Attention and fusion (softmax and products) have no such rule and are approximated by their gradient. "
        "So the parts may not add up.",
        "a baseline; ReLUs that are separate modules",
        "Shrikumar, Greenside, Kundaje: Learning important features, ICML 2017",
        gradients.deep_lift,
        uses_baseline=True,
        can_smooth=True,
    ),
    Method(
        "guided_backprop",
        "Guided Backprop",
        4,
        "The gradient with its negative parts dropped at every ReLU: sharp edges, but known to depend little on "
        "what the network has learned.",
        "ReLUs that are separate modules",
        "Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for simplicity, ICLR workshop 2015",
        gradients.guided_backprop,
        can_smooth=True,
    ),
    Method(
        "guided_grad_cam",
        "Guided Grad-CAM",
        7,
        "Guided Backprop, kept only where Grad-CAM speaks for the class.",
        "convolutional encoders; ReLUs that are separate modules",
        "Selvaraju et al.: Grad-CAM, ICCV 2017",
        cam.guided_grad_cam,
    ),
    Method(
        "layer_conductance",
        "Layer Conductance",
        65,
        "How much of the integrated gradients flows through each cell of each encoder's last block, enlarged "
        "smoothly to the size of the input.",
        "a baseline; convolutional encoders",
        "Dhamdhere, Sundararajan, Yan: How important is a neuron?, ICLR 2019",
        cam.layer_conductance,
        uses_baseline=True,
    ),
    Method(
        "feature_ablation",
        "Feature Ablation",
        22,
        "How much the logit falls when one superpixel is replaced by the baseline; every pixel shows its "
        "superpixel's value.",
        "a baseline; superpixels",
        "Achanta et al.: SLIC superpixels, TPAMI 2012; ablation as in Zeiler, Fergus, ECCV 2014",
        superpixels.feature_ablation,
        uses_baseline=True,
    ),
    Method(
        "kernel_shap",
        "Kernel SHAP",
        240,
        "Estimated Shapley value of each superpixel among those of face and scene together. It is the mean effect "
        "over random selections of the others. Every pixel shows its superpixel's value.",
        "a baseline; superpixels; random draws, repeated exactly for the same seed",
        "Lundberg, Lee: A unified approach to interpreting model predictions, NeurIPS 2017",
        superpixels.kernel_shap,
        uses_baseline=True,
        samples=True,
    ),
)

METHODS: Mapping[str, Method] = {method.key: method for method in _ALL}
ALIASES: Mapping[str, str] = {"ig": "integrated_gradients", "gradcam": "grad_cam"}


def find_method(name: str) -> Method:
    """Return the method of that key or alias.

    Raises:
        ExplainError: if there is none; the message lists all.
    """
    key = ALIASES.get(name, name)
    if key not in METHODS:
        raise ExplainError(f"There is no method {quoted(name)}; choose one of {', '.join((*METHODS, *ALIASES))}.")
    return METHODS[key]
