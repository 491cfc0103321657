"""A report of the incident that everybody may see, with a lesson, an action item, and its review under way."""

from typing import Any

from tocsin.domain.knowledge import commands
from tocsin.kernel.actor import system

HOUSE = system("test")


def make(world: Any) -> dict[str, str]:
    """Their ids."""
    report = commands.generate_report(HOUSE, incident=world.values["ref"])
    commands.generate_report(HOUSE, incident=world.values["restricted"])
    lesson = commands.add_lesson(HOUSE, report_id=report, kind="lesson", text="Watch the disk")
    item = commands.add_action_item(HOUSE, report_id=report, title="Alert on disk space")
    return {"report_id": report, "lesson": lesson, "item": item}


def report_in_review(world: Any) -> None:
    """Somebody asked for a review."""
    commands.submit(HOUSE, report_id=world.values["report_id"])


def report_approved(world: Any) -> None:
    """It was approved."""
    report_in_review(world)
    commands.approve(HOUSE, report_id=world.values["report_id"])
