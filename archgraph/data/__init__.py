"""Benchmarks as tables: what is there, how it is fetched or brought, read, split and saved."""

from archgraph.data.catalogue import BroughtFile, brought_files, pinned_files, table_card, table_names
from archgraph.data.export import export
from archgraph.data.fetch import PinnedFile, Progress, cache_folder, fetch
from archgraph.data.loading import bring, load, read
from archgraph.data.measurements import Measurements, read_measurements
from archgraph.data.own import read_own
from archgraph.data.table import ArchTable

__all__ = [
    "ArchTable",
    "BroughtFile",
    "Measurements",
    "PinnedFile",
    "Progress",
    "bring",
    "brought_files",
    "cache_folder",
    "export",
    "fetch",
    "load",
    "pinned_files",
    "read",
    "read_measurements",
    "read_own",
    "table_card",
    "table_names",
]
