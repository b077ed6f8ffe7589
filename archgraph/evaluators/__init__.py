"""One face for everything that answers what an architecture is worth: tables, predictors, formulas, devices."""

from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.combined import Combined, Only
from archgraph.evaluators.costs import Costs
from archgraph.evaluators.evaluation import Evaluation
from archgraph.evaluators.keys import first_of_each, genotype_keys
from archgraph.evaluators.predicted import Predicted
from archgraph.evaluators.tabular import Tabular

__all__ = [
    "Combined",
    "Costs",
    "Evaluation",
    "Evaluator",
    "Only",
    "Predicted",
    "Tabular",
    "evaluate_each",
    "first_of_each",
    "genotype_keys",
]
