"""Addresses of the list and of declaring. They come before the incident's own: `new` is no reference."""

from django.urls import path

from tocsin.screens.detect.incidents import views
from tocsin.ui.shell import Action, nav_url, register_palette

nav_url("incidents", "incidents_list")
register_palette(
    lambda actor: [
        Action("Declare an incident", "/incidents/new/", "Do", "urgent", keywords="new open report"),
        Action("Incidents", "/incidents/", "Go to", "urgent", keywords="list all"),
    ]
)

urlpatterns = [
    path("incidents/", views.listing, name="incidents_list"),
    path("incidents/new/", views.declare, name="declare"),
    path("incidents/<str:ref>/undeclare/", views.undeclare, name="incident_undeclare"),
]
