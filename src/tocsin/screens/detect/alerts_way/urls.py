"""Addresses of the screen Alert's way."""

from django.urls import path

from tocsin.screens.detect.alerts_way import views
from tocsin.ui.shell import Action, register_actions

register_actions(
    Action("Alert's way", "/detect/way/", "Go to", "route", keywords="routing received grouped paged trace why"),
)

urlpatterns = [
    path("detect/way/", views.find, name="alerts_way"),
    path("detect/way/<uuid:alert_id>/", views.way, name="alert_way"),
]
