"""Addresses of an incident's home and of what is done from it. `ref` is its reference, like INC-42."""

from django.urls import path

from tocsin.screens.incident import register_tab
from tocsin.screens.respond.team_coordination_hub.views import facts, hub, links, moves, notes, tasks, update

register_tab("team_coordination_hub", "Team Coordination Hub", "team_coordination_hub", "respond")

urlpatterns = [
    path("incidents/<str:ref>/", hub.page, name="team_coordination_hub"),
    path("incidents/<str:ref>/timeline/", hub.timeline, name="incident_timeline"),
    path("incidents/<str:ref>/facts/", hub.facts, name="incident_facts"),
    path("incidents/<str:ref>/head/", hub.head, name="incident_head"),
    path("incidents/<str:ref>/write/", hub.write, name="incident_write"),
    path("incidents/<str:ref>/mentionable/", notes.mentionable, name="incident_mentionable"),
    path("incidents/<str:ref>/notes/<uuid:note>/", notes.page, name="incident_note"),
    path("incidents/<str:ref>/notes/<uuid:note>/pin/", notes.pin, name="incident_note_pin"),
    path("incidents/<str:ref>/decisions/<uuid:decision>/revoke/", notes.revoke, name="incident_decision_revoke"),
    path("incidents/<str:ref>/acknowledge/", moves.acknowledge, name="incident_acknowledge"),
    path("incidents/<str:ref>/unacknowledge/", moves.unacknowledge, name="incident_unacknowledge"),
    path("incidents/<str:ref>/update/", update.page, name="status_update"),
    path("incidents/<str:ref>/do/<slug:verb>/", moves.page, name="incident_move"),
    path("incidents/<str:ref>/reviewed/", moves.reviewed, name="incident_reviewed"),
    path("incidents/<str:ref>/take-back/", moves.take_back, name="incident_take_back"),
    path("incidents/<str:ref>/unmerge/", moves.unmerge, name="incident_unmerge"),
    path("incidents/<str:ref>/severity/", facts.severity, name="incident_severity"),
    path("incidents/<str:ref>/edit/", facts.edit, name="incident_edit"),
    path("incidents/<str:ref>/access/", facts.access, name="incident_access"),
    path("incidents/<str:ref>/links/", links.page, name="incident_links"),
    path("incidents/<str:ref>/links/<uuid:link>/remove/", links.remove, name="incident_link_remove"),
    path("incidents/<str:ref>/tasks/from-list/", links.from_list, name="incident_tasks_from_list"),
    path("incidents/<str:ref>/tasks/", tasks.add, name="incident_tasks"),
    path("incidents/<str:ref>/tasks/<uuid:task>/", tasks.page, name="incident_task"),
    path("incidents/<str:ref>/tasks/<uuid:task>/state/", tasks.state, name="incident_task_state"),
]
