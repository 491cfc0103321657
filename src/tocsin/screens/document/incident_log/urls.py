"""Addresses of the Incident Log."""

from django.urls import path

from tocsin.screens.document.incident_log import views
from tocsin.screens.incident import register_tab

register_tab("incident_log", "Incident Log", "incident_log", "document")

urlpatterns = [
    path("incidents/<str:ref>/log/", views.incident_log, name="incident_log"),
    path("incidents/<str:ref>/log/export", views.export, name="incident_log_export"),
]
