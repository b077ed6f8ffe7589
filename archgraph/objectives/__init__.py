"""Objectives, constraints, Pareto fronts and the hypervolume that they hold."""

from archgraph.objectives.constraint import Constraint, check_together, closest_miss, feasible, violation
from archgraph.objectives.hypervolume import hypervolume, hypervolume_gains, relative_hypervolume
from archgraph.objectives.objective import Objective, all_constraints, minimised, wanted_columns, worst_accepted
from archgraph.objectives.pareto import layers, non_dominated
from archgraph.objectives.scaling import Scaling

__all__ = [
    "Constraint",
    "Objective",
    "Scaling",
    "all_constraints",
    "check_together",
    "closest_miss",
    "feasible",
    "hypervolume",
    "hypervolume_gains",
    "layers",
    "minimised",
    "non_dominated",
    "relative_hypervolume",
    "violation",
    "wanted_columns",
    "worst_accepted",
]
