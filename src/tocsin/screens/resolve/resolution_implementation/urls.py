"""Addresses of the resolution of an incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.resolve.resolution_implementation import views

register_tab("resolution_implementation", "Resolution Implementation", "resolution_implementation", "resolve")

urlpatterns = [
    path("incidents/<str:ref>/resolution/", views.page, name="resolution_implementation"),
    path("incidents/<str:ref>/resolution/gates/", views.gates, name="resolution_gates"),
]
