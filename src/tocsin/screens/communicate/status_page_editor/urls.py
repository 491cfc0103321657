"""Addresses of the editor: what is set up under the settings, what is told under Communications."""

from django.urls import path

from tocsin.screens.communicate.status_page_editor.views import components, page, subscribers, telling, texts
from tocsin.ui.shell import Action, register_actions, register_palette

_SETTINGS = "settings/status-page/"
_TELL = "communications/status-page/"
register_palette(
    lambda actor: [
        Action("Status page settings", f"/{_SETTINGS}", "Settings", "world", keywords="components subscribers"),
        Action("Open a public incident", f"/{_TELL}incidents/new/", "Do", "speakerphone", keywords="status page post"),
        Action("Schedule maintenance", f"/{_TELL}maintenance/new/", "Do", "calendar", keywords="status page planned"),
    ]
)

register_actions(
    Action("Public incidents", f"/{_TELL}incidents/", "Go to", "speakerphone", keywords="status page"),
    Action("Components of the status page", f"/{_SETTINGS}components/", "Settings", "puzzle"),
    Action("Subscribers of the status page", f"/{_SETTINGS}subscribers/", "Settings", "mail"),
    Action("Texts of the status page", f"/{_SETTINGS}texts/", "Settings", "template", keywords="templates"),
)
register_actions(
    Action("Add a component to the status page", f"/{_SETTINGS}components/add/", "Do", "plus"),
    Action("Add a group of components", f"/{_SETTINGS}groups/add/", "Do", "plus", keywords="status page"),
    Action("Import subscribers", f"/{_SETTINGS}subscribers/import/", "Do", "upload", keywords="status page csv"),
    Action("Add a text for the status page", f"/{_SETTINGS}texts/add/", "Do", "plus", keywords="template"),
    roles=("communicator", "administrator"),
)

urlpatterns = [
    path(_SETTINGS, page.settings, name="status_page"),
    path(f"{_SETTINGS}components/", components.listing, name="status_components"),
    path(f"{_SETTINGS}components/add/", components.add, name="status_component_add"),
    path(f"{_SETTINGS}components/<slug:code>/", components.change, name="status_component"),
    path(f"{_SETTINGS}components/<slug:code>/move/", components.move, name="status_component_move"),
    path(f"{_SETTINGS}components/<slug:code>/remove/", components.remove, name="status_component_remove"),
    path(f"{_SETTINGS}groups/add/", components.group_add, name="status_group_add"),
    path(f"{_SETTINGS}groups/<uuid:group>/", components.group_change, name="status_group"),
    path(f"{_SETTINGS}groups/<uuid:group>/remove/", components.group_remove, name="status_group_remove"),
    path(f"{_SETTINGS}subscribers/", subscribers.listing, name="status_subscribers"),
    path(f"{_SETTINGS}subscribers/export/", subscribers.export, name="status_subscribers_export"),
    path(f"{_SETTINGS}subscribers/import/", subscribers.import_, name="status_subscribers_import"),
    path(f"{_SETTINGS}subscribers/<uuid:subscriber>/remove/", subscribers.remove, name="status_subscriber_remove"),
    path(f"{_SETTINGS}texts/", texts.listing, name="status_texts"),
    path(f"{_SETTINGS}texts/add/", texts.add, name="status_text_add"),
    path(f"{_SETTINGS}texts/<uuid:text>/", texts.change, name="status_text"),
    path(f"{_SETTINGS}texts/<uuid:text>/remove/", texts.remove, name="status_text_remove"),
    path(f"{_TELL}incidents/", telling.listing, name="status_incidents"),
    path(f"{_TELL}incidents/new/", telling.open_, name="status_incident_new"),
    path(f"{_TELL}maintenance/new/", telling.schedule, name="status_maintenance_new"),
    path(f"{_TELL}incidents/<slug:code>/", telling.incident, name="status_incident"),
    path(f"{_TELL}incidents/<slug:code>/change/", telling.change, name="status_incident_change"),
    path(f"{_TELL}incidents/<slug:code>/times/", telling.move, name="status_incident_times"),
    path(f"{_TELL}incidents/<slug:code>/retract/", telling.retract, name="status_incident_retract"),
    path(f"{_TELL}updates/<slug:code>/<uuid:update>/", telling.correct, name="status_update_correct"),
]
