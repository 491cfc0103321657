"""Registers who may see incidents, wherever log, search, live stream or alerts ask; and what an acknowledgement shows
next.
"""

from tocsin.core.visibility import register_gate
from tocsin.domain.alerts.ports import register_hiding
from tocsin.domain.incidents.access import hidden_group_ids, visible_ids, visible_to_each
from tocsin.domain.incidents.books import answer_within
from tocsin.domain.incidents.promised import promised
from tocsin.domain.incidents.replying import offered, taken
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.ports import register_answer_times, register_coming, register_replies, register_subject_kinds

register_gate("incident", visible_ids, visible_to_each)
register_hiding(hidden_group_ids)
register_answer_times("incident", answer_within)
register_coming("incident", promised)
register_replies("incident", offered, taken)
register_subject_kinds({kind.value: kind.words for kind in Kind})
