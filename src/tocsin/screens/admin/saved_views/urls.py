"""Addresses by which tables keep views, and the keeper that tables ask."""

from django.urls import path

from tocsin.screens.admin.saved_views import views
from tocsin.ui.saved_views import register_saved_views

register_saved_views(views.kept)

urlpatterns = [
    path("views/save/", views.save, name="view_save"),
    path("views/<uuid:view_id>/remove/", views.remove, name="view_remove"),
]
