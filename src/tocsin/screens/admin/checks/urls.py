"""Addresses of checks, and the one that jobs elsewhere call."""

from django.urls import path

from tocsin.domain.monitoring.permissions import ARRANGE
from tocsin.screens.admin.checks import beats, views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: [
        Action("Checks", "/monitoring/checks/", "Go to", "activity", keywords="probe http tcp dns tls heartbeat cron"),
        *(
            [Action("Add a check", "/monitoring/checks/add/", "Do", "plus", keywords="probe monitor watch url")]
            if actor.has(ARRANGE)
            else []
        ),
    ]
)

urlpatterns = [
    path("monitoring/checks/", views.listing, name="checks"),
    path("monitoring/checks/add/", views.add, name="check_add"),
    path("monitoring/checks/<uuid:check_id>/", views.check, name="check"),
    path("monitoring/checks/<uuid:check_id>/now/", views.standing, name="check_standing"),
    path("monitoring/checks/<uuid:check_id>/change/", views.change, name="check_change"),
    path("monitoring/checks/<uuid:check_id>/do/<str:verb>/", views.act, name="check_act"),
    path("beat/<str:token>", beats.beat, name="heartbeat"),
]
