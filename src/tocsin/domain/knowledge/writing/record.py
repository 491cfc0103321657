"""A report as JSON, for programs: the snapshot and everything that people wrote. `schema` names its version.

Fields are added, never renamed; a change of meaning raises `schema`.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import msgspec

from tocsin.domain.knowledge.rules.document import Written
from tocsin.domain.knowledge.rules.measures import measures
from tocsin.domain.knowledge.rules.snapshot import Snapshot

SCHEMA = "tocsin.report/1"


def whole(known: Snapshot, written: Written) -> bytes:
    """The record, indented, keys in a fixed order. Lengths are seconds, instants ISO 8601 in UTC."""
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "reference": known.reference,
        "review": {
            "state": written.state_words,
            "steps": [asdict(verdict) for verdict in written.verdicts],
        },
        "generated": {"at": written.generated_at, "by": written.generated_by},
        "incident": msgspec.to_builtins(known, builtin_types=()),
        "measures": [{**asdict(measure), "took": _seconds(measure.took)} for measure in measures(known)],
        "sections": {key: asdict(section) for key, section in written.sections.items() if section.text},
        "lessons": [asdict(each) for each in written.learned if each.kind == "lesson"],
        "recommendations": [asdict(each) for each in written.learned if each.kind == "recommendation"],
        "action_items": [asdict(action) for action in written.actions],
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
