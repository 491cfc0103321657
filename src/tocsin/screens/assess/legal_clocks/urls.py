"""Addresses of the legal clocks of an incident, and of the register over all incidents."""

from django.urls import path

from tocsin.screens.assess.legal_clocks import acting, register, views
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, register_actions

register_tab("legal_clocks", "Legal clocks", "legal_clocks", "assess")
register_actions(
    Action(
        "Register of decisions", "/legal-register/", "Go to", "gavel", keywords="legal clocks notify authority GDPR"
    ),
)

urlpatterns = [
    path("legal-register/", register.everything, name="legal_register"),
    path("incidents/<str:ref>/legal-clocks/", views.page, name="legal_clocks"),
    path("incidents/<str:ref>/legal-clocks/register/", register.of_incident, name="legal_clocks_register"),
    path("incidents/<str:ref>/legal-clocks/replan/", views.replan, name="legal_clocks_replan"),
    path("incidents/<str:ref>/legal-clocks/<str:verb>/<str:key>/", acting.act, name="legal_clocks_act"),
]
