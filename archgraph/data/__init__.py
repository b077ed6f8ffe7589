"""Benchmarks as tables: what is there, how it is fetched, read, split and saved."""

from archgraph.data.fetch import PinnedFile, Progress, cache_folder, fetch
from archgraph.data.loading import load, pinned_files, table_names
from archgraph.data.readers.plain_csv import read_csv
from archgraph.data.table import ArchTable

__all__ = [
    "ArchTable",
    "PinnedFile",
    "Progress",
    "cache_folder",
    "fetch",
    "load",
    "pinned_files",
    "read_csv",
    "table_names",
]
