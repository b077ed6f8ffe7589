"""Where the networks compute."""

from __future__ import annotations

import torch


def chosen_device(name: str) -> torch.device:
    """The device that ``name`` stands for.

    Args:
        name: "cpu", "cuda", "cuda:1" and so on, or "auto": a GPU if there is one, else the CPU.

    Raises:
        ValueError: It is something else, or there is no such GPU.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise ValueError(f"device must be 'cpu', 'cuda', 'cuda:<number>' or 'auto', but is {name!r}")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device.type == "cuda" and (device.index or 0) >= count:
        raise ValueError(f"device {name!r} is not there: torch sees {count} GPUs; choose 'cpu' or 'auto'")
    return device


def device_or_cpu(name: str) -> torch.device:
    """The device that ``name`` stands for, or the CPU if it is not there: for models from other machines."""
    try:
        return chosen_device(name)
    except ValueError:
        return torch.device("cpu")
