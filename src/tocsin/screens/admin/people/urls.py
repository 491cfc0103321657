"""Addresses of the settings of people, teams, tokens, the organisation and of one's own profile."""

from django.urls import path

from tocsin.screens.admin.people.views import organisation, people, profile, team_hours, teams, tokens
from tocsin.ui.shell import Action, nav_url, register_actions, register_palette

nav_url("settings", "profile")
register_palette(
    lambda actor: [
        Action("My profile", "/settings/profile/", "Settings", "user", keywords="password passkey theme zone"),
        Action("People", "/settings/people/", "Settings", "users", keywords="users roles invite add"),
        Action("Teams", "/settings/people/teams/", "Settings", "users-group"),
        Action("Organisation", "/settings/organisation/", "Settings", "settings", keywords="hours holidays catch-all"),
    ]
)

register_actions(
    Action("Add a person", "/settings/people/add/", "Do", "user-plus", keywords="invite new user"),
    Action("API tokens", "/settings/tokens/", "Settings", "key", keywords="programs scopes add revoke"),
    roles=("administrator",),
)

urlpatterns = [
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/profile/look/", profile.look, name="profile_look"),
    path("settings/people/", people.listing, name="people"),
    path("settings/people/add/", people.add, name="person_add"),
    path("settings/people/<uuid:person_id>/", people.person, name="person"),
    path("settings/people/<uuid:person_id>/link/", people.link, name="person_link"),
    path("settings/people/<uuid:person_id>/deactivate/", people.deactivate, name="person_deactivate"),
    path("settings/people/<uuid:person_id>/reactivate/", people.reactivate, name="person_reactivate"),
    path("settings/people/<uuid:person_id>/factors/", people.remove_factors, name="person_factors"),
    path("settings/people/teams/", teams.listing, name="teams"),
    path("settings/people/teams/<slug:slug>/", teams.team, name="team"),
    path("settings/people/teams/<slug:slug>/hours/", team_hours.hours, name="team_hours"),
    path("settings/people/teams/<slug:slug>/remove/", teams.remove, name="team_remove"),
    path("settings/tokens/", tokens.listing, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("settings/organisation/", organisation.organisation, name="organisation"),
]
