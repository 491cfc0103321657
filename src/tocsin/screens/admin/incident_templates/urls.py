"""Addresses of incident templates."""

from django.urls import path

from tocsin.kernel.actor import COMMANDERS
from tocsin.screens.admin.incident_templates import views
from tocsin.ui.shell import Action, register_actions

_ROOT = "settings/incident-templates/"

register_actions(Action("Incident templates", f"/{_ROOT}", "Settings", "template", keywords="declare from preset"))
register_actions(Action("Add an incident template", f"/{_ROOT}add/", "Do", "plus"), roles=COMMANDERS)

urlpatterns = [
    path(_ROOT, views.listing, name="incident_templates"),
    path(f"{_ROOT}add/", views.add, name="incident_template_add"),
    path(f"{_ROOT}<uuid:template_id>/", views.template, name="incident_template"),
    path(f"{_ROOT}<uuid:template_id>/remove/", views.remove, name="incident_template_remove"),
]
