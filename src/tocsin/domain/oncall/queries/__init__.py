"""What people and rooms ask of on call: who is on call, who was paged, what a link opens, what a policy would do."""

from tocsin.domain.oncall.queries.calendar import PlanView, ShiftView, plans
from tocsin.domain.oncall.queries.links import PageLinkView, link
from tocsin.domain.oncall.queries.paged import MyPage, PageView, PagingView, my_pages, paging
from tocsin.domain.oncall.queries.plans import (
    LayerView,
    OnCallView,
    OverrideView,
    PolicyView,
    PreviewStep,
    ScheduleView,
    ServicePolicyView,
    StepView,
    TargetView,
    on_call_now,
    policies,
    policy,
    preview,
    schedule,
    schedules,
    service_policies,
    shifts_of,
)

__all__ = [
    "LayerView",
    "MyPage",
    "OnCallView",
    "OverrideView",
    "PageLinkView",
    "PageView",
    "PagingView",
    "PlanView",
    "PolicyView",
    "PreviewStep",
    "ScheduleView",
    "ServicePolicyView",
    "ShiftView",
    "StepView",
    "TargetView",
    "link",
    "my_pages",
    "on_call_now",
    "paging",
    "plans",
    "policies",
    "policy",
    "preview",
    "schedule",
    "schedules",
    "service_policies",
    "shifts_of",
]
