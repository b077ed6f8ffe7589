"""``archgraph graph``: one network as a graph, with its costs, as JSON or as a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Json, Quiet

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.graph import ArchGraph


def graph(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="SPEC",
            help="An architecture of --space, a graph's JSON file, or 'module:name' of a torch module or its factory.",
        ),
    ],
    space: Annotated[str | None, typer.Option(help="Search space that SPEC is an architecture of.")] = None,
    compact: Annotated[bool, typer.Option("--compact", help="The compact graph that predictors see.")] = False,
    shape: Annotated[
        str, typer.Option("--input", metavar="CxHxW", help="Shape of one input, to trace a torch module with.")
    ] = "3x224x224",
    out: Annotated[
        list[Path] | None, typer.Option("--out", "-o", metavar="FILE", help="Write to FILE: .json or .svg; repeatable.")
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Show a network as a graph: parameters, MACs, activations, operations."""
    from archgraph.cli.output import Output, check_apart, writable

    output = Output(json, quiet)
    for path in out or []:
        if path.suffix not in (".json", ".svg"):
            raise ValueError(f"--out must end in .json or .svg, but is {str(path)!r}")
        check_apart("--out", writable(path), None if space else spec)
    found = _of_space(spec, space, compact) if space else _from_outside(spec, shape, output)
    for path in out or []:
        _write(found, path)
        output.note(f"wrote {path}")
    _show(found, output)


def _of_space(spec: str, name: str, compact: bool) -> ArchGraph:
    from archgraph.spaces import space

    found = space(name)
    genotype = found.parse(spec)
    return found.graph(genotype) if compact else found.network(genotype)


def _from_outside(spec: str, shape: str, output: Output) -> ArchGraph:
    if spec.endswith(".json"):
        return _read(Path(spec))
    if ":" in spec:
        return _traced(spec, shape, output)
    raise ValueError(f"SPEC is {spec!r}; expected a .json file, 'module:name', or an architecture with --space")


def _traced(spec: str, shape: str, output: Output) -> ArchGraph:
    import warnings

    import torch

    from archgraph.graph.tracing import trace

    sizes = [int(size) for size in shape.split("x") if size.isdecimal() and int(size) > 0]
    if len(sizes) != len(shape.split("x")):
        raise ValueError(f"--input must be sizes with an x between them, like 3x224x224, but is {shape!r}")
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        graph = trace(_module(spec), torch.zeros(1, *sizes))
    for remark in remarks:
        output.note(f"warning: {remark.message}")
    return graph


def _read(path: Path) -> ArchGraph:
    import json

    from archgraph.graph import ArchGraph
    from archgraph.registry import UnknownNameError

    try:
        return ArchGraph.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{str(path)!r} is no JSON: {error}") from error
    except (ValueError, UnknownNameError) as error:
        raise ValueError(f"{str(path)!r} is no graph: {error}") from error


def _module(spec: str) -> Any:
    import sys
    from importlib import import_module

    from torch import nn

    module, _, name = spec.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), name)):
        raise ValueError(f"SPEC is {spec!r}; expected 'module:name', both as Python spells them")
    if "" not in sys.path:
        sys.path.insert(0, "")  # a script in the user's folder, as `python -m` finds it
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        raise ValueError(f"SPEC is {spec!r}, but there is no Python module {error.name!r}") from error
    if not hasattr(found, name):
        raise ValueError(f"SPEC is {spec!r}, but module {module!r} has no {name!r}")
    built = getattr(found, name)
    if isinstance(built, type) or not isinstance(built, nn.Module):
        try:
            built = built() if callable(built) else built
        except TypeError as error:
            raise ValueError(f"SPEC is {spec!r}, which cannot be called without arguments: {error}") from error
    if not isinstance(built, nn.Module):
        raise ValueError(f"SPEC is {spec!r}, which is {type(built).__name__}; expected a torch module or its factory")
    return built.eval()


def _write(graph: ArchGraph, path: Path) -> None:
    import json

    from archgraph._files import write_text

    write_text(path, graph.draw() if path.suffix == ".svg" else json.dumps(graph.to_json()) + "\n")


def _show(graph: ArchGraph, output: Output) -> None:
    from collections import Counter

    from archgraph.cli.output import facts, table

    counts = Counter(graph.ops)
    size: dict[str, Any] = {"nodes": len(graph), "edges": len(graph.edges), "fingerprint": graph.fingerprint()}
    costs = graph.costs()
    output.result(
        size | costs | {"operations": dict(counts), "graph": graph.to_json()},
        facts(size | {name: f"{value:,.0f}" for name, value in costs.items()}),
        table(None, ["operation", "nodes"], counts.most_common()),
    )
