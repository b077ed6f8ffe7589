"""The image classification task that a data set's networks are trained and evaluated on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archgraph._datasets import dataset_card, dataset_names
from archgraph.data.scenes import Scenes
from archgraph.registry import Registry, UnknownNameError

if TYPE_CHECKING:
    import torch

GENERATORS: Registry[Callable[[str, int, int], Scenes]] = Registry(
    "task generator", "archgraph.tasks", {"scenes": "archgraph.data.scenes:make_scenes"}
)
"""Generator name to a function of split, number of images and seed."""


@dataclass(frozen=True)
class Task:
    """Labelled images, made rather than stored.

    Attributes:
        name: Of the data set.
        make: Split, number and seed to uint8 images and labels.
        mean: Grey value that becomes 0.
        scale: Grey values that become 1.
    """

    name: str
    make: Callable[[str, int, int], Scenes]
    mean: float
    scale: float

    def tensors(self, split: str, n: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
        """``(n, C, H, W)`` float32 images, channels last in memory, and ``(n,)`` int64 labels.

        Args:
            split: ``"train"``, ``"val"`` or ``"test"``.
            n: Number of images.
            seed: The same seed gives the same images.

        Raises:
            UnknownNameError: There is no such split.
            ValueError: n is smaller than 1.
        """
        import torch

        images, labels = self.make(split, n, seed)
        scaled = (torch.from_numpy(images).float() - self.mean) / self.scale
        return scaled.contiguous(memory_format=torch.channels_last), torch.from_numpy(labels)


def load_task(name: str) -> Task:
    """The task of the data set ``name``.

    Raises:
        UnknownNameError: No data set of that name has one.
    """
    known = [known for known in dataset_names() if "task" in dataset_card(known)]
    if name not in known:
        raise UnknownNameError("task", name, known)
    card = dataset_card(name)["task"]
    return Task(name, GENERATORS.get(card["generator"]), card["mean"], card["scale"])
