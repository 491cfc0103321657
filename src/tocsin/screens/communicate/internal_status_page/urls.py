"""Addresses of the Internal Status Page."""

from django.urls import path

from tocsin.screens.communicate.internal_status_page import views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: [
        Action(
            "Internal Status Page", "/communications/internal-status/", "Go to", "activity", keywords="staff health"
        ),
    ]
)

urlpatterns = [
    path("communications/internal-status/", views.page, name="internal_status_page"),
    path("communications/internal-status/parts/", views.parts, name="internal_status_parts"),
]
