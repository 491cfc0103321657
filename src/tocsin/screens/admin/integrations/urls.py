"""Addresses of the sources of alerts."""

from django.urls import path

from tocsin.screens.admin.integrations import views
from tocsin.ui.shell import Action, register_actions, register_palette

register_palette(
    lambda actor: [
        Action(
            "Integrations",
            "/settings/integrations/",
            "Settings",
            "plug-connected",
            keywords="prometheus alertmanager pagerduty curl webhook key connect test alert",
        )
    ]
)

register_actions(
    Action("Connect a source of alerts", "/settings/integrations/add/", "Do", "plug-connected", keywords="add new"),
    roles=("administrator",),
)

urlpatterns = [
    path("settings/integrations/", views.listing, name="integrations"),
    path("settings/integrations/add/", views.add, name="integration_add"),
    path("settings/integrations/<uuid:integration_id>/", views.integration, name="integration"),
    path("settings/integrations/<uuid:integration_id>/test/", views.test, name="integration_test"),
    path("settings/integrations/<uuid:integration_id>/way/", views.way, name="integration_way"),
    path("settings/integrations/<uuid:integration_id>/key/", views.rotate, name="integration_rotate"),
    path("settings/integrations/<uuid:integration_id>/remove/", views.remove, name="integration_remove"),
]
