"""Registers what a drill must never do with the rooms that would do it."""

from tocsin.core.outgoing import register_exception
from tocsin.domain.delivery.ports import register_guard
from tocsin.domain.drill.guarding import may_reach, not_for_real_people

register_guard("drill", not_for_real_people)
register_exception(may_reach)
