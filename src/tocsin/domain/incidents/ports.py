"""What higher rooms know of an incident that its assessment wants to know: customers, tickets, objectives, integrity.

A room registers a source of facts once. Hides that a source may fail: the assessment goes on without it and says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from tocsin.domain.incidents.rules.prefilling import Prefilled
from tocsin.domain.incidents.rules.severity import CHOICES, Fact

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: an incident by id, and the ids of the services it affects."""

    incident_id: str
    service_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to one question, and why: 'many', '8,420 of 9,100 customers cannot pay'."""

    fact: Fact
    choice: str
    because: str


Source = Callable[[Asked], Iterable[Told]]
_sources: dict[str, Source] = {}


def register_facts(name: str, source: Source) -> None:
    """Let a source be asked at every assessment, under a name that people read ('customer directory').

    It is asked while a page is drawn: few queries, no network, the worst that it knows of each question.
    """
    _sources[name] = source


def facts_told(asked: Asked) -> tuple[Prefilled, ...]:
    """What all sources say. A source that fails, or answers what is no answer, is left out and logged."""
    found: list[Prefilled] = []
    for name, source in _sources.items():
        try:
            answers = list(source(asked))
        except Exception:
            log.exception("facts_source_failed", source=name)
            continue
        found += [Prefilled(a.fact, a.choice, a.because, name) for a in answers if a.choice in CHOICES[a.fact]]
    return tuple(found)
