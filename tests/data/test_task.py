"""Tasks of data sets as tensors."""

from __future__ import annotations

import pytest
import torch

from archgraph._datasets import dataset_card, dataset_names
from archgraph.data.task import load_task
from archgraph.registry import UnknownNameError

EMBEDDED = next(name for name in dataset_names() if "task" in dataset_card(name))


def test_images_are_scaled_and_laid_out_for_the_cpu() -> None:
    task = load_task(EMBEDDED)
    raw, labels = task.make("val", 20, 5)
    images, wanted = task.tensors("val", 20, 5)
    assert torch.allclose(images * task.scale + task.mean, torch.from_numpy(raw).float(), atol=1e-3)
    assert wanted.tolist() == labels.tolist()
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_unknown_tasks_are_named() -> None:
    with pytest.raises(UnknownNameError, match="Unknown task 'nothing'"):
        load_task("nothing")
