"""Figures as PNG, for pages that cannot hold scripts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archgraph._files import whole_file
from archgraph.report.curves import Curve, Record, Reference, curves, metric_title, task_names, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SERIES = ("#0072b2", "#d55e00", "#007f5c", "#b0529a", "#c28500", "#3f9bd1")
"""Colours that stay apart for all eyes, as in ``assets/theme.css``."""

_MARKERS = ("o", "s", "D", "^", "P", "*")
_PEER_MARKERS = ("x", "+", "1", "2", "3", "4", "|", "_", "v")
_INK, _FAINT, _GRID = "#15181c", "#79828d", "#edeff2"
_MOST_ACROSS = 3
_BELOW = {"loc": "outside lower center", "ncols": 4}


def rank_figure(
    path: str | os.PathLike[str],
    records: Sequence[Record],
    metric: str,
    references: Sequence[Reference] = (),
) -> None:
    """Write the curves of ``metric`` over sizes to a PNG file, a panel for each task that has it.

    Args:
        path: Of the file.
        records: ``{"task", "method", "size", "seed", "metric", "value", "unit"}`` each; one with a ``source`` is what
            others reach, and drawn as a dashed line.
        metric: As the records name it.
        references: Lines to draw beside the curves.

    Raises:
        ValueError: No record has a finite value of ``metric``, or one lacks a key.
        OSError: The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = {task: curves(records, task, metric) for task in task_names(records)}
    panels = {task: lines for task, lines in found.items() if lines}
    if not panels:
        raise ValueError(f"records hold no finite value of metric {metric!r}; choose another one")
    methods = list(dict.fromkeys(curve.method for lines in panels.values() for curve in lines if not curve.source))
    peers = list(dict.fromkeys(curve.method for lines in panels.values() for curve in lines if curve.source))
    across = min(len(panels), _MOST_ACROSS)
    down = -(-len(panels) // across)
    beside = 3.2 if peers else 0.0
    figure = Figure(figsize=(4.2 * across + 0.6 + beside, 3.3 * down + 0.5), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(down, across, squeeze=False).ravel()
    unit = next((str(record.get("unit", "")) for record in records if record["metric"] == metric), "")
    for axes, (task, lines) in zip(grid, panels.items(), strict=False):
        _panel(axes, lines, methods, peers, task)
        axes.set_xlabel(words_of(records).sizes)
        axes.set_ylabel(f"{metric_title(metric)} ({unit})" if unit not in ("", "1") else metric_title(metric))
        for line in references:
            if line.metric == metric and line.task in ("", task):
                _reference(axes, line)
        axes.margins(y=0.1)
    for axes in grid[len(panels) :]:
        axes.remove()
    handles = {text: line for axes in figure.axes for line, text in zip(*axes.get_legend_handles_labels(), strict=True)}
    place: dict[str, Any] = {"loc": "outside right upper", "fontsize": 8} if peers else _BELOW
    figure.legend(handles.values(), handles.keys(), frameon=False, **place)
    with whole_file(path) as partial:
        # Without the library's version the same records give the same file.
        figure.savefig(partial, format="png", dpi=160, metadata={"Software": None})


def _panel(axes: Axes, lines: Sequence[Curve], methods: Sequence[str], peers: Sequence[str], task: str) -> None:
    sizes = sorted({size for curve in lines for size in curve.sizes})
    for curve in lines:
        if curve.source:
            marker = _PEER_MARKERS[peers.index(curve.method) % len(_PEER_MARKERS)]
            dashed: dict[str, Any] = {"linestyle": "--", "linewidth": 1, "markersize": 4, "zorder": 1.5}
            axes.plot(curve.sizes, curve.median, color=_FAINT, marker=marker, label=_text(curve.method), **dashed)
            continue
        number = methods.index(curve.method)
        colour, marker = SERIES[number % len(SERIES)], _MARKERS[number % len(_MARKERS)]
        if len(curve.sizes) > 1:
            axes.fill_between(curve.sizes, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0)
        else:
            axes.vlines(curve.sizes, curve.low, curve.high, color=colour, linewidth=1.5)
        axes.plot(curve.sizes, curve.median, color=colour, marker=marker, markersize=5, label=_text(curve.method))
    if sizes[-1] / sizes[0] >= 8:
        axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    axes.minorticks_off()
    axes.set_title(_text(task), loc="left", fontsize=11, color=_INK)
    axes.grid(color=_GRID)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _reference(axes: Axes, line: Reference) -> None:
    axes.axhline(line.value, color=_FAINT, linewidth=1, linestyle=":")
    axes.annotate(
        _text(line.label),
        (0, line.value),
        xycoords=("axes fraction", "data"),
        xytext=(3, 3),
        textcoords="offset points",
        fontsize=8,
        color=_FAINT,
    )


def _text(text: str) -> str:
    """``text`` as it is: a dollar sign would begin a formula, an underscore in front hides a legend entry."""
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")
