"""Addresses of the screen Reachability."""

from django.urls import path

from tocsin.screens.respond.reachability import views
from tocsin.ui.shell import Action, register_actions

register_actions(
    Action("Reachability", "/on-call/reachability/", "Go to", "shield-check", keywords="on call gap contact audit"),
)

urlpatterns = [
    path("on-call/reachability/", views.reachability, name="reachability"),
    path("on-call/reachability/look/", views.look, name="reachability_look"),
]
