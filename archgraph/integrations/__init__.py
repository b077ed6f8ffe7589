"""Spaces, predictors and evaluators in loops that people run already: pymoo, Optuna, BoTorch, Ray, Syne Tune.

Each is one module, imported by its name: ``from archgraph.integrations.optuna import GenotypeSampler``. What it
takes is an extra of the same name: ``pip install 'archgraph[optuna]'``.
"""
