import numpy as np
from pymoo.core.population import Population
from pymoo.core.problem import Problem

from archgraph.evaluators import genotype_keys
from archgraph.search.genotype_operators import (
    GenotypeCrossover,
    GenotypeMutation,
    GenotypeSampling,
    KnownElimination,
)
from archgraph.spaces import space

NB101 = space("nb101")
PROBLEM = Problem(n_var=NB101.genes, n_obj=1, xl=0, xu=NB101.sizes - 1)


def test_what_is_drawn_and_bred_is_valid() -> None:
    rng = np.random.default_rng(0)
    drawn = GenotypeSampling(NB101).do(PROBLEM, 40, random_state=rng)
    assert len(np.unique(genotype_keys(NB101, drawn.get("X")))) == 40
    pairs = np.arange(40).reshape(20, 2)
    bred = GenotypeCrossover(NB101).do(PROBLEM, drawn, pairs, random_state=rng).get("X")
    assert bred.shape == (20, NB101.genes)
    for child, (one, two) in zip(bred, drawn.get("X").reshape(20, 2, -1), strict=True):
        assert ((child == one) | (child == two)).all()
    before = drawn.get("X").copy()
    changed = GenotypeMutation(NB101).do(PROBLEM, drawn, random_state=rng).get("X")
    assert NB101.valid(changed).all()
    assert (changed != before).any(axis=1).all()


def test_children_are_kept_as_far_as_they_are_new() -> None:
    children = Population.new(X=NB101.sample(5, np.random.default_rng(0)))
    kept = KnownElimination(lambda rows: rows[1:3]).do(children, children)
    assert kept.get("X").tolist() == children.get("X")[1:3].tolist()
    assert len(KnownElimination(lambda rows: rows).do(Population.empty())) == 0
