"""One face for everything that answers what an architecture is worth: tables, predictors, formulas, devices.

``Measured``, ``Proxies``, ``Subnet``, ``Trained`` and ``View`` are imported when they are first used: they need torch,
or predictors.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.called import Called
from archgraph.evaluators.combined import Combined, Only
from archgraph.evaluators.costs import Costs
from archgraph.evaluators.evaluation import Evaluation
from archgraph.evaluators.keys import first_of_each, genotype_keys
from archgraph.evaluators.predicted import Predicted
from archgraph.evaluators.program import Program
from archgraph.evaluators.summed import Summed
from archgraph.evaluators.tabular import Tabular
from archgraph.evaluators.wrapping import Wrapping

if TYPE_CHECKING:
    from archgraph.evaluators.measured import Measured
    from archgraph.evaluators.proxies import Proxies
    from archgraph.evaluators.subnet import Subnet
    from archgraph.evaluators.trained import Trained
    from archgraph.evaluators.view import View

__all__ = [
    "Called",
    "Combined",
    "Costs",
    "Evaluation",
    "Evaluator",
    "Measured",
    "Only",
    "Predicted",
    "Program",
    "Proxies",
    "Subnet",
    "Summed",
    "Tabular",
    "Trained",
    "View",
    "Wrapping",
    "evaluate_each",
    "first_of_each",
    "genotype_keys",
]

_LATE = {"Measured": "measured", "Proxies": "proxies", "Subnet": "subnet", "Trained": "trained", "View": "view"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'archgraph.evaluators' has no attribute {name!r}")
    return getattr(import_module(f"archgraph.evaluators.{_LATE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
