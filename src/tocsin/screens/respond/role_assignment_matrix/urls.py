"""Addresses of the roles of an incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.role_assignment_matrix import views

register_tab("role_assignment_matrix", "Role Assignment Matrix", "incident_roles", "respond")

urlpatterns = [
    path("incidents/<str:ref>/roles/", views.page, name="incident_roles"),
    path("incidents/<str:ref>/roles/answer/", views.answer, name="incident_role_answer"),
    path("incidents/<str:ref>/roles/duty/", views.duty, name="incident_duty"),
]
