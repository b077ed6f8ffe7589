"""What stands at each position."""

from __future__ import annotations

from archgraph.features.places import MOST_POSITIONS, Places
from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.graph import ArchGraph, GraphBatch
from tests.graphs import small_graph


def _chain(ops: list[str], **attrs: dict[int, float]) -> ArchGraph:
    edges = [(node, node + 1) for node in range(len(ops) + 1)]
    return small_graph(["input", *ops, "output"], edges, **attrs)


def _values(train: list[ArchGraph], test: list[ArchGraph]) -> dict[tuple[object, ...], list[float]]:
    batch, other = GraphBatch.from_graphs(train), GraphBatch.from_graphs(test)
    tokens = Tokens.learn(batch)
    slots = Slots.of(batch, tokens, 0, len(batch))
    places = Places.learn(slots)
    columns = places.columns(slots, tokens)
    rows = places.compute(Slots.of(other, tokens, 0, len(other)), tokens, columns)
    return dict(zip(columns, rows.tolist(), strict=True))


def test_operations_are_told_apart_by_token() -> None:
    graphs = [_chain(["conv"], position={1: 4}), _chain(["relu"], position={1: 4}), _chain(["tanh"], position={1: 4})]
    found = _values(graphs[:2], graphs)
    assert found == {("token", 4, 0): [1, 0, 0], ("token", 4, 1): [0, 1, 0]}


def test_settings_of_one_operation_are_numbers() -> None:
    both, first = {1: 0.0, 2: 1.0}, {1: 0.0}
    graphs = [
        _chain(["conv", "conv"], position=both, kernel={1: 3, 2: 5}),
        _chain(["conv", "conv"], position=both, kernel={1: 5, 2: 3}),
        _chain(["conv"], position=first, kernel={1: 3}),
    ]
    found = _values(graphs, graphs)
    assert found["setting", 0, "kernel"] == [3, 5, 3]
    assert found["setting", 1, "kernel"] == [5, 3, 0]
    assert found["present", 1] == [1, 1, 0]


def test_shapes_that_differ_at_a_position() -> None:
    graphs = [_chain(["conv"], position={1: 0}, c_out={1: width}, height={1: 32}) for width in (8.0, 16.0)]
    found = _values(graphs, graphs)
    assert found["shape", 0, "c_out"] == [8, 16]
    assert ("shape", 0, "height") not in found


def test_positions_never_seen_are_ignored() -> None:
    train = [_chain(["conv"], position={1: 2}), _chain(["relu"], position={1: 2})]
    found = _values(train, [_chain(["conv"], position={1: 1}), _chain(["conv"], position={1: 7})])
    assert found == {("token", 2, 0): [0, 0], ("token", 2, 1): [0, 0]}


def test_graphs_without_positions() -> None:
    assert _values([_chain(["conv"]), _chain(["relu"])], [_chain(["conv"])]) == {}


def test_too_many_positions_are_no_template() -> None:
    count = MOST_POSITIONS + 1
    graph = _chain(["relu"] * count, position={node: float(node) for node in range(1, count + 1)})
    slots = Slots.of(graph.batch(), Tokens.learn(graph.batch()), 0, 1)
    assert Places.learn(slots).positions == []
