"""All routes: what the screens and the sign-in library declare, and nothing by hand."""

from django.urls import URLPattern, URLResolver, include, path

from tocsin.screens import discover

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    *discover(),
]
