"""Zero-cost proxies as an evaluator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.latency.rounds import FAILURES
from archgraph.networks import build
from archgraph.proxies import REGISTRY, noise, score, torch_weights
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

PREFIX = "zc_"


class Proxies(Evaluator):
    """Zero-cost proxies of full networks with first weights, one column ``zc_<name>`` for each.

    A value depends on its network and on the seed, not on the other networks or names asked for; a GPU computes in the
    precision of the CPU. Where one proxy of a network fails, the others are there.

    Args:
        space: A space that describes full networks.
        names: Proxies; None takes all.
        images: ``(n, C, H, W)`` images, normalised, and ``(n,)`` int64 labels, taken as one batch. None draws noise of
            the network's input shape, the same for all networks; see ``archgraph.proxies.noise``.
        batch: How much noise to draw.
        seeds: Over how many first weights (and batches of noise) to average.
        seed: The first of these seeds.
        weights: Draws the first weights of a network on the CPU.
        device: Where to compute; None takes the GPU if there is one.

    Raises:
        UnknownNameError: There is no such proxy.
        ValueError: A name comes twice or there is none, the space describes no full networks, the images do not fit
            their labels, or the device is missing.
    """

    name = "proxies"

    def __init__(
        self,
        space: SearchSpace,
        names: Sequence[str] | None = None,
        images: tuple[torch.Tensor, torch.Tensor] | None = None,
        *,
        batch: int = 64,
        seeds: int = 1,
        seed: int = 0,
        weights: Callable[[torch.nn.Module, torch.Generator], None] = torch_weights,
        device: str | None = None,
    ) -> None:
        wanted = list(REGISTRY) if names is None else list(names)
        if not wanted or len(set(wanted)) < len(wanted):
            raise ValueError(f"names must be at least one proxy, none twice, but are {wanted}")
        self.proxies = {name: REGISTRY.get(name)() for name in wanted}
        self.columns = tuple(PREFIX + name for name in wanted)
        space.network(space.sample(1, np.random.default_rng(0))[0])  # whether it has networks, asked before the work
        self.space = space
        self.images = None if images is None else _batch(*images)
        self.batch = _check.positive_int("batch", batch)
        if self.batch < 2:
            raise ValueError("batch must be at least 2, so that batch norm has statistics, but is 1")
        first = _check.seed(seed)
        self.seeds = range(first, first + _check.positive_int("seeds", seeds))
        self.weights = weights
        self.device = _device(device)

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Scores of ``(B, G)`` genotypes, one network after the other."""
        answers: dict[str, list[float]] = {column: [] for column in self.columns}
        reasons: dict[int, str] = {}
        for row, genotype in enumerate(self.space.check(genotypes)):
            try:
                values, failed = self._score(genotype)
            except FAILURES as error:
                values, failed = {}, {"": f"{error or type(error).__name__}".splitlines()[0]}
            for name in self.proxies:
                answers[PREFIX + name].append(values.get(name, np.nan))
            if failed:
                reasons[row] = "; ".join(f"{PREFIX}{name}: {why}" if name else why for name, why in failed.items())
        return Evaluation(answers, reasons)

    def _score(self, genotype: IntArray) -> tuple[dict[str, float], dict[str, str]]:
        """Each proxy's mean over the seeds, NaN with a reason where one of them failed."""
        graph = self.space.network(genotype)
        found: list[dict[str, float]] = []
        failed: dict[str, str] = {}
        for seed in self.seeds:
            generator = torch.Generator().manual_seed(seed)
            images, labels = self.images or noise(graph, self.batch, generator)
            network = build(graph, generator)
            self.weights(network, generator)
            network.to(self.device)
            with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                scores = score(network, self.proxies, images.to(self.device), labels.to(self.device), generator)
            found.append(scores.values)
            failed |= scores.reasons
        return {name: float(np.mean([values[name] for values in found])) for name in self.proxies}, failed


def _batch(images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if len(images) != len(labels) or len(labels) < 2:
        raise ValueError(f"images and labels must be as many, at least 2, but are {len(images)} and {len(labels)}")
    return images, labels


def _device(device: str | None) -> torch.device:
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built with CUDA
        raise ValueError(f"device must be one that torch has here, such as 'cpu', but is {device!r}") from error
    return found
