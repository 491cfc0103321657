"""Legal clocks of an incident: nothing starts by itself, a chain runs, alarms reach who owes it, decisions are kept."""

from copy import deepcopy
from datetime import timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.obligations import commands, queries
from tocsin.domain.obligations.commands import alarms
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.rules.known import BUILT_IN
from tocsin.domain.obligations.tests.conftest import START, SYSTEM, Night
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.rulebooks import commands as rulebooks
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

AWARE = {"aware": START}


def begun(night: Night, regime: str = "gdpr") -> None:
    commands.note(night.yusuf, incident=night.id, facts={"personal_data": "yes"}, moments=AWARE)
    commands.start(night.yusuf, incident=night.id, regime=regime)
    run_engine(periodic=False)


def test_regimes_are_proposed_with_reasons_and_nothing_starts_by_itself(night: Night) -> None:
    commands.note(night.yusuf, incident=night.id, facts={"personal_data": "yes"}, moments=AWARE)
    night.later(days=100)
    gdpr = next(regime for regime in night.legal().regimes if regime.key == "gdpr")
    assert (gdpr.state, gdpr.obligations) == ("proposed", ())
    assert "Personal data is affected: yes." in gdpr.reasons
    assert night.told() == []
    assert [entry.type for entry in night.log()] == ["obligations.noted"]


def test_a_clock_that_runs_reminds_at_80_percent_and_calls_when_it_is_over(night: Night) -> None:
    begun(night)
    assert night.duty("gdpr", "authority").due_at == START + timedelta(hours=72)
    night.later(hours=57, minutes=35)
    assert night.told() == []
    night.later(minutes=2)
    assert night.told() == ["Yusuf"]
    assert "Yusuf" in [address for address, _ in night.phone.sent]
    night.phone.sent.clear()
    night.later(hours=15)
    assert night.told() == ["Yusuf"]
    assert "Yusuf" in [address for address, _ in night.phone.sent]
    said = [entry.event.sentence() for entry in night.log() if entry.type != "obligations.noted"]
    assert said[-1].startswith("marked a missed legal deadline: GDPR, Notification of the breach to Supervisory")
    assert night.duty("gdpr", "authority").standing == "breached"


def test_one_answer_to_a_missed_legal_clock_is_enough_and_a_report_ends_all_calls(night: Night) -> None:
    begun(night)
    incidents.assign_role(night.yusuf, incident=night.id, role="commander", person=night.people["Ada"])
    incidents.accept_role(night.actor("Ada"), incident=night.id, role="commander")
    night.later(hours=72, minutes=1)
    assert {"Yusuf", "Ada"} <= {address for address, _ in night.phone.sent}
    oncall.acknowledge(night.actor("Ada"), subject=f"incident:{night.id}")
    night.phone.sent.clear()
    night.later(minutes=20)
    assert [who for who, said in night.phone.sent if said.urgent] == []


def test_a_reminder_handed_in_twice_is_given_once(night: Night) -> None:
    begun(night)
    night.later(hours=58)
    said = len(night.log())
    night.phone.sent.clear()
    alarms.at_risk(night.duty("gdpr", "authority").id)
    run_engine(periodic=False)
    assert (len(night.log()), night.phone.sent) == (said, [])


def test_a_restricted_incident_is_named_outside_by_its_reference_only(night: Night) -> None:
    begun(night)
    night.later(hours=73)
    assert night.phone.sent
    for _, message in night.phone.sent:
        assert "Leak" not in message.title + message.text
        assert "GDPR" not in message.title + message.text


def test_starting_a_regime_that_runs_writes_nothing_more(night: Night) -> None:
    begun(night)
    before = (len(night.log()), len(queries.register(night.yusuf, night.id)))
    assert commands.start(night.yusuf, incident=night.id, regime="gdpr", reason="Pressed twice") is False
    assert (len(night.log()), len(queries.register(night.yusuf, night.id))) == before


def test_submitting_one_report_starts_the_next_and_stops_the_alarms(night: Night) -> None:
    begun(night, "nis2")
    assert night.duty("nis2", "final").standing == "waiting"
    night.later(hours=20)
    for key in ("early_warning", "notification"):
        duty = night.duty("nis2", key)
        commands.submit(night.yusuf, incident=night.id, obligation=duty.id, reference="BSI-7")
    submitted = START + timedelta(hours=20)
    assert night.duty("nis2", "final").due_at == submitted.replace(month=12)
    night.told()
    night.later(hours=72)
    assert night.told() == []
    sent = night.duty("nis2", "notification").submissions[0]
    assert (sent.by, sent.reference, sent.at) == ("Yusuf", "BSI-7", submitted)
    assert night.duty("nis2", "early_warning").standing == "met"


def test_a_late_report_needs_the_reasons_for_the_delay(night: Night) -> None:
    begun(night)
    night.later(hours=80)
    duty = night.duty("gdpr", "authority")
    with pytest.raises(Invalid, match="reasons for the delay"):
        commands.submit(night.yusuf, incident=night.id, obligation=duty.id)
    commands.submit(night.yusuf, incident=night.id, obligation=duty.id, note="Nobody was there")
    assert night.duty("gdpr", "authority").standing == "met_late"


def test_a_trigger_moved_back_in_time_moves_every_end_and_breaches_at_once(night: Night) -> None:
    begun(night)
    night.told()
    earlier = START - timedelta(hours=80)
    commands.note(night.yusuf, incident=night.id, moments={"aware": earlier}, reason="The log shows it")
    run_engine(periodic=False)
    assert night.duty("gdpr", "authority").due_at == earlier + timedelta(hours=72)
    assert [entry.type for entry in night.log()][-1] == "obligations.breached"
    assert night.told() == ["Yusuf"]
    assert queries.register(night.yusuf, night.id)[0].said == "Set 'we became aware of it' at 2026-11-20 18:00 UTC"
    with pytest.raises(Invalid, match="lies ahead"):
        commands.note(night.yusuf, incident=night.id, moments={"aware": START + timedelta(hours=1)})


def test_what_was_submitted_stays_submitted_when_its_trigger_moves(night: Night) -> None:
    begun(night)
    night.later(hours=10)
    commands.submit(night.yusuf, incident=night.id, obligation=night.duty("gdpr", "authority").id)
    commands.note(night.yusuf, incident=night.id, moments={"aware": START - timedelta(hours=70)})
    night.later(hours=1)
    assert night.duty("gdpr", "authority").standing == "met_late"
    assert "obligations.breached" not in [entry.type for entry in night.log()]


def test_a_regime_set_aside_keeps_its_reason_and_its_clocks_stop(night: Night) -> None:
    begun(night)
    with pytest.raises(Invalid, match="say why it does not apply"):
        commands.set_aside(night.yusuf, incident=night.id, regime="gdpr", reason=" ")
    commands.set_aside(night.yusuf, incident=night.id, regime="gdpr", reason="Test data only")
    night.told()
    night.later(days=9)
    assert night.told() == []
    gdpr = next(regime for regime in night.legal().regimes if regime.key == "gdpr")
    assert (gdpr.state, gdpr.reason, gdpr.by, gdpr.obligations) == ("set_aside", "Test data only", "Yusuf", ())
    commands.start(night.yusuf, incident=night.id, regime="gdpr")
    assert night.duty("gdpr", "authority").standing == "breached"


def test_a_hold_by_the_authorities_silences_the_clock_until_it_ends(night: Night) -> None:
    commands.note(night.yusuf, incident=night.id, moments={"material": START})
    commands.start(night.yusuf, incident=night.id, regime="sec")
    until = START + timedelta(days=30)
    duty = night.duty("sec", "form_8k")
    with pytest.raises(Invalid, match="say who asked"):
        commands.hold(night.yusuf, incident=night.id, obligation=duty.id, until=until, reason="")
    commands.hold(night.yusuf, incident=night.id, obligation=duty.id, until=until, reason="Attorney General, letter")
    run_engine(periodic=False)
    night.later(days=29)
    assert night.told() == []
    assert night.duty("sec", "form_8k").standing == "held"
    night.later(days=1, seconds=1)
    assert night.duty("sec", "form_8k").standing == "breached"
    assert night.told() == ["Yusuf"]


def test_a_clock_without_a_delay_by_authorities_refuses_one(night: Night) -> None:
    begun(night)
    with pytest.raises(Conflict, match="knows no delay"):
        commands.hold(
            night.yusuf,
            incident=night.id,
            obligation=night.duty("gdpr", "authority").id,
            until=START + timedelta(days=3),
            reason="Asked",
        )


def test_one_duty_is_waived_with_a_reason_and_owed_again(night: Night) -> None:
    begun(night)
    duty = night.duty("gdpr", "authority")
    commands.waive(night.yusuf, incident=night.id, obligation=duty.id, reason="No risk to people")
    assert night.duty("gdpr", "authority").standing == "not_owed"
    commands.owe_again(night.yusuf, incident=night.id, obligation=duty.id, reason="Keys leaked too")
    assert night.duty("gdpr", "authority").due_at == START + timedelta(hours=72)
    said = [line.decision for line in queries.register(night.yusuf, night.id)]
    assert said[:2] == ["restored", "waived"]


def test_the_decision_not_to_notify_stands_in_the_register_with_who_and_why(night: Night) -> None:
    commands.decide(night.yusuf, incident=night.id, regime="gdpr", notify=False, reason="Encrypted, keys safe")
    line = queries.register(night.yusuf)[0]
    assert (line.decision, line.by, line.reason, line.regime) == ("not_notify", "Yusuf", "Encrypted, keys safe", "GDPR")
    assert line.at == START


def test_what_is_owed_at_once_reminds_at_once_and_is_never_called_missed(night: Night) -> None:
    commands.note(night.yusuf, incident=night.id, facts={"personal_data": "yes", "high_risk": "yes"}, moments=AWARE)
    commands.start(night.yusuf, incident=night.id, regime="gdpr")
    run_engine(periodic=False)
    assert night.told()
    assert night.duty("gdpr", "people").standing == "at_once"


def test_an_incident_keeps_the_edition_it_was_opened_with_until_re_planned(night: Night) -> None:
    begun(night)
    content = deepcopy(BUILT_IN)
    content["regimes"][0]["clocks"][0]["amount"] = 48
    rulebooks.save_draft(SYSTEM, book=BOOK, content=content)
    rulebooks.publish(SYSTEM, book=BOOK)
    commands.note(night.yusuf, incident=night.id, facts={"high_risk": "no"})
    assert night.duty("gdpr", "authority").due_at == START + timedelta(hours=72)
    assert (night.legal().edition, night.legal().newest) == (1, 2)
    assert commands.replan_by(night.yusuf, incident=night.id) == 2
    assert night.duty("gdpr", "authority").due_at == START + timedelta(hours=48)
    with pytest.raises(Conflict, match="edition 2 already"):
        commands.replan_by(night.yusuf, incident=night.id)


def test_clocks_of_a_resolved_incident_go_on(night: Night) -> None:
    begun(night)
    incidents.acknowledge(night.yusuf, incident=night.id, via="screen")
    incidents.resolve(night.yusuf, incident=night.id, note="Closed the hole", reason="No signals")
    night.later(hours=73)
    assert night.duty("gdpr", "authority").standing == "breached"


def test_who_may_not_see_the_incident_sees_no_clock_and_no_line(night: Night) -> None:
    begun(night)
    with pytest.raises(NotFound):
        queries.legal(night.actor("Vera"), night.id, "security")
    with pytest.raises(NotFound):
        commands.note(night.actor("Mateo"), incident=night.id, facts={"personal_data": "no"})
    assert queries.register(night.actor("Vera")) == []
    assert queries.due_next(night.actor("Vera")) == []
    assert [due.words for due in queries.due_next(night.yusuf)] == ["GDPR, Notification of the breach"]


def test_responders_note_facts_but_do_not_decide_unless_they_lead(night: Night) -> None:
    incidents.add_member(night.yusuf, incident=night.id, person=night.people["Mateo"])
    mateo = night.actor("Mateo")
    commands.note(mateo, incident=night.id, facts={"personal_data": "yes"})
    with pytest.raises(Denied, match="Only the Incident Commander"):
        commands.start(mateo, incident=night.id, regime="gdpr")
    incidents.assign_role(night.yusuf, incident=night.id, role="commander", person=night.people["Mateo"])
    incidents.accept_role(mateo, incident=night.id, role="commander")
    commands.start(mateo, incident=night.id, regime="gdpr")


def test_two_people_at_once_are_told_of_each_other(night: Night) -> None:
    begun(night)
    version = night.legal().version
    commands.note(night.yusuf, incident=night.id, facts={"high_risk": "no"}, version=version)
    with pytest.raises(Conflict, match="Someone else changed"):
        commands.note(night.yusuf, incident=night.id, facts={"high_risk": "yes"}, version=version)
