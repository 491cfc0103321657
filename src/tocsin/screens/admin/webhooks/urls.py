"""Addresses of outgoing webhooks."""

from django.urls import path

from tocsin.screens.admin.webhooks import views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: [
        Action("Outgoing webhooks", "/settings/webhooks/", "Settings", "webhook", keywords="events subscribe post api"),
        Action("REST API", "/api/v1/docs", "Settings", "code", keywords="openapi documentation token"),
    ]
)

urlpatterns = [
    path("settings/webhooks/", views.listing, name="webhooks"),
    path("settings/webhooks/<uuid:webhook>/", views.webhook, name="webhook"),
    path("settings/webhooks/<uuid:webhook>/do/<slug:what>/", views.act, name="webhook_act"),
    path("settings/webhooks/<uuid:webhook>/remove/", views.remove, name="webhook_remove"),
    path("settings/webhooks/<uuid:webhook>/notices/<uuid:notice>/again/", views.again, name="webhook_again"),
]
