"""Graphs as tensors: any rows, in any order, for several members."""

from __future__ import annotations

import numpy as np
import torch

from archgraph.graph import GraphBatch
from archgraph.predictors.gnn_tensors import FARTHEST_STEPS, EncodedGraphs
from tests.graphs import small_graph
from tests.predictors.encoding import encoded, learned

DIAMOND = small_graph(["input", "conv", "relu", "add", "output"], [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)])
CHAIN = small_graph(["input", "relu", "output"], [(0, 1), (1, 2)])


def _encoded() -> EncodedGraphs:
    batch = GraphBatch.from_graphs([DIAMOND, CHAIN])
    return encoded(learned(batch), batch)


def _said(members: int) -> torch.Tensor:
    """Powers of 2 to oneself, of 2 times 1000 to targets, of 2 times a million to sources."""
    power = 2.0 ** torch.arange(8 * members)
    return torch.stack([power, 1e3 * power, 1e6 * power], dim=1).view(members, 24, 1)


def test_one_member_by_hand() -> None:
    tensors = _encoded().tensors(members=1)
    assert tensors.edges.tolist() == [[0, 0, 1, 2, 3, 5, 6], [1, 2, 3, 3, 4, 6, 7]]
    assert tensors.both_ways.tolist()[0] == [0, 0, 1, 2, 3, 5, 6, 1, 2, 3, 3, 4, 6, 7]
    assert tensors.graph.tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert tensors.start.tolist() == [0, 5, 8]


def test_each_node_hears_itself_its_sources_and_its_targets() -> None:
    heard = _encoded().tensors(members=1).heard(_said(1)).flatten().tolist()
    own = [1, 2, 4, 8, 16, 32, 64, 128]
    sources = [0, 1, 1, 6, 8, 0, 32, 64]
    targets = [6, 8, 8, 16, 0, 64, 128, 0]
    assert heard == [one + 1e3 * two + 1e6 * three for one, two, three in zip(own, sources, targets, strict=True)]


def test_members_have_copies_of_the_nodes() -> None:
    heard = _encoded().tensors(members=2).heard(_said(2))
    assert torch.equal(heard[1], 256 * heard[0])


def test_output_and_mean_are_read() -> None:
    state = torch.tensor([1.0, 2, 4, 8, 16, 3, 6, 9])[None, :, None]
    read = _encoded().tensors(members=1).read(state).flatten()
    assert torch.allclose(read, torch.tensor([16, 31 / 5, 9, 6]))


def test_rows_in_another_order() -> None:
    encoded = _encoded()
    assert len(encoded) == 2
    assert encoded.largest == 5
    tensors = encoded.tensors(1, torch.tensor([1, 0]))
    assert tensors.edges.tolist() == [[0, 1, 3, 3, 4, 5, 6], [1, 2, 4, 5, 6, 6, 7]]
    assert tensors.token.tolist() == [*encoded.token[5:].tolist(), *encoded.token[:5].tolist()]
    assert torch.equal(tensors.features, encoded.features[[1, 0]])


def test_steps_between_nodes() -> None:
    never = FARTHEST_STEPS + 1
    steps = _encoded().tensors(1).steps
    assert steps[0].tolist() == [
        [0, never, never, never, never],
        [1, 0, never, never, never],
        [1, never, 0, never, never],
        [2, 1, 1, 0, never],
        [3, 2, 2, 1, 0],
    ]
    assert steps[1, :3, :3].tolist() == [[0, never, never], [1, 0, never], [2, 1, 0]]
    assert steps[1, 3:].tolist() == [[never] * 3 + [0, never], [never] * 4 + [0]]


def test_nodes_of_a_long_chain_reach_each_other() -> None:
    chain = small_graph(["input", *["relu"] * 30, "output"], [(i, i + 1) for i in range(31)]).batch()
    steps = encoded(learned(chain), chain).tensors(1).steps[0]
    assert steps[31].tolist() == [*[FARTHEST_STEPS] * 24, *range(7, -1, -1)]
    assert (steps.triu(1) == FARTHEST_STEPS + 1)[np.triu_indices(32, 1)].all()


def test_padding_and_back() -> None:
    tensors = _encoded().tensors(2)
    state = torch.arange(32.0).view(2, 8, 2) + 1
    padded = tensors.padded(state)
    assert padded.shape == (2, 2, 5, 2)
    assert padded[0, 1].tolist() == [[11, 12], [13, 14], [15, 16], [0, 0], [0, 0]]
    assert torch.equal(tensors.flat(padded), state)
