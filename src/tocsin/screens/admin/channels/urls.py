"""Addresses of channels."""

from django.urls import path

from tocsin.domain.delivery.permissions import CHANNELS
from tocsin.screens.admin.channels import views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: (
        [Action("Channels", "/settings/channels/", "Settings", "antenna-bars-5", keywords="twilio sms voice push mail")]
        if actor.has(CHANNELS)
        else []
    )
)

urlpatterns = [
    path("settings/channels/", views.listing, name="channels"),
    path("settings/channels/<slug:name>/", views.channel, name="channel"),
    path("settings/channels/<slug:name>/test/", views.test, name="channel_test"),
    path("settings/channels/<slug:name>/forget/", views.forget, name="channel_forget"),
    path("settings/channels/<slug:name>/remove/", views.remove, name="channel_remove"),
]
