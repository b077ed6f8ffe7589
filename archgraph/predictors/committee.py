"""Several XGBoost models as one, so that a batch is passed over once."""

from __future__ import annotations

import json
from collections.abc import Sequence

import xgboost as xgb


def joined(boosters: Sequence[xgb.Booster]) -> xgb.Booster:
    """One model whose prediction is the sum of those of ``boosters``.

    Rounds ``m * R`` to ``(m + 1) * R`` of the result are the trees of member m. The members must have one tree a round,
    R rounds, the same settings, and ``base_score`` 0, which a sum keeps.

    Source:
        The JSON schema of models, https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html.
    """
    documents = [json.loads(bytes(booster.save_raw("json"))) for booster in boosters]
    models = [document["learner"]["gradient_booster"]["model"] for document in documents]
    trees = [tree for model in models for tree in model["trees"]]
    for number, tree in enumerate(trees):
        tree["id"] = number
    whole = models[0]
    whole["trees"] = trees
    whole["tree_info"] = [0] * len(trees)
    whole["iteration_indptr"] = list(range(len(trees) + 1))
    whole["gbtree_model_param"]["num_trees"] = str(len(trees))
    booster = xgb.Booster()
    booster.load_model(bytearray(json.dumps(documents[0]).encode()))
    return booster
