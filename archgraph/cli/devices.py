"""Known devices out of the columns of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.data import ArchTable
    from archgraph.predictors import KnownDevices, Predictor


def known_devices(
    table: ArchTable, columns: str, target: str | None, seed: int, report: Callable[[str, int, int], None]
) -> KnownDevices:
    """What the columns teach, one a device, all but the target.

    Args:
        table: The benchmark.
        columns: Names, or patterns of names, with commas between them.
        target: The column that is to be predicted for a new device.
        seed: Of the rows that teach.
        report: Told how it comes along.

    Raises:
        UnknownNameError: No column has the name, or matches the pattern.
        ValueError: Only the target is left, or a column does not hold costs above 0.
    """
    from archgraph.cli.options import comma_separated
    from archgraph.predictors import KnownDevices

    names = [name for name in table.matching(*comma_separated(columns, "--devices")) if name != target]
    if not names:
        raise ValueError(f"--devices must name devices beside the target {target!r}, but is {columns!r}")
    card: dict[str, Any] = {
        "table": table.name,
        "space": table.space.name,
        "units": {name: table.units[name] for name in names},
    }
    card["as_written"] = table.as_written(names[0])
    return KnownDevices.learn(
        table.graphs_for(names[0]), {name: table[name] for name in names}, seed=seed, card=card, progress=report
    )


def note_if_unlike(model: Predictor, output: Output) -> None:
    """Tell of a device that known ones say little of; it is in the model's card too."""
    card = model.card_
    if card.get("unlike_known_devices"):
        output.note(
            f"the device of {card['target']} is like none of the known ones; its own measurements tell nearly all"
        )
