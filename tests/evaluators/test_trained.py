"""Stand-alone training as an evaluator."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from archgraph.evaluators import Trained
from archgraph.networks.training import Recipe
from archgraph.spaces.mobile import MobileSpace
from archgraph.spaces.mobile_description import MobileDescription, Stage

TINY = MobileSpace(
    "tiny", MobileDescription(1, 4, (8,), 4, (Stage((4, 8), (1, 2), stride=1),), (3, 5), (1, 2), head=16)
)
RECIPE = Recipe(epochs=12, batch=32, learning_rate=0.1)


def bars(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images that are bright in one of four places."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(4, (n,), generator=generator)
    images = torch.randn(n, 1, 8, 8, generator=generator) * 0.3
    for place in range(4):
        images[labels == place, :, 2 * place : 2 * place + 2] += 2
    return images, labels


def test_training_teaches_and_a_seed_fixes_it() -> None:
    evaluator = Trained(TINY, lambda epoch: bars(128, epoch), {"acc": bars(128, 100)}, RECIPE)
    rows = TINY.sample(2, np.random.default_rng(0))
    found = evaluator.evaluate(rows)
    assert (found["acc"] > 60).all()
    assert evaluator.evaluate(rows[1:])["acc"][0] == found["acc"][1]
    untrained = Trained(TINY, lambda epoch: bars(128, epoch), {"acc": bars(128, 100)}, Recipe(epochs=0, batch=32))
    assert (untrained.evaluate(rows)["acc"] < 60).all()


def test_what_cannot_be_trained_has_a_reason() -> None:
    evaluator = Trained(TINY, lambda epoch: bars(8, epoch), {"acc": bars(8, 100)}, RECIPE)
    found = evaluator.evaluate(TINY.sample(1, np.random.default_rng(0)))
    assert found.reasons == {0: "ValueError: images must be at least 32 (one batch), but are 8"}


def test_there_must_be_a_column() -> None:
    with pytest.raises(ValueError, match="images must name at least one column"):
        Trained(TINY, lambda epoch: bars(8, epoch), {})
