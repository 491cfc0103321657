"""Reads of this room. An incident that the actor may not see is neither similar nor a lesson to them."""

from tocsin.domain.triage.queries.hints import hints, similar
from tocsin.domain.triage.queries.learned import learned
from tocsin.domain.triage.queries.templates import template, templates
from tocsin.domain.triage.views import (
    FeatureView,
    HintView,
    IncidentTemplateView,
    LearnedView,
    SimilarView,
    TaughtView,
    TemplateRole,
    TemplateService,
    TemplateTask,
)

__all__ = [
    "FeatureView",
    "HintView",
    "IncidentTemplateView",
    "LearnedView",
    "SimilarView",
    "TaughtView",
    "TemplateRole",
    "TemplateService",
    "TemplateTask",
    "hints",
    "learned",
    "similar",
    "template",
    "templates",
]
