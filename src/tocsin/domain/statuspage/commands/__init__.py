"""The only writers of this room: the page, its components, what is told the public, subscribers."""

from tocsin.domain.statuspage.commands.components import (
    add_component,
    change_component,
    move_component,
    remove_component,
    set_component_status,
)
from tocsin.domain.statuspage.commands.incidents import (
    change_incident,
    correct_update,
    open_incident,
    post_update,
    retract_incident,
)
from tocsin.domain.statuspage.commands.maintenance import move_maintenance, schedule_maintenance
from tocsin.domain.statuspage.commands.pages import remove_group, remove_text, save_group, save_page, save_text
from tocsin.domain.statuspage.commands.removing import remove_unreal
from tocsin.domain.statuspage.commands.subscribing import (
    choose,
    confirm,
    import_subscribers,
    remove_subscriber,
    subscribe,
    unsubscribe,
)

__all__ = [
    "add_component",
    "change_component",
    "change_incident",
    "choose",
    "confirm",
    "correct_update",
    "import_subscribers",
    "move_component",
    "move_maintenance",
    "open_incident",
    "post_update",
    "remove_component",
    "remove_group",
    "remove_subscriber",
    "remove_text",
    "remove_unreal",
    "retract_incident",
    "save_group",
    "save_page",
    "save_text",
    "schedule_maintenance",
    "set_component_status",
    "subscribe",
    "unsubscribe",
]
