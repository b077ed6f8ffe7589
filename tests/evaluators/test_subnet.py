"""Accuracy under a supernet's weights as an evaluator."""

from __future__ import annotations

import numpy as np
import torch

from archgraph.evaluators.subnet import Subnet
from archgraph.networks.evaluation import accuracy, recalibrate
from archgraph.spaces.mobile import MobileSpace
from archgraph.spaces.mobile_description import MobileDescription, Stage
from archgraph.supernets import Supernet


def test_values_are_those_of_recalibrated_copies() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 8), (1, 2), stride=1),), (3, 5), (1, 2), head=16)
    supernet = Supernet(MobileSpace("tiny", described), torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    calibration, images = (torch.randn(250, 1, 8, 8, generator=generator) for _ in range(2))
    labels = torch.randint(4, (250,), generator=generator)
    evaluator = Subnet(supernet, {"one": (images, labels), "two": (images, (labels + 1) % 4)}, calibration)
    rows = supernet.space.sample(3, np.random.default_rng(0))
    found = evaluator.evaluate(rows)
    for row, genotype in enumerate(rows):
        network = recalibrate(supernet.extract(genotype), calibration)
        assert abs(found["one"][row] - accuracy(network, images, labels)) < 1
        assert found["one"][row] + found["two"][row] <= 100
    assert evaluator.columns == ("one", "two")
