"""Addresses of insights. What is asked about stands in the query string, so that it can be sent to a colleague."""

from django.urls import path

from tocsin.screens.document.insights import views
from tocsin.ui.shell import Action, nav_url, register_actions

nav_url("insights", "insights")
register_actions(
    Action(
        "Load of people on call", "/insights/#pages", "Go to", "chart-dots", keywords="pages nights interruptions fair"
    ),
    Action("Noise of sources and rules", "/insights/#noise", "Go to", "chart-dots", keywords="alerts noisy"),
)

urlpatterns = [
    path("insights/", views.page, name="insights"),
    path("insights/<slug:part>.csv", views.csv_of, name="insights_csv"),
]
