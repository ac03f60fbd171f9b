"""A degraded face is encoded as the network itself encodes it; a clear one is that of the walk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from glamor.degradations import degrade
from glamor.explain import degraded_face, encode, walk
from tests.explain.conftest import SMALL
from tests.explain.test_walk import NETWORKS, random_network, random_person

KINDS = {"size": 12.0, "darkness": 0.1, "eyes": 0.3, "mouth": 0.3}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["published", "caer", "resnet"])
def test_it_is_what_the_network_makes_of_the_degraded_face(name: str, kind: str) -> None:
    config = NETWORKS[name][0]
    model, person = random_network(config), random_person(config)
    found = degraded_face(model, person, kind, KINDS[kind])
    face = degrade(person.face[None], kind, KINDS[kind])[0]
    assert torch.equal(found.face, face)
    encoded = encode(model, replace(person, face=face))
    np.testing.assert_allclose(found.face_mean, encoded.face_map[0].mean(dim=(1, 2)), rtol=0, atol=1e-6)
    assert np.abs(found.face_mean - walk(model, person).face_mean).max() > 1e-5


def test_a_clear_face_is_the_walks() -> None:
    model, person = random_network(SMALL), random_person(SMALL)
    found = degraded_face(model, person, "size", 96)
    assert torch.allclose(found.face, person.face, atol=1e-6)
    np.testing.assert_allclose(found.face_mean, walk(model, person).face_mean, rtol=0, atol=1e-6)
