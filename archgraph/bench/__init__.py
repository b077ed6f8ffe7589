"""Studies that compare predictors and searchers; they yield records, one a line of the published tables."""

from archgraph.bench.rank import DEFAULT_METRICS, METRICS, Record, predictor_class, rank

__all__ = ["DEFAULT_METRICS", "METRICS", "Record", "predictor_class", "rank"]
