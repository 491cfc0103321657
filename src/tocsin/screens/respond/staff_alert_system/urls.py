"""Addresses of staff alerts."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.staff_alert_system import views
from tocsin.ui.shell import Action, register_actions, register_palette

register_tab("staff_alert_system", "Staff Alert System", "incident_staff_alerts", "respond")
register_palette(
    lambda actor: [
        Action(
            "Staff Alert System", "/staff-alerts/", "Go to", "speakerphone", keywords="broadcast roll call drill safe"
        )
    ]
)
register_actions(
    Action("Alert the staff", "/staff-alerts/new/", "Do", "speakerphone", keywords="broadcast everyone"),
    roles=("commander", "security", "administrator", "communicator"),
)

urlpatterns = [
    path("staff-alerts/", views.history, name="staff_alerts"),
    path("staff-alerts/new/", views.compose, name="staff_alert_new"),
    path("staff-alerts/<str:ref>/", views.results, name="staff_alert"),
    path("staff-alerts/<str:ref>/act/", views.act, name="staff_alert_act"),
    path("incidents/<str:ref>/staff-alerts/", views.of_incident, name="incident_staff_alerts"),
]
