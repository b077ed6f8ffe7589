"""How elastic inverted-residual networks are written in one line.

``16:5e4-3e2/24:3e1`` has two stages: one of 16 channels with two blocks, kernel 5 and expansion 4, kernel 3 and
expansion 2; one of 24 channels with one block. Where the resolution varies it comes first: ``32px/16:5e4``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BLOCK = re.compile(r"(\d+)e(\d+)")


def to_text(config: Mapping[str, Any]) -> str:
    """The line for ``resolution``, ``depth_s``, ``width_s``, ``kernel_s_b`` and ``expand_s_b``.

    Args:
        config: Every decision by name, also those that leave no choice; ``resolution`` only if it is to be written.
    """
    stages = sum(name.startswith("depth_") for name in config)
    parts = [f"{config['resolution']}px"] if "resolution" in config else []
    for s in range(stages):
        blocks = [f"{config[f'kernel_{s}_{b}']}e{config[f'expand_{s}_{b}']}" for b in range(config[f"depth_{s}"])]
        parts.append(f"{config[f'width_{s}']}:{'-'.join(blocks)}")
    return "/".join(parts)


def from_text(text: str) -> dict[str, int]:
    """The inverse of ``to_text``; absent blocks are left out.

    Raises:
        ValueError: The line is of another form.
    """
    parts = text.split("/")
    config: dict[str, int] = {}
    if parts[0].endswith("px"):
        config["resolution"] = _number(parts.pop(0).removesuffix("px"))
    for s, part in enumerate(parts):
        width, colon, blocks = part.partition(":")
        found = [_BLOCK.fullmatch(block) for block in blocks.split("-")]
        if not colon or None in found:
            raise ValueError(f"{part!r} must be like 16:5e4-3e2, channels and then kernel and expansion of each block")
        config |= {f"width_{s}": _number(width), f"depth_{s}": len(found)}
        for b, match in enumerate(found):
            if match:
                config |= {f"kernel_{s}_{b}": int(match[1]), f"expand_{s}_{b}": int(match[2])}
    return config


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} must be a whole number")
    return int(text)
