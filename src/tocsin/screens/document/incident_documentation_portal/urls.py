"""Addresses of the Incident Documentation Portal. `ref` is the incident's reference, like INC-42."""

from django.urls import path

from tocsin.screens.document.incident_documentation_portal.views import (
    items,
    learning,
    portal,
    printing,
    report,
    review,
)
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, nav_url, register_actions, register_palette

register_tab("incident_documentation_portal", "Incident Documentation Portal", "incident_report", "document")
nav_url("knowledge", "documentation_portal")
register_palette(portal.palette)

register_actions(Action("Action items", "/reports/action-items/", "Go to", "checklist", keywords="reports follow-up"))

urlpatterns = [
    path("reports/", portal.listing, name="documentation_portal"),
    path("reports/action-items/", portal.action_items, name="action_items"),
    path("incidents/<str:ref>/report/", report.page, name="incident_report"),
    path("incidents/<str:ref>/report/generate/", report.generate, name="incident_report_generate"),
    path("incidents/<str:ref>/report/part/<slug:part>/", report.write, name="incident_report_part"),
    path("incidents/<str:ref>/report/review/<slug:verb>/", review.page, name="incident_report_review"),
    path("incidents/<str:ref>/report/lessons/", learning.add, name="incident_report_lessons"),
    path("incidents/<str:ref>/report/lessons/<uuid:lesson>/", learning.page, name="incident_report_lesson"),
    path("incidents/<str:ref>/report/items/", items.add, name="incident_report_items"),
    path("incidents/<str:ref>/report/items/<uuid:item>/", items.page, name="incident_report_item"),
    path("incidents/<str:ref>/report/items/<uuid:item>/state/", items.state, name="incident_report_item_state"),
    path("incidents/<str:ref>/report/pdf/", printing.ask, name="incident_report_pdf"),
    path("incidents/<str:ref>/report/files/", printing.files, name="incident_report_files"),
    path("incidents/<str:ref>/report/files/<slug:form>/", printing.file, name="incident_report_file"),
]
