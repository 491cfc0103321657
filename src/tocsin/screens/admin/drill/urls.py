"""Addresses of the drill. Importing it also puts it into the palette."""

from django.urls import path, reverse

from tocsin.domain.drill.permissions import PLAY
from tocsin.kernel.actor import Actor
from tocsin.screens.admin.drill import views
from tocsin.ui.shell import Action, register_palette

urlpatterns = [
    path("drill/", views.page, name="drill"),
    path("drill/start/", views.start, name="drill_start"),
    path("drill/steer/", views.steer, name="drill_steer"),
]


def actions(actor: Actor) -> list[Action]:
    """The drill, for those who may play one."""
    if not actor.has(PLAY):
        return []
    return [Action("Rehearse an emergency", reverse("drill"), "Do", "flag", keywords="drill exercise practice sample")]


register_palette(actions)
