"""The report of Harbour Market's closed incident: generated, written, approved; two items to do."""

from typing import TYPE_CHECKING

from tocsin.domain.knowledge import commands as knowledge
from tocsin.domain.knowledge import queries

if TYPE_CHECKING:
    from tocsin.cli.demo.story import Story

_DAY = 1440
_SUMMARY = (
    "For an hour and a half one card payment in three failed. The provider had rotated a key at midnight and our "
    "cache kept tokens made with the old one. Nobody was charged for an order that failed."
)
_CAUSE = (
    "The token cache trusts a token for a day and does not look whether its key is still valid. No alert watched "
    "the share of refused payments, so customers told us first."
)


def report(story: "Story") -> None:
    """Farid writes it the day after, Amina approves it two days after; that is the review."""
    farid, amina = story.actor("farid.rahimi"), story.actor("amina.diallo")
    with story.at(_DAY):
        made = knowledge.generate_report(farid, incident=story.id)
        for part, text in (("summary", _SUMMARY), ("cause", _CAUSE)):
            knowledge.save_section(farid, report_id=made, section=part, text=text, version=0)
        for lesson in queries.report(farid, story.id).proposed[:2]:
            knowledge.decide_lesson(farid, lesson=lesson.id, state="accepted")
        done = knowledge.add_action_item(
            farid,
            report_id=made,
            title="Alert when more than 2 % of card payments are refused",
            owner=story.person("farid.rahimi"),
        )
        knowledge.submit(farid, report_id=made, note="Please look at the cause above all.")
    with story.at(2 * _DAY):
        knowledge.change_action_item(farid, item=done, state="done")
        knowledge.add_action_item(
            amina,
            report_id=made,
            title="Let the token cache ask for the provider's key every minute",
            owner=story.person("mateo.fuentes"),
            due_at=story.moment(20 * _DAY),
        )
        knowledge.approve(amina, report_id=made, note="Clear and honest. Thank you, Farid.")
