"""Addresses of the Incident Log."""

from django.urls import path

from tocsin.screens.document.incident_log import views, whole
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, register_palette

register_tab("incident_log", "Incident Log", "incident_log", "document")

register_palette(lambda actor: [Action("Incident Log", "/log/", group="Go to", icon="list-details", keywords="audit")])

urlpatterns = [
    path("log/", whole.everything, name="log"),
    path("log/reading/", whole.reading, name="log_reading"),
    path("log/verify/", whole.verify, name="log_verify"),
    path("incidents/<str:ref>/log/", views.incident_log, name="incident_log"),
    path("incidents/<str:ref>/log/export", views.export, name="incident_log_export"),
]
