"""Addresses of the deadlines of an incident."""

from django.urls import path

from tocsin.screens.assess.response_timeline_calculator import views
from tocsin.screens.incident import register_tab

register_tab("response_timeline_calculator", "Response Timeline Calculator", "response_timeline_calculator", "assess")

urlpatterns = [
    path("incidents/<str:ref>/deadlines/", views.page, name="response_timeline_calculator"),
    path("incidents/<str:ref>/deadlines/replan/", views.replan, name="deadlines_replan"),
    path("incidents/<str:ref>/deadlines/calendar", views.calendar, name="deadlines_calendar"),
]
