"""Addresses of the settings of the response."""

from django.urls import path

from tocsin.screens.admin.response import views
from tocsin.ui.shell import Action, register_actions, register_palette

_ROOT = "settings/response/"
_WORDS = "task templates lists checklist bridge conference video dial in zoom meet"

register_palette(lambda actor: [Action("Response", f"/{_ROOT}", "Settings", "checklist", keywords=_WORDS)])
register_actions(
    Action("Add a task list", f"/{_ROOT}tasks/add/", "Do", "checklist"), roles=("commander", "administrator")
)

urlpatterns = [
    path(_ROOT, views.page, name="response_settings"),
    path(f"{_ROOT}tasks/add/", views.add, name="task_list_add"),
    path(f"{_ROOT}tasks/<uuid:template>/", views.task_list, name="task_list"),
    path(f"{_ROOT}tasks/<uuid:template>/remove/", views.remove, name="task_list_remove"),
]
