"""Registers who may see reports, wherever log, search or live stream ask."""

from tocsin.core.visibility import register_gate
from tocsin.domain.knowledge.access import visible_ids

register_gate("report", visible_ids)
