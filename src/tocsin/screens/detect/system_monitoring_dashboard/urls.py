"""Addresses of the dashboard, of its parts for refreshing, and of the tab in an incident."""

from django.urls import path

from tocsin.screens.detect.system_monitoring_dashboard import views
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, nav_url, register_palette

nav_url("monitoring", "system_monitoring_dashboard")
register_palette(
    lambda actor: [
        Action("System Monitoring Dashboard", "/monitoring/", "Go to", "activity", keywords="health services checks")
    ]
)
register_tab("system_monitoring_dashboard", "System Monitoring Dashboard", "incident_monitoring", "detect", "resolve")

urlpatterns = [
    path("monitoring/", views.dashboard, name="system_monitoring_dashboard"),
    path("monitoring/part/<str:part>/", views.part, name="monitoring_part"),
    path("incidents/<str:ref>/monitoring/", views.of_incident, name="incident_monitoring"),
]
