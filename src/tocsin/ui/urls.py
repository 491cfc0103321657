"""Addresses of the frame itself: the palette, and in development the gallery of components."""

from django.conf import settings
from django.urls import URLPattern, path

from tocsin.ui import gallery, views

urlpatterns: list[URLPattern] = [path("palette", views.palette, name="ui_palette")]
if settings.DEBUG or getattr(settings, "UI_GALLERY", False):
    urlpatterns += [
        path("ui/gallery", gallery.show, name="ui_gallery"),
        path("ui/gallery/<str:layout>", gallery.show, name="ui_gallery_layout"),
    ]
