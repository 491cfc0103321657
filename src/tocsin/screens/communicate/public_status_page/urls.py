"""Addresses of the Public Status Page: the screen for people here, and what strangers use to subscribe."""

from django.urls import path

from tocsin.screens.communicate.public_status_page import subscribing, views
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, nav_url, register_palette

nav_url("communications", "public_status_page")
register_tab("public_status_page", "Public Status Page", "incident_status_page", "communicate")
register_palette(
    lambda actor: [
        Action("Public Status Page", "/communications/status-page/", "Go to", "world", keywords="status components"),
    ]
)

urlpatterns = [
    path("communications/status-page/", views.overview, name="public_status_page"),
    path("incidents/<str:ref>/status-page/", views.of_incident, name="incident_status_page"),
    path("status/subscribe/", subscribing.subscribe, name="status_subscribe"),
    path("status/subscription/confirm/<str:token>/", subscribing.confirm, name="status_confirm"),
    path("status/subscription/<str:token>/", subscribing.subscription, name="status_subscription"),
]
