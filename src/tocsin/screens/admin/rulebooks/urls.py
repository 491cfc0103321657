"""Addresses of the rulebooks."""

from django.urls import path

from tocsin.kernel.actor import ADMINISTRATORS
from tocsin.screens.admin.rulebooks import clocks, editions, matrix, targets
from tocsin.ui.shell import Action, register_actions

_CLOCKS = "settings/legal-clocks/"

register_actions(
    Action(
        "Deadline targets", "/settings/targets/", "Settings", "target", keywords="deadlines SLA severity acknowledge"
    ),
    Action("Severity matrix", "/settings/severity-matrix/", "Settings", "scale", keywords="impact assessment rule"),
    Action("Legal clocks", f"/{_CLOCKS}", "Settings", "gavel", keywords="GDPR NIS2 DORA CRA contract regime authority"),
)
register_actions(Action("Add a legal regime", f"/{_CLOCKS}regimes/add/", "Do", "plus"), roles=ADMINISTRATORS)

urlpatterns = [
    path("settings/targets/", targets.page, name="targets"),
    path("settings/severity-matrix/", matrix.page, name="severity_matrix"),
    path(_CLOCKS, clocks.page, name="clocks"),
    path(f"{_CLOCKS}regimes/add/", clocks.add_regime, name="regime_add"),
    path(f"{_CLOCKS}regimes/<slug:regime>/", clocks.regime, name="regime"),
    path(f"{_CLOCKS}regimes/<slug:regime>/remove/", clocks.remove_regime, name="regime_remove"),
    path(f"{_CLOCKS}regimes/<slug:regime>/add/", clocks.add_clock, name="clock_add"),
    path(f"{_CLOCKS}regimes/<slug:regime>/<slug:clock>/", clocks.clock, name="clock"),
    path(f"{_CLOCKS}regimes/<slug:regime>/<slug:clock>/remove/", clocks.remove_clock, name="clock_remove"),
    path("settings/rulebooks/<slug:book>/publish/", editions.publish, name="rulebook_publish"),
    path("settings/rulebooks/<slug:book>/discard/", editions.discard, name="rulebook_discard"),
    path("settings/rulebooks/<slug:book>/<int:number>/", editions.edition, name="rulebook_edition"),
]
