"""Reports: a study or a rank comparison as one self-contained HTML page, and figures as PNG."""

from __future__ import annotations

from archgraph.report.curves import Reference
from archgraph.report.page import Fact, write_page
from archgraph.report.rank import rank_section, write_rank_page
from archgraph.report.section import Section
from archgraph.report.study import write_study_page

__all__ = ["Fact", "Reference", "Section", "rank_section", "write_page", "write_rank_page", "write_study_page"]
