import numpy as np
import pytest

from archgraph.evaluators import Summed
from archgraph.latency import LatencyTable, OperatorSum, OperatorTimes, measure_into, operator_networks
from archgraph.latency.operator_times import OPERATORS
from archgraph.spaces import space
from tests.devices import Priced


def test_answers_with_the_sums_of_the_full_networks() -> None:
    nb201 = space("nb201")
    genotypes = nb201.sample(4, np.random.default_rng(0))
    with LatencyTable(None, OPERATORS) as table:
        measure_into(table, "ms", Priced(), operator_networks(map(nb201.network, genotypes)))
        model = OperatorSum(OperatorTimes.of_table(table, "ms"))
    found = Summed(nb201, model, "phone_ms").evaluate(genotypes)
    assert found["phone_ms"] == pytest.approx([Priced().milliseconds(nb201.network(row)) for row in genotypes])
    assert Summed(nb201, model).columns == ("latency_ms",)
    with pytest.raises(ValueError, match="describes no full network"):
        Summed(space("gnn"), model)
