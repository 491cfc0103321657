"""The only writers of this room: facts and moments, whether a regime applies, submissions, holds, decisions."""

from tocsin.domain.obligations.commands.deciding import decide, replan_by, set_aside, start
from tocsin.domain.obligations.commands.handling import hold, owe_again, submit, waive
from tocsin.domain.obligations.commands.noting import note

__all__ = ["decide", "hold", "note", "owe_again", "replan_by", "set_aside", "start", "submit", "waive"]
