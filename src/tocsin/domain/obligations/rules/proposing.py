"""Which regimes may apply to an incident, with the reasons. Pure. It only proposes: people start clocks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tocsin.domain.obligations.rules.regimes import FACTS, NO, WHO, YES, Clocks, Regime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A regime that may apply. `likely`: a fact speaks for it; else nobody has answered what it hangs on."""

    regime: str
    likely: bool
    reasons: tuple[str, ...]


def propose(book: Clocks, kind: str, facts: Mapping[str, str]) -> tuple[Proposal, ...]:
    """Those that may apply, likely ones first, in the book's order. A 'no' to all its facts leaves a regime out."""
    found = [made for regime in book.regimes if (made := _one(regime, book.who, kind, facts)) is not None]
    return tuple(sorted(found, key=lambda each: not each.likely))


def _one(regime: Regime, who: Collection[str], kind: str, facts: Mapping[str, str]) -> Proposal | None:
    if regime.who and who and not set(regime.who) & set(who):
        return None
    said = [fact for fact in regime.facts if facts.get(fact) == YES]
    open_ = [fact for fact in regime.facts if facts.get(fact) not in (YES, NO)]
    by_kind = not regime.kinds or kind in regime.kinds
    if regime.facts and not said and (not open_ or not by_kind):
        return None
    if not regime.facts and not by_kind:
        return None
    reasons = [f"{FACTS[fact]}: yes." for fact in said]
    if not said:
        reasons += [f"Nobody has answered: {FACTS[fact].lower()}?" for fact in open_]
    if regime.kinds and by_kind:
        reasons.append(f"It is an incident of the kind {kind.replace('_', ' ')}.")
    reasons.append(_about_us(regime, who))
    likely = bool(said) or (not regime.facts and bool(regime.kinds) and bool(set(regime.who) & set(who)))
    return Proposal(regime.key, likely, tuple(reason for reason in reasons if reason))


def _about_us(regime: Regime, who: Collection[str]) -> str:
    if not regime.who:
        return ""
    ours = [WHO[each] for each in regime.who if each in who]
    if ours:
        return f"We are {ours[0]}."
    return f"Nobody has said whether we are {WHO[regime.who[0]]}."
