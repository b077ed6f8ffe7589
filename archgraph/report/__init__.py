"""Reports: a study or a rank comparison as one self-contained HTML page, and figures as PNG."""

from __future__ import annotations

from archgraph.report.agreement import agreement_section
from archgraph.report.curves import Reference
from archgraph.report.figures import rank_figure
from archgraph.report.front import front_section
from archgraph.report.group import Group
from archgraph.report.page import Fact, write_page
from archgraph.report.quantity import Quantity
from archgraph.report.rank import rank_section, write_rank_page
from archgraph.report.section import Section
from archgraph.report.study import write_study_page
from archgraph.report.tables import Column, table

__all__ = [
    "Column",
    "Fact",
    "Group",
    "Quantity",
    "Reference",
    "Section",
    "agreement_section",
    "front_section",
    "rank_figure",
    "rank_section",
    "table",
    "write_page",
    "write_rank_page",
    "write_study_page",
]
