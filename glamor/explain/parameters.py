"""What each method was set to, so that a number in a report can be computed again."""

from __future__ import annotations

from collections.abc import Mapping

from glamor.explain import baselines, cam, gradients, occlusion, superpixels
from glamor.explain.result import Explanation

Parameters = dict[str, float]

_SUPERPIXELS = {"face_superpixels": superpixels.FACE_SEGMENTS, "context_superpixels": superpixels.CONTEXT_SEGMENTS}
_OF_METHOD: Mapping[str, Mapping[str, float]] = {
    "integrated_gradients": {"steps": gradients.IG_STEPS},
    "occlusion": {"patch_pixels": occlusion.PATCH, "stride_pixels": occlusion.STRIDE},
    "gradient_shap": {"samples": gradients.SHAP_SAMPLES, "noise_stdev": gradients.SHAP_STDEV},
    "layer_conductance": {"steps": cam.CONDUCTANCE_STEPS},
    "feature_ablation": _SUPERPIXELS,
    "kernel_shap": {"samples": superpixels.KERNEL_SHAP_SAMPLES, **_SUPERPIXELS},
}
_OF_BASELINE: Mapping[str, Mapping[str, float]] = {
    "blurred": {"baseline_sigma_share": baselines.BLUR_SIGMA_SHARE},
    "noise": {"baseline_draws": baselines.NOISE_DRAWS},
}
_OF_SMOOTHING = {"smooth_samples": gradients.SMOOTH_SAMPLES, "smooth_stdev": gradients.SMOOTH_STDEV}


def parameters_of(explanation: Explanation) -> Parameters:
    """Return the numbers that its method, its baseline and SmoothGrad were set to, by name.

    Args:
        explanation: of any method; the seed stands in it already.

    Returns:
        Empty for a method that has nothing to set. Deviations are of inputs in [0, 1]; a sigma's share is
        of the input's side.
    """
    return {
        **_OF_METHOD.get(explanation.method, {}),
        **_OF_BASELINE.get(explanation.baseline or "", {}),
        **(_OF_SMOOTHING if explanation.smooth else {}),
    }
