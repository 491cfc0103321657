"""What people and rooms ask of on call: who is on call, who was paged, what a link opens, what a policy would do."""

from tocsin.domain.oncall.queries.calendar import PlanView, ShiftView, plans_ahead
from tocsin.domain.oncall.queries.links import PageLinkView, link
from tocsin.domain.oncall.queries.many import Calls, calls
from tocsin.domain.oncall.queries.paged import MyPage, PageView, PagingView, my_pages, paging
from tocsin.domain.oncall.queries.plans import (
    PolicyView,
    PreviewStep,
    ServicePolicyView,
    StepView,
    TargetView,
    policies,
    policy,
    preview,
    service_policies,
)
from tocsin.domain.oncall.queries.reaching import Reach, reaches
from tocsin.domain.oncall.queries.rosters import (
    FindingView,
    LayerView,
    OnCallView,
    OverrideView,
    ScheduleView,
    findings,
    on_call_now,
    schedule,
    schedules,
    shifts_of,
)

__all__ = [
    "Calls",
    "FindingView",
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
    "Reach",
    "ScheduleView",
    "ServicePolicyView",
    "ShiftView",
    "StepView",
    "TargetView",
    "calls",
    "findings",
    "link",
    "my_pages",
    "on_call_now",
    "paging",
    "plans_ahead",
    "policies",
    "policy",
    "preview",
    "reaches",
    "schedule",
    "schedules",
    "service_policies",
    "shifts_of",
]
