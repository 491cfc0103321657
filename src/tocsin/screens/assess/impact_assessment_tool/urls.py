"""Addresses of the assessment of an incident."""

from django.urls import path

from tocsin.screens.assess.impact_assessment_tool import views
from tocsin.screens.incident import register_tab

register_tab("impact_assessment_tool", "Impact Assessment Tool", "impact_assessment_tool", "assess")

urlpatterns = [
    path("incidents/<str:ref>/impact/", views.page, name="impact_assessment_tool"),
    path("incidents/<str:ref>/impact/verdict/", views.verdict, name="impact_verdict"),
]
