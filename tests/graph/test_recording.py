from __future__ import annotations

from archgraph.graph.recording import Recording, Traced


def image(recording: Recording, channels: int = 8) -> Traced:
    return recording.add("input", [], (2, channels, 6, 5), 1)


def test_sizes_come_from_the_axes_beside_batch_and_channels() -> None:
    recording = Recording()
    x = image(recording)
    tokens = recording.add("flatten", [x], (2, 30, 8), 2)
    vector = recording.add("global_avg_pool", [tokens], (2, 8), 1)
    recording.add("output", [vector], (2, 8), 1)
    graph = recording.graph()
    rows = [[graph.attr(name)[node] for name in ("c_in", "c_out", "height", "width")] for node in range(3)]
    assert rows[0] == [8, 8, 6, 5]
    assert rows[1] == [8, 8, 30, 1]
    assert rows[2][:2] == [8, 8]
    assert rows[2][2] != rows[2][2]


def test_a_tensor_taken_twice_passes_an_identity() -> None:
    recording = Recording()
    x = image(recording)
    total = recording.add("add", [x, x], x.shape, 1)
    recording.add("output", [total], x.shape, 1)
    graph = recording.graph()
    assert graph.ops == ("input", "identity", "add", "output")
    assert graph.edges.tolist() == [[0, 1], [0, 2], [1, 2], [2, 3]]


def test_a_concatenation_keeps_its_order() -> None:
    recording = Recording()
    x = image(recording)
    first = recording.add("relu", [x], x.shape, 1)
    second = recording.add("conv", [x], x.shape, 1)
    both = recording.add("concat", [second, first, x], (2, 24, 6, 5), 1)
    recording.add("output", [both], both.shape, 1)
    graph = recording.graph()
    assert graph.ops == ("input", "relu", "conv", "identity", "identity", "concat", "output")
    assert [graph.inputs(source)[0] if graph.ops[source] == "identity" else source for source in graph.inputs(5)] == [
        2,
        1,
        0,
    ]


def test_unknown_operations_are_counted_by_name() -> None:
    recording = Recording()
    x = image(recording)
    y = recording.unknown_op("roll", [x, x], (2, 8, 6, 5))
    z = recording.unknown_op("roll", [y], (2, 8, 3, 5))
    assert recording.unknown == {"roll": 2}
    assert (z.channel, z.channels, z.places) == (1, 8, (3, 5))
