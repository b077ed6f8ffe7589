"""Predictors of accuracy, latency or any other number of an architecture, learned from its graph."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archgraph.predictors.base import Predictor, load_predictor
from archgraph.registry import Registry

if TYPE_CHECKING:
    from archgraph.predictors.auto_predictor import AutoPredictor
    from archgraph.predictors.device_predictor import DevicePredictor
    from archgraph.predictors.forest_predictor import ForestPredictor
    from archgraph.predictors.gnn_predictor import GNNPredictor
    from archgraph.predictors.gp_predictor import GaussianProcessPredictor
    from archgraph.predictors.known_devices import KnownDevices, load_known_devices
    from archgraph.predictors.prior import Prior, load_prior
    from archgraph.predictors.prior_expert import Lesson
    from archgraph.predictors.transfer_predictor import TransferPredictor
    from archgraph.predictors.xgboost_predictor import XGBoostPredictor

REGISTRY: Registry[type[Predictor]] = Registry(
    "predictor",
    "archgraph.predictors",
    {
        "auto": "archgraph.predictors.auto_predictor:AutoPredictor",
        "device": "archgraph.predictors.device_predictor:DevicePredictor",
        "forest": "archgraph.predictors.forest_predictor:ForestPredictor",
        "gnn": "archgraph.predictors.gnn_predictor:GNNPredictor",
        "gp": "archgraph.predictors.gp_predictor:GaussianProcessPredictor",
        "transfer": "archgraph.predictors.transfer_predictor:TransferPredictor",
        "xgb": "archgraph.predictors.xgboost_predictor:XGBoostPredictor",
    },
)

__all__ = [
    "REGISTRY",
    "AutoPredictor",
    "DevicePredictor",
    "ForestPredictor",
    "GNNPredictor",
    "GaussianProcessPredictor",
    "KnownDevices",
    "Lesson",
    "Predictor",
    "Prior",
    "TransferPredictor",
    "XGBoostPredictor",
    "load_known_devices",
    "load_predictor",
    "load_prior",
]

_LAZY = {
    "AutoPredictor": "auto_predictor",
    "DevicePredictor": "device_predictor",
    "ForestPredictor": "forest_predictor",
    "KnownDevices": "known_devices",
    "GNNPredictor": "gnn_predictor",
    "GaussianProcessPredictor": "gp_predictor",
    "Lesson": "prior_expert",
    "Prior": "prior",
    "TransferPredictor": "transfer_predictor",
    "XGBoostPredictor": "xgboost_predictor",
    "load_known_devices": "known_devices",
    "load_prior": "prior",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'archgraph.predictors' has no attribute {name!r}")
    return getattr(import_module(f"archgraph.predictors.{_LAZY[name]}"), name)
