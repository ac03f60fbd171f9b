"""Remove whole superpixels: regions of similar colour, found by SLIC."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from glamor.explain.occlusion import BATCH, by_stream
from glamor.explain.task import Logits, Maps, Pair, Task, batches
from glamor.images import chw_to_hwc

FACE_SEGMENTS = 24
CONTEXT_SEGMENTS = 36
KERNEL_SHAP_SAMPLES = 480


def feature_ablation(task: Task) -> Maps:
    """Loss of logit when one superpixel is replaced by the baseline."""
    from captum.attr import FeatureAblation

    face, context = superpixels(task)
    counts = [int(labels.max()) + 1 for labels in (face, context)]
    return by_stream(task, FeatureAblation, counts, ({"feature_mask": face}, {"feature_mask": context}))


def kernel_shap(task: Task) -> Maps:
    """Lundberg and Lee 2017: Shapley values of the superpixels of both inputs, by regression."""
    from captum.attr import KernelShap

    face, context = superpixels(task)
    task.steps.expect(batches(KERNEL_SHAP_SAMPLES, BATCH))
    method = KernelShap(Logits(task))
    method.interpretable_model = _WeightedLeastSquares()
    values: Tensor = method.attribute(
        task.inputs,
        baselines=task.baselines,
        target=task.target,
        feature_mask=(face, context + face.max() + 1),  # ids are shared between tensors
        n_samples=KERNEL_SHAP_SAMPLES,
        perturbations_per_eval=BATCH,
        return_input_shape=False,
    ).flatten()
    split = int(face.max()) + 1
    return Maps(values[:split][face[0, 0]], values[split:][context[0, 0]], float(values.double().sum()))


def superpixels(task: Task) -> Pair:
    """Return the superpixel of each pixel of both inputs, numbered from 0 in each.

    Returns:
        (1, 1, H, W) and (1, 1, h, w) int64. The face mask belongs to
        superpixel 0: no baseline changes it, so it takes no part in any effect.
    """
    face, context = task.inputs
    everywhere = torch.ones(face.shape[-2:], dtype=torch.bool)
    return _labels(face, everywhere, FACE_SEGMENTS), _labels(context, task.scored, CONTEXT_SEGMENTS)


def _labels(image: Tensor, known: Tensor, segments: int) -> Tensor:
    from skimage.segmentation import slic

    mask = known.cpu().numpy()
    labels = np.zeros(mask.shape, dtype=np.int64)
    if mask.any():
        where = None if mask.all() else mask  # slower with a mask
        found = slic(chw_to_hwc(image[0]), segments, channel_axis=-1, mask=where)
        labels[mask] = np.unique(found[mask], return_inverse=True)[1]  # no gaps in the numbers
    return torch.from_numpy(labels)[None, None].to(image.device)


class _WeightedLeastSquares:
    """The surrogate that Captum fits; its own needs scikit-learn."""

    def fit(self, train_data: torch.utils.data.DataLoader[tuple[Tensor, Tensor, Tensor]]) -> None:
        kept, outputs, weights = (column.double().cpu().numpy() for column in next(iter(train_data)))
        design = np.column_stack((kept, np.ones(len(kept))))  # (samples, superpixels + 1)
        root = np.sqrt(weights)
        solution, *_ = np.linalg.lstsq(design * root[:, None], outputs * root, rcond=None)
        self.values = torch.from_numpy(solution[:-1])

    def representation(self) -> Tensor:
        return self.values
