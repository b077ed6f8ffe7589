import subprocess
import sys

import pytest

import archgraph.search


def test_evolution_is_imported_only_when_asked_for() -> None:
    script = "\n".join(
        [
            "import sys, archgraph.search",
            "heavy = {'pymoo', 'torch', 'xgboost', 'scipy.stats'}",
            "assert not heavy & set(sys.modules), heavy & set(sys.modules)",
            "archgraph.search.NSGA2Searcher",
            "assert 'pymoo' in sys.modules",
            "archgraph.search.BananasSearcher",
            "assert 'torch' not in sys.modules",
        ]
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_every_public_name_is_there() -> None:
    for name in archgraph.search.__all__:
        assert getattr(archgraph.search, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'NSGA3Searcher'"):
        archgraph.search.NSGA3Searcher  # noqa: B018  # looking it up is what is tested
