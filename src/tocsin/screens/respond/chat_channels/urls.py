"""Addresses of the chat channels of an incident."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.chat_channels import views

register_tab("chat_channels", "Chat", "chat_channels", "respond")

urlpatterns = [
    path("incidents/<str:ref>/chat/", views.page, name="chat_channels"),
    path("incidents/<str:ref>/chat/open/<slug:vendor>/", views.open_, name="chat_open"),
    path("incidents/<str:ref>/chat/<uuid:chat_channel>/retry/", views.retry, name="chat_retry"),
    path("incidents/<str:ref>/chat/<uuid:chat_channel>/leave/", views.leave, name="chat_leave"),
]
