"""The pictures of the tabs Interventions and Two photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from demo import text
from demo.lab import Bench, Outcome, Setting, seen_as
from demo.pictures import Picture
from glamor import figures
from glamor.explain import People, SwapMatrix
from glamor.predictor import Prediction


def board(bench: Bench, setting: Setting, outcome: Outcome) -> Picture:
    """Return the scene as the network gets it, with the grid and the attention to edit."""
    prepared = seen_as(bench.prediction.prepared, setting.scene, setting.face)
    attention = outcome.answer.attention
    removed = np.zeros(attention.shape, bool)
    for row, column in setting.removed:
        removed[row, column] = True
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    return figures.to_array(figures.attention_board(_upright(prepared.context), attention, removed, masked))


def curve(setting: Setting, outcome: Outcome) -> Picture:
    """Return the seven probabilities for every weight of the face."""
    found = outcome.curve
    flips = [flip.w_face for flip in found.flips]
    return figures.to_array(
        figures.fusion_figure(
            outcome.answer.class_names,
            found.w_face,
            found.probabilities,
            flips,
            found.learned_w_face,
            setting.w_face,
        )
    )


def people(scene: Prediction, found: People, numbers: Sequence[int]) -> Picture:
    """Return several people's attention over one scene; ``numbers`` name them."""
    prepared = scene.prepared
    masked = prepared.geometry.face_mask_in_context(prepared.context.shape[-1])
    titles = [text.LAB_FACE.format(number=number) for number in numbers]
    return figures.to_array(figures.people_figure(_upright(prepared.context), found.attention, titles, masked))


def swap(predictions: Sequence[Prediction], matrix: SwapMatrix) -> Picture:
    """Return every face before every scene."""
    return figures.to_array(
        figures.swap_figure(
            [_upright(one.prepared.face) for one in predictions],
            [_upright(one.prepared.context) for one in predictions],
            matrix.attention,
            predictions[0].class_names,
            matrix.probabilities,
            matrix.fusion_weights[..., 0],
        )
    )


def _upright(image: Tensor) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = image.permute(1, 2, 0).numpy()  # (3, H, W) -> (H, W, 3)
    return rows
