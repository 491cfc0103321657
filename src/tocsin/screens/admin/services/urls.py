"""Addresses of the catalogue of services."""

from django.urls import path

from tocsin.screens.admin.services import views
from tocsin.ui.shell import Action, register_actions, register_palette

register_palette(
    lambda actor: [Action("Services", "/settings/services/", "Settings", "puzzle", keywords="catalogue dependencies")]
)

register_actions(
    Action("Add a service", "/settings/catalogue/add/", "Do", "plus", keywords="catalogue new"),
    Action("Import services", "/settings/catalogue/import/", "Do", "upload", keywords="catalogue yaml file"),
    roles=("administrator",),
)

urlpatterns = [
    path("settings/services/", views.listing, name="services"),
    path("settings/catalogue/add/", views.add, name="service_add"),
    path("settings/catalogue/export/", views.export, name="services_export"),
    path("settings/catalogue/import/", views.import_, name="services_import"),
    path("settings/services/<slug:slug>/", views.service, name="service"),
    path("settings/services/<slug:slug>/remove/", views.remove, name="service_remove"),
]
