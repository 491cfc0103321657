"""Addresses of the settings of response teams."""

from django.urls import path

from tocsin.screens.admin.response_teams import views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: [
        Action("Response teams", "/settings/response-teams/", "Settings", "users-group", keywords="template activate")
    ]
)

urlpatterns = [
    path("settings/response-teams/", views.listing, name="response_teams"),
    path("settings/response-teams/add/", views.edit, name="response_team_add"),
    path("settings/response-teams/<uuid:team_id>/", views.edit, name="response_team"),
    path("settings/response-teams/<uuid:team_id>/remove/", views.remove, name="response_team_remove"),
]
