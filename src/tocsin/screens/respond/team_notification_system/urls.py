"""Addresses of the notifications of one incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.team_notification_system.views import activate, board

register_tab("team_notification_system", "Team Notification System", "team_notification_system", "respond")

urlpatterns = [
    path("incidents/<str:ref>/notifications/", board.notifications, name="team_notification_system"),
    path("incidents/<str:ref>/notifications/paged/", board.paged, name="team_notification_paged"),
    path("incidents/<str:ref>/notifications/answer/", board.answer, name="team_notification_answer"),
    path("incidents/<str:ref>/notifications/act/", board.act, name="team_notification_act"),
    path("incidents/<str:ref>/notifications/stand-down/", board.stand_down, name="team_stand_down"),
    path("incidents/<str:ref>/notifications/activate/", activate.activate, name="activate_response_team"),
]
