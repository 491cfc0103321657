"""The address of all settings."""

from django.urls import path

from tocsin.screens.admin.settings import views
from tocsin.ui.shell import Action, nav_url, register_palette

nav_url("settings", "settings")
register_palette(lambda actor: [Action("Settings", "/settings/", "Settings", "settings", keywords="configure")])

urlpatterns = [path("settings/", views.index, name="settings")]
