"""A graph that runs: the torch module of a full graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from archgraph.graph import ArchGraph
from archgraph.networks.initialise import initialise
from archgraph.networks.layout import Layout, layouts
from archgraph.networks.node import Node, nodes_of
from archgraph.networks.operations import module_of


def _places_before_channels(x: Tensor) -> Tensor:
    return x.movedim(1, -1)


def _channels_before_places(x: Tensor) -> Tensor:
    return x.movedim(-1, 1)


def _only_channels(x: Tensor) -> Tensor:
    return x.flatten(1)


def _at_every_place(x: Tensor) -> Tensor:
    return x.unsqueeze(-1).unsqueeze(-1)


def _at_every_token(x: Tensor) -> Tensor:
    return x.unsqueeze(1)


View = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class _Step:
    """One node's part in the forward pass.

    Attributes:
        node: Its number.
        name: Name of its module.
        sources: Nodes that it takes.
        views: How each source's axes are seen by the module; None = as they are.
        back: How the module's result is seen by others.
        done: Nodes that no later step takes.
    """

    node: int
    name: str
    sources: tuple[int, ...]
    views: tuple[View | None, ...]
    back: View | None
    done: tuple[int, ...]


class GraphNetwork(nn.Module):
    """The network that a full graph describes.

    Submodules are named after the nodes, ``12_conv``, so weights are ``12_conv.weight``: the same graph has the same
    names always. A tensor is let go of as soon as no later operation takes it.

    Args:
        graph: Operations with the attributes that they need to run.

    Raises:
        ValueError: An operation is ``other``, lacks an attribute, or does not fit its inputs.
    """

    def __init__(self, graph: ArchGraph) -> None:
        super().__init__()
        nodes = nodes_of(graph)
        found = layouts(nodes)
        self._inputs = tuple(node.number for node in nodes if node.op == "input")
        self._outputs = tuple(node.inputs[0] for node in nodes if node.op == "output")
        inner = [node for node in nodes if node.op not in ("input", "output")]
        last_use = {source: node.number for node in inner for source in (node.number, *node.inputs)}
        steps = []
        for node in inner:
            sources = [nodes[source] for source in node.inputs]
            self.add_module(node.name, module_of(node, sources, found[node.inputs[0]]))
            done = tuple(n for n, last in last_use.items() if last == node.number and n not in self._outputs)
            views, back = _views(node, found)
            steps.append(_Step(node.number, node.name, node.inputs, views, back, done))
        self._steps = tuple(steps)

    def forward(self, x: Tensor | Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
        """Run the network.

        Args:
            x: An image ``(B, C, H, W)``, a sequence ``(B, T, C)``, a vector ``(B, C)``, or symbols ``(B, T)`` int64;
                where the graph has several inputs, one tensor for each of them, in order.

        Returns:
            What the output node takes; a tuple if there are several output nodes.

        Raises:
            ValueError: The number of tensors is not that of the input nodes.
        """
        inputs = (x,) if len(self._inputs) == 1 else tuple(x)
        if len(inputs) != len(self._inputs):
            raise ValueError(f"the network takes {len(self._inputs)} tensors, but was given {len(inputs)}")
        values: dict[int, Tensor] = dict(zip(self._inputs, inputs, strict=True))
        for step in self._steps:
            seen = zip(step.sources, step.views, strict=True)
            taken = [values[source] if view is None else view(values[source]) for source, view in seen]
            result = getattr(self, step.name)(*taken)
            values[step.node] = result if step.back is None else step.back(result)
            for node in step.done:
                del values[node]
        results = tuple(values[node] for node in self._outputs)
        return results[0] if len(results) == 1 else results


def _views(node: Node, found: list[Layout]) -> tuple[tuple[View | None, ...], View | None]:
    """How the inputs of ``node`` are seen by its module, and how its result is seen by others."""
    given = [found[source] for source in node.inputs]
    if node.op in ("linear", "layer_norm") and given[0] == "image":
        if found[node.number] == "vector":
            return (_only_channels,), None
        return (_places_before_channels,), _channels_before_places
    if node.op in ("add", "multiply"):
        lift = {"image": _at_every_place, "sequence": _at_every_token}.get(found[node.number])
        return tuple(lift if layout == "vector" else None for layout in given), None
    return (None,) * len(given), None


def build(graph: ArchGraph, generator: torch.Generator | None = None) -> GraphNetwork:
    """The torch module of a full graph, with first weights.

    Args:
        graph: Operations with the attributes that they need to run.
        generator: Source of the weights, on the CPU; the same state gives the same weights. None = one seeded with 0.

    Returns:
        A module in training mode on the CPU; its costs are the graph's.

    Raises:
        ValueError: An operation is ``other``, lacks an attribute, or does not fit its inputs.
    """
    # On the meta device modules draw nothing from torch's global generator while they are made.
    with torch.device("meta"):
        network = GraphNetwork(graph)
    network.to_empty(device="cpu")
    initialise(network, generator or torch.Generator().manual_seed(0))
    return network
