"""What tells one elastic inverted-residual network family member from another, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph.typing import IntArray


@dataclass(frozen=True)
class Stage:
    """Blocks of one width; the first has the stride, the others 1.

    Attributes:
        widths: Choices of output channels, ascending.
        depths: Choices of the number of blocks, ascending.
        stride: Of the first block.
        act: Activation, an operation of the vocabulary.
        squeeze: Whether blocks have a squeeze-and-excite gate.
    """

    widths: tuple[int, ...]
    depths: tuple[int, ...]
    stride: int
    act: str = "relu"
    squeeze: bool = False


@dataclass(frozen=True)
class MobileDescription:
    """Everything that tells one family member from another.

    Attributes:
        channels: Of the input image.
        classes: Number of outputs.
        resolutions: Choices of the input's height and width.
        stem: Channels of the 3x3 stem convolution.
        stem_stride: Its stride.
        stem_act: Its activation.
        entry: Channels of a fixed 3x3 block without expansion behind the stem; 0 = there is none.
        entry_act: Its activation.
        stages: The elastic part.
        kernels: Choices of every block's depthwise kernel.
        expands: Choices of every block's expansion ratio.
        head: Channels of the 1x1 convolution before pooling.
        head_act: Its activation, and that of the feature layer.
        feature: Channels of a 1x1 convolution without normalisation behind the pooling; 0 = there is none.
        divisor: Hidden and squeezed channels are rounded to multiples of it.
    """

    channels: int
    classes: int
    resolutions: tuple[int, ...]
    stem: int
    stages: tuple[Stage, ...]
    kernels: tuple[int, ...]
    expands: tuple[int, ...]
    head: int
    stem_stride: int = 2
    stem_act: str = "relu"
    entry: int = 0
    entry_act: str = "relu"
    head_act: str = "relu"
    feature: int = 0
    divisor: int = 8

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> MobileDescription:
        """A description out of TOML or JSON: tables for stages, lists for choices.

        Raises:
            ValueError: A field is missing or unknown.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise ValueError(f"description has no field {name!r}; its fields are {', '.join(sorted(known))}")
        try:
            stages = tuple(Stage(**_tuples(stage)) for stage in values.get("stages", ()))
            return cls(**(_tuples(values) | {"stages": stages}))
        except TypeError as error:
            raise ValueError(f"description is incomplete: {error}") from error


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def divisible(channels: ArrayLike, divisor: int) -> IntArray:
    """The multiple of ``divisor`` nearest to ``channels``, up by one where that loses more than a tenth.

    Source:
        Sandler et al., CVPR 2018, reference implementation.
    """
    wanted = np.asarray(channels, dtype=np.float64)
    rounded = np.maximum(divisor, (wanted + divisor / 2) // divisor * divisor)
    return np.where(rounded < 0.9 * wanted, rounded + divisor, rounded).astype(np.int64)
