"""The pure rules: what the facts suggest, how text is read, what a chart says, what a regeneration changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.knowledge.rules import snapshot as known
from tocsin.domain.knowledge.rules.charts import course, promises
from tocsin.domain.knowledge.rules.differences import changes
from tocsin.domain.knowledge.rules.measures import measures
from tocsin.domain.knowledge.rules.proposals import proposals
from tocsin.domain.knowledge.rules.prose import blocks, plain
from tocsin.domain.knowledge.rules.review import ReviewState, Verb, allowed
from tocsin.domain.knowledge.rules.sections import clip

AT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)


def minutes(n: float) -> datetime:
    return AT + timedelta(minutes=n)


def incident(**facts: Any) -> known.Snapshot:
    """A quiet Critical incident in which nothing went wrong, and what differs from it."""
    given_facts: dict[str, Any] = {
        "reference": "INC-1",
        "title": "Checkout fails",
        "summary": "",
        "kind": "disruption",
        "kind_words": "Service disruption",
        "severity": "critical",
        "state": "resolved",
        "restricted": False,
        "root_cause": "A full disk",
        "alarm_at": AT,
        "declared_at": AT,
        "acknowledged_at": minutes(2),
        "mitigated_at": minutes(20),
        "resolved_at": minutes(30),
        "needed_roles": ("commander",),
        "roles": (tenure(2, None),),
        "sizes": (known.Sized(at=AT, severity="critical", by="Tocsin"),),
        "stages": (known.Stage(at=AT, state="detected", by="Tocsin"),),
        "signals": (signal(),),
        "updates": (known.Told(at=minutes(5), who="Amina", internal="Looking"),),
        "as_of": minutes(60),
    }
    return known.Snapshot(**{**given_facts, **facts})


def tenure(since: float, until: float | None) -> known.Tenure:
    end = None if until is None else minutes(until)
    return known.Tenure(role="commander", words="Incident Commander", person="Amina", since=minutes(since), until=end)


def signal(**facts: Any) -> known.Signal:
    base: dict[str, Any] = {
        "title": "5xx", "severity": "critical", "service": "Checkout", "integration": "Prometheus", "starts_at": AT,
        "quiet": True, "stale": False,
    }  # fmt: skip
    return known.Signal(**{**base, **facts})


def missed(kind: str, due: float, met: float | None = None) -> known.Promise:
    at = None if met is None else minutes(met)
    standing = "breached" if met is None else "met_late"
    words = kind.replace("_", " ").capitalize()
    return known.Promise(
        kind=kind, words=words, term="5 min", starts_at=AT, due_at=minutes(due), met_at=at, standing=standing
    )


def call(**facts: Any) -> known.Call:
    return known.Call(**{"person": "Mateo", "at": AT, "state": "open", "ways": ("mail",), **facts})


def test_where_nothing_went_wrong_nothing_is_proposed() -> None:
    assert proposals(incident()) == ()


@pytest.mark.parametrize(
    ("facts", "key", "fact"),
    [
        ({"promises": (missed("acknowledge", 5, 9),), "acknowledged_at": minutes(9)}, "acknowledge", "4\xa0min late"),
        ({"promises": (missed("acknowledge", 5),), "acknowledged_at": None}, "acknowledge", "Nobody acknowledged"),
        ({"calls": (call(ways=()),)}, "unreachable", "Mateo had no verified way"),
        ({"calls": (call(failed=("sms",)),)}, "failing_way", "Mateo by sms"),
        ({"roles": (tenure(14, None),)}, "leaderless", "for 12\xa0min"),
        ({"roles": (tenure(2, 5), tenure(17, None))}, "leaderless", "for 12\xa0min"),
        ({"roles": ()}, "leaderless", "nobody took Incident Commander"),
        ({"promises": (missed("public_post", 10, 16),)}, "public_post", "posted at 03:03 UTC"),
        ({"promises": (missed("internal_update", 20),)}, "updates", "1 promised update was late"),
        ({"promises": (missed("mitigate", 15, 20),)}, "mitigate", "within 5 min"),
        ({"updates": (), "resolved_at": minutes(90)}, "silence", "without a status update"),
        ({"came_back": ("5xx",)}, "came_back", "Fired again: 5xx"),
        ({"signals": ()}, "no_alert", "no alert belongs to it"),
        ({"signals": (signal(stale=True),)}, "stale", "Went silent: 5xx"),
        ({"unrouted": "No route takes team=search"}, "unrouted", "No route takes"),
        ({"root_cause": ""}, "cause", "without a root cause"),
        ({"tasks": (known.Job(title="Grow", owner="", state="open"),)}, "tasks", "1 task was open"),
    ],
)
def test_each_rule_proposes_with_the_facts_it_used(facts: dict[str, Any], key: str, fact: str) -> None:
    found = [p for p in proposals(incident(**facts)) if p.key.partition(".")[2] == key]
    assert found, proposals(incident(**facts))
    assert fact in " ".join(found[0].facts)


def test_a_gap_without_a_commander_below_the_limit_is_no_lesson() -> None:
    assert proposals(incident(roles=(tenure(11, None),))) == ()


def test_severity_that_rose_is_a_lesson_and_one_that_was_unknown_is_none() -> None:
    after = known.Sized(at=minutes(9), severity="critical", by="Amina")
    low = known.Sized(at=AT, severity="low", by="Mateo")
    unknown = known.Sized(at=AT, severity="unknown", by="Mateo")
    assert [p.key for p in proposals(incident(sizes=(low, after)))] == ["lesson.undersized"]
    assert proposals(incident(sizes=(unknown, after))) == ()


def test_measures_count_from_the_alarm_or_the_declaration() -> None:
    found = {m.key: m for m in measures(incident(declared_at=minutes(5), promises=(missed("mitigate", 15, 20),)))}
    assert found["acknowledge"].took == timedelta(minutes=2)
    assert found["mitigate"].took == timedelta(minutes=15)
    assert found["mitigate"].share == pytest.approx(20 / 15)


def test_a_mitigation_implies_that_the_team_was_there() -> None:
    nobody_said = incident(acknowledged_at=None, engaged_at=None, promises=(missed("engage", 15, 20),))
    found = {m.key: m for m in measures(nobody_said)}
    assert found["acknowledge"].took == found["engage"].took == found["mitigate"].took == timedelta(minutes=20)


def test_a_text_is_read_as_paragraphs_lists_and_headings() -> None:
    found = blocks("One **bold** line\nand `code`\n\n- a\n- b\n1. first\n## Head\nhttps://example.org/x.")
    assert [block.look for block in found] == ["para", "list", "steps", "head", "para"]
    assert [span.look for span in found[0].lines[0]] == ["", "bold", ""]
    assert found[-1].lines[0][0].text == "https://example.org/x"


@given(st.text(max_size=300))
def test_no_text_is_lost_or_breaks_the_reader(text: str) -> None:
    said = "".join(span.text for block in blocks(text) for line in block.lines for span in line)
    letters = [c for c in text if c.isalpha()]
    assert [c for c in said if c.isalpha()] == letters


def test_turned_text_is_straightened_and_long_text_cut_at_a_word() -> None:
    assert plain("pay \u202eliam\u202c now") == "pay liam now"
    assert plain("one two three", 9) == "one two\N{HORIZONTAL ELLIPSIS}"
    assert "10000 characters stand in the Incident Log" in clip("x" * 10_000)


def test_charts_are_well_formed_and_say_the_same_in_words() -> None:
    nasty = incident(
        reference="INC-1 <&\"'>",
        sizes=(known.Sized(at=AT, severity="low", by="x"), known.Sized(at=minutes(3), severity="critical", by="x")),
        promises=(missed("acknowledge", 5, 9), missed("resolve", 20, 30)),
        public_post_at=minutes(4),
    )
    for picture in (course(nasty, UTC), promises(measures(nasty))):
        assert picture is not None
        root = ET.fromstring(picture.svg)
        assert root.attrib["aria-label"] == picture.alt
        widest = max(float(e.attrib["x"]) + float(e.attrib["width"]) for e in root if "width" in e.attrib)
        assert widest <= 720
    assert "Severity critical from 02:50." in course(nasty, UTC).alt


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=1), timedelta(hours=9), timedelta(days=400)])
def test_a_chart_of_any_length_has_few_ticks(length: timedelta) -> None:
    found = course(incident(resolved_at=AT + length, mitigated_at=None), UTC)
    assert found.svg.count('class="k-s-line"') <= 16


def test_a_regeneration_names_the_parts_that_changed_and_no_other() -> None:
    before = incident()
    later = known.Moment(at=minutes(40), who="Amina", type="incidents.noted", sentence="wrote", body="Late remark")
    after = incident(moments=(later,), root_cause="Another disk")
    found = {change.key: change for change in changes(before, after)}
    assert set(found) == {"timeline", "cause"}
    assert "Late remark" in found["timeline"].examples[0]
    assert changes(before, before) == ()


def test_a_snapshot_is_read_as_it_was_kept() -> None:
    kept = incident(calls=(call(),), promises=(missed("resolve", 20),))
    assert known.decode(known.encode(kept)) == kept


def test_every_state_of_the_review_leads_somewhere() -> None:
    assert all(allowed(state) for state in ReviewState)
    assert Verb.APPROVE in allowed(ReviewState.IN_REVIEW)
    assert Verb.APPROVE not in allowed(ReviewState.DRAFT)
