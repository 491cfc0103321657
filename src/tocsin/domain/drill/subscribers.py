"""Registers what a drill must never do with the rooms that would do it."""

from tocsin.core.outgoing import register_exception
from tocsin.domain.delivery.ports import register_guard, register_keeping
from tocsin.domain.drill.guarding import keeps_off_the_page, kept_in_house, may_reach, not_for_real_people
from tocsin.domain.statuspage.ports import register_withholding

register_guard("drill", not_for_real_people)
register_keeping(kept_in_house)
register_exception(may_reach)
register_withholding(keeps_off_the_page)
