"""Addresses of the settings of response teams."""

from django.urls import path

from tocsin.kernel.actor import COMMANDERS
from tocsin.screens.admin.response_teams import views
from tocsin.ui.shell import Action, register_actions, register_palette

register_palette(
    lambda actor: [
        Action("Response teams", "/settings/response-teams/", "Settings", "users-group", keywords="template activate")
    ]
)
register_actions(Action("Add a response team", "/settings/response-teams/add/", "Do", "plus"), roles=COMMANDERS)

urlpatterns = [
    path("settings/response-teams/", views.listing, name="response_teams"),
    path("settings/response-teams/add/", views.edit, name="response_team_add"),
    path("settings/response-teams/<uuid:team_id>/", views.edit, name="response_team"),
    path("settings/response-teams/<uuid:team_id>/remove/", views.remove, name="response_team_remove"),
]
