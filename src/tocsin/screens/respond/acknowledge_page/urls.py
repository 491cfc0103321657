"""The address in every page: as short as it can be."""

from django.urls import path

from tocsin.screens.respond.acknowledge_page import views

urlpatterns = [path("p/<str:token>", views.acknowledge_page, name="acknowledge_page")]
