"""The only writers of this room: reports, what people write into them, their review, action items, PDFs."""

from tocsin.domain.knowledge.commands.actions import add_action_item, change_action_item
from tocsin.domain.knowledge.commands.generating import generate_report
from tocsin.domain.knowledge.commands.lessons import add_lesson, decide_lesson
from tocsin.domain.knowledge.commands.printing import ask_for_pdf
from tocsin.domain.knowledge.commands.removing import remove_unreal
from tocsin.domain.knowledge.commands.reviewing import approve, ask_for_changes, publish, reopen, submit
from tocsin.domain.knowledge.commands.writing import save_section

__all__ = [
    "add_action_item",
    "add_lesson",
    "approve",
    "ask_for_changes",
    "ask_for_pdf",
    "change_action_item",
    "decide_lesson",
    "generate_report",
    "publish",
    "remove_unreal",
    "reopen",
    "save_section",
    "submit",
]
