"""Addresses of the files of an incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.incident_files import views

register_tab("incident_files", "Files", "incident_files", "respond")

urlpatterns = [
    path("incidents/<str:ref>/files/", views.page, name="incident_files"),
    path("incidents/<str:ref>/files/<uuid:attachment>/", views.download, name="incident_file"),
    path("incidents/<str:ref>/files/<uuid:attachment>/remove/", views.remove, name="incident_file_remove"),
]
