"""A figure without its paper looks as with it, and tells pictures from ink."""

from __future__ import annotations

import numpy as np
import pytest

from glamor.figures import on_paper, to_array, to_layer
from glamor.figures.canvas import add_bar, add_image, add_text, new_figure
from glamor.figures.colours import BACKGROUND, FACE_COLOR, rgb255
from glamor.figures.layer import INKED


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """A photo whose pixels are partly paper and ink themselves, a bar and words beside it: with paper, and without."""
    photo = np.zeros((40, 40, 3), np.uint8)
    photo[:20] = rgb255(BACKGROUND)
    photo[20:, :20] = (200, 30, 90)
    figure = new_figure(1.0, 2.0)
    add_image(figure, photo, (0.1, 0.2, 0.9, 1.0))
    add_bar(figure, (1.0, 0.2, 1.5, 0.4), FACE_COLOR)
    add_text(figure, 1.0, 0.6, "words")
    return to_array(figure), to_layer(figure)


def test_on_its_own_paper_it_looks_as_it_was_drawn(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    figure, layer = drawn
    back = on_paper(layer).astype(int)
    assert back.shape == figure.shape == (200, 400, 3)
    assert np.abs(back - figure).max() <= 255 - INKED + 1
    np.testing.assert_array_equal(back[40:200, 20:180], figure[40:200, 20:180])


def test_pictures_alone_are_opaque_paper_is_clear_and_ink_keeps_its_colour(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    _, layer = drawn
    opaque = layer[..., 3] == 255
    assert opaque[40:200, 20:180].all()
    assert opaque.sum() == 160 * 160
    assert (layer[:30, :, 3] == 0).all(), "nothing is drawn there"
    bar = layer[60, 250]
    assert 150 < bar[3] <= INKED
    np.testing.assert_allclose(on_paper(layer)[60, 250], rgb255(FACE_COLOR), atol=1)
    assert layer[:, 200:, 3].max() <= INKED
