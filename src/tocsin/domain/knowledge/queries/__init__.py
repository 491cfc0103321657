"""Reads of this room. The report of an incident that somebody may not see does not exist for them."""

from tocsin.domain.knowledge.queries.lists import action_items, count_items, figures, lacking, portal
from tocsin.domain.knowledge.queries.single import document, pdf, report, report_of, texts
from tocsin.domain.knowledge.views import (
    ActionItemView,
    Figures,
    LessonView,
    PdfView,
    PortalFilters,
    PortalPage,
    PortalRow,
    ReportView,
    SectionView,
    StepView,
)

__all__ = [
    "ActionItemView",
    "Figures",
    "LessonView",
    "PdfView",
    "PortalFilters",
    "PortalPage",
    "PortalRow",
    "ReportView",
    "SectionView",
    "StepView",
    "action_items",
    "count_items",
    "document",
    "figures",
    "lacking",
    "pdf",
    "portal",
    "report",
    "report_of",
    "texts",
]
