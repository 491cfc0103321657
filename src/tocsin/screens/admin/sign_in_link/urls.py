"""Addresses of the sign-in link and of the first password."""

from django.urls import path

from tocsin.screens.admin.sign_in_link import views

urlpatterns = [
    path("sign-in/password", views.first_password, name="first_password"),
    path("sign-in/<str:token>", views.sign_in, name="sign_in_link"),
]
