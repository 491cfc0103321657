"""Addresses of proposals, alerts, routes and silences."""

from django.urls import path

from tocsin.screens.detect.incident_classification_panel import alerts, framed, learned, proposals, routes, silences
from tocsin.screens.incident import register_tab
from tocsin.ui.shell import Action, register_palette

register_tab("incident_classification_panel", "Incident Classification Panel", "incident_classification", "detect")
register_palette(
    lambda actor: [
        Action(
            "Incident Classification Panel", "/detect/classification/", "Go to", "filter", keywords="proposals triage"
        ),
        Action("Alerts", "/detect/classification/alerts/", "Go to", "bell", keywords="firing"),
        Action("Routes of alerts", "/detect/classification/routes/", "Go to", "route", keywords="matchers unrouted"),
        Action("What was learned", "/detect/classification/learned/", "Go to", "history", keywords="confirmed kinds"),
        Action("Silences", "/detect/classification/silences/", "Go to", "bell-off", keywords="mute quiet"),
    ]
)

urlpatterns = [
    path("detect/classification/", proposals.listing, name="classification"),
    path("detect/classification/alerts/", alerts.listing, name="classification_alerts"),
    path("detect/classification/routes/", routes.listing, name="classification_routes"),
    path("detect/classification/routes/<uuid:route_id>/", routes.edit, name="classification_route"),
    path("detect/classification/routes/<uuid:route_id>/move/", routes.move, name="classification_route_move"),
    path("detect/classification/routes/<uuid:route_id>/enable/", routes.enable, name="classification_route_enable"),
    path("detect/classification/routes/<uuid:route_id>/remove/", routes.remove, name="classification_route_remove"),
    path("detect/classification/silences/", silences.listing, name="classification_silences"),
    path("detect/classification/silences/cover/", silences.covered, name="classification_cover"),
    path("detect/classification/silences/<uuid:silence_id>/expire/", silences.expire, name="classification_expire"),
    path("detect/classification/learned/", learned.page, name="classification_learned"),
    path("detect/classification/learned/forget/", learned.forget, name="classification_forget"),
    path(
        "detect/classification/learned/remember/<slug:what>/<path:value>/",
        learned.remember,
        name="classification_remember",
    ),
    path("detect/classification/<str:ref>/<str:verb>/", proposals.act, name="classification_act"),
    path("incidents/<str:ref>/classification/", framed.page, name="incident_classification"),
    path("incidents/<str:ref>/alerts/", alerts.of_incident, name="incident_alerts"),
]
