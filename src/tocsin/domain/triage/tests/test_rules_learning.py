"""What is learned from decisions: explained by counts, sure only where it was right before, forgotten with a lesson."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.domain.triage.rules.learning import (
    DISMISSED,
    EMPTY,
    NEVER,
    Example,
    as_content,
    features_of,
    from_content,
    guess,
    train,
)
from tocsin.domain.triage.rules.similar import Traits, likest


def example(outcome: str, *features: str, severity: str = "high") -> Example:
    return Example(frozenset(features), outcome, severity)


LOGINS = ["alert:LoginBurst", "service:Accounts"]
MANY = [
    *[example("security", *LOGINS)] * 7,
    example("disruption", *LOGINS),
    *[example("disruption", "alert:HighLatency", "service:Checkout", severity="medium")] * 9,
    *[example(DISMISSED, "alert:CronLate", "service:Batch")] * 6,
]


def test_a_proposal_says_how_often_people_confirmed_it() -> None:
    found = guess(train(MANY), LOGINS)
    assert found is not None
    assert (found.outcome, found.sure) == ("security", True)
    assert "Alert LoginBurst: confirmed as security 7 of 8 times." in found.reasons
    assert (found.severity, found.severity_reason) == ("high", "Alert LoginBurst: sized High 8 of 8 times.")


def test_what_was_always_dismissed_is_proposed_as_none() -> None:
    found = guess(train(MANY), ["alert:CronLate"])
    assert found is not None
    assert found.outcome == DISMISSED
    assert found.reasons == ("Alert CronLate: dismissed 6 of 6 times.",)


def test_nothing_is_said_of_what_was_never_seen() -> None:
    assert guess(train(MANY), ["alert:Brand new"]) is None
    assert guess(EMPTY, LOGINS) is None


def test_few_lessons_give_a_hint_and_no_certainty() -> None:
    few = train([example("security", *LOGINS), example("disruption", "alert:HighLatency")])
    found = guess(few, LOGINS)
    assert few.sure_from == NEVER
    assert found is not None
    assert (found.outcome, found.sure) == ("security", False)


def test_people_who_decide_now_so_now_so_leave_it_unsure() -> None:
    torn = train([example("security" if n % 2 else "disruption", *LOGINS) for n in range(20)])
    found = guess(torn, LOGINS)
    assert found is not None
    assert not found.sure


def test_it_is_sure_only_from_a_confidence_at_which_it_was_right_four_times_of_five() -> None:
    noisy = [example("security" if n % 4 else "disruption", "alert:A", f"label:host={n % 3}") for n in range(40)]
    noisy += [example("disruption", "alert:B", f"label:host={n % 3}") for n in range(40)]
    learned = train(noisy)
    said = [(guess(learned, e.features), e.outcome) for e in noisy]
    sure = [(g.outcome, outcome) for g, outcome in said if g is not None and g.sure]
    assert sure
    assert sum(a == b for a, b in sure) / len(sure) >= 0.75


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["security", "disruption", DISMISSED]), st.sets(st.sampled_from("abcdef"), max_size=4)
        ),
        max_size=30,
    )
)
def test_counts_add_up_and_keep_over_the_table(said: list[tuple[str, set[str]]]) -> None:
    examples = [example(outcome, *sorted(features)) for outcome, features in said]
    learned = train(examples)
    assert sum(learned.outcomes.values()) == len(examples)
    assert from_content(as_content(learned)) == learned
    for _, features in said:
        found = guess(learned, features)
        assert found is None or 0 < found.confidence <= 1


def test_features_are_what_people_would_name() -> None:
    group = {"title": "x", "source": "Prometheus", "service": "Checkout"}
    found = features_of([{**group, "labels": {"alertname": "HighLatency", "team": "web", "severity": "critical"}}])
    assert found == {"alert:HighLatency", "source:Prometheus", "service:Checkout", "label:team=web"}


def test_similar_incidents_name_their_points() -> None:
    one = Traits("1", "disruption", frozenset({"s"}), frozenset({"alert:HighLatency", "label:team=web"}))
    near = Traits("2", "disruption", frozenset({"s"}), frozenset({"alert:HighLatency", "label:team=web"}), found=True)
    far = Traits("3", "disruption", frozenset({"t"}))
    service = Traits("4", "security", frozenset({"s"}))
    found = likest(one, [far, service, near, one])
    assert [(each.id, each.score) for each in found] == [("2", 12), ("4", 3)]
    assert found[0].reasons == (
        "the same alert HighLatency (5)",
        "the same service s (3)",
        "the same labels team=web (1)",
        "the same words (2)",
        "the same kind (1)",
    )
