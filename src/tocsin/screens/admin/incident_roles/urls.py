"""Addresses of the settings of roles."""

from django.urls import path

from tocsin.kernel.actor import COMMANDERS
from tocsin.screens.admin.incident_roles import views
from tocsin.ui.shell import Action, register_actions, register_palette

register_palette(
    lambda actor: [
        Action("Incident roles", "/settings/incident-roles/", "Settings", "user-check", keywords="duties skills custom")
    ]
)
register_actions(Action("Add an incident role", "/settings/incident-roles/add/", "Do", "plus"), roles=COMMANDERS)

urlpatterns = [
    path("settings/incident-roles/", views.listing, name="incident_role_kinds"),
    path("settings/incident-roles/add/", views.edit, name="incident_role_add"),
    path("settings/incident-roles/<slug:role>/", views.edit, name="incident_role_kind"),
    path("settings/incident-roles/<slug:role>/remove/", views.remove, name="incident_role_remove"),
]
