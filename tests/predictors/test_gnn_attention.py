"""Attention to ancestors and descendants."""

from __future__ import annotations

import torch
from torch.nn import functional

from archgraph.predictors.gnn_attention import AttentionLayer
from tests.predictors.encoding import chain, generator, states


def test_attention_by_hand() -> None:
    """Of the middle of three nodes, which attends to the first and itself, and to itself and the last."""
    layer, h = AttentionLayer(1, 8, generator()), states(3, 8)
    with torch.no_grad():
        layer.near[0] = torch.arange(18.0).view(2, 9) / 5
    asked = (h @ layer.asked[0]).view(3, 6, 8)
    own, *told = (h @ layer.said[0]).view(3, 3, 8).unbind(1)
    heard = own[1]
    for direction, seen, bias in ((0, [0, 1], [1 / 5, 0]), (1, [2, 1], [10 / 5, 9 / 5])):
        query, key, gate = (asked[:, part + direction] for part in (0, 2, 4))
        share = torch.softmax(key[seen] @ query[1] / 8**0.5 + torch.tensor(bias), dim=0)
        heard = heard + 2 * torch.sigmoid(gate[1]) * (share @ told[direction][seen])
    expected = h[1] + functional.relu(functional.rms_norm(heard, (8,), eps=1e-5))
    assert torch.allclose(layer(h[None], chain())[0, 1], expected, atol=1e-5)
