"""Addresses of the health of Tocsin itself."""

from django.urls import path

from tocsin.screens.admin.health import views

urlpatterns = [
    path("health/", views.overview, name="health"),
    path("health/dead-letters/<int:letter>/retry/", views.retry, name="health_retry"),
]
