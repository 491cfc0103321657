"""The three questions, and what may overrule their answer. What they lead to is decided by the rules."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.incidents.queries import AnswerView, AssessmentView
from tocsin.domain.incidents.rules.severity import CHOICES, Answer, Fact
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import Levels, ScreenForm

UNKNOWN = "unknown"
WORDS = {
    (Fact.USERS, "all"): "More than half, or nearly all of them",
    (Fact.USERS, "many"): "Many, or a critical journey",
    (Fact.USERS, "few"): "Some: under a tenth",
    (Fact.USERS, "none"): "None that we know of",
    (Fact.OPERATIONS, "stopped"): "An essential function has stopped",
    (Fact.OPERATIONS, "degraded"): "It works with delay or by hand",
    (Fact.OPERATIONS, "normal"): "No effect on operations",
    (Fact.DATA, "damaged"): "Data is lost, wrong or exposed",
    (Fact.DATA, "at_risk"): "At risk, not proven",
    (Fact.DATA, "intact"): "Safe, as far as we can see",
}


class ImpactForm(ScreenForm):
    """One choice for each question, worst first, and why it differs from what the data say."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    severity = forms.ChoiceField(
        label="Severity instead",
        required=False,
        widget=Levels,
        choices=[("", "As proposed"), *((s.value, s.word) for s in Severity if s is not Severity.UNKNOWN)],
    )
    override_reason = forms.CharField(
        label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in Fact:
            offered = [(choice, WORDS[fact, choice]) for choice in reversed(CHOICES[fact])]
            self.fields[fact.value] = forms.ChoiceField(
                label=fact.words,
                widget=forms.RadioSelect,
                choices=[*offered, (UNKNOWN, "Nobody knows yet")],
                error_messages={"required": "Choose one; 'Nobody knows yet' is an answer too."},
            )
            self.fields[f"because_{fact.value}"] = forms.CharField(
                label="How we know",
                required=False,
                max_length=300,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def answers(self) -> list[Answer]:
        """What was answered, valid or not: for showing what it leads to."""
        return [
            Answer(fact, _chosen(self[fact.value].value(), fact), str(self[f"because_{fact.value}"].value() or ""))
            for fact in Fact
        ]


def starting_points(answered: Iterable[AnswerView], found: AssessmentView) -> dict[str, str]:
    """What the form begins with: what people said last, else what the data say, else nobody knows."""
    initial = {fact.value: UNKNOWN for fact in Fact}
    for proposed in found.prefilled:
        initial |= {proposed.fact: proposed.choice, f"because_{proposed.fact}": proposed.because}
    for answer in answered:
        worst = [choice for choice in CHOICES[Fact(answer.fact)] if choice in answer.choices][-1:]
        initial |= {answer.fact: worst[0] if worst else UNKNOWN, f"because_{answer.fact}": answer.because}
    return initial


def _chosen(value: object, fact: Fact) -> tuple[str, ...]:
    return (str(value),) if value in CHOICES[fact] else ()
