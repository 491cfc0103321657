"""The only writers of this room: lessons forgotten and remembered, templates, incidents declared from them."""

from tocsin.domain.triage.commands.learning import forget, remember
from tocsin.domain.triage.commands.templates import declare_from, remove_template, save_template

__all__ = ["declare_from", "forget", "remember", "remove_template", "save_template"]
