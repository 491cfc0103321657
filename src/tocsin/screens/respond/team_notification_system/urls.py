"""Addresses of the notifications of one incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.team_notification_system import views

register_tab("team_notification_system", "Team Notification System", "team_notification_system", "respond")

urlpatterns = [
    path("incidents/<str:ref>/notifications/", views.notifications, name="team_notification_system"),
    path("incidents/<str:ref>/notifications/paged/", views.paged, name="team_notification_paged"),
    path("incidents/<str:ref>/notifications/activate/", views.activate, name="activate_response_team"),
]
