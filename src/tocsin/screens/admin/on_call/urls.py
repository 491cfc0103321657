"""Addresses of the on call screens."""

from django.urls import path

from tocsin.kernel.actor import ADMINISTRATORS, COMMANDERS
from tocsin.screens.admin.on_call import (
    away_views,
    calendar_views,
    cover_views,
    feed_views,
    policy_views,
    rehearsal,
    schedule_views,
    trial_views,
    views,
    webhook_views,
)
from tocsin.ui.shell import Action, nav_url, register_actions

register_actions(
    Action("My shifts", "/on-call/calendar/", "Go to", "calendar", keywords="on call calendar rota"),
    Action("I am away", "/on-call/away/", "Do", "calendar", keywords="absence vacation holiday leave out of office"),
    Action("Webhooks of steps", "/on-call/webhooks", "Go to", "webhook", keywords="escalation tell a program"),
    Action("Shifts in my own calendar", "/on-call/feeds", "Settings", "calendar", keywords="ical ics subscribe"),
)
register_actions(
    Action("Follow the sun", "/on-call/schedules/new/follow-the-sun", "Do", "plus", keywords="schedule regions zones"),
    roles=COMMANDERS | ADMINISTRATORS,
)
register_actions(
    Action(
        "Who would be paged",
        "/on-call/rehearsal",
        "Go to",
        "stairs-up",
        keywords="simulate rehearse escalation on call what would happen",
    ),
    roles=("viewer", "responder", "commander", "administrator"),
)
register_actions(
    Action("Add a schedule", "/on-call/schedules/new", "Do", "calendar-plus", keywords="rotation on call"),
    Action("Add an escalation policy", "/on-call/policies/new", "Do", "stairs-up", keywords="page on call"),
    roles=("commander", "administrator"),
)

urlpatterns = [
    path("on-call/", views.on_call, name="on_call"),
    path("on-call/services", views.services, name="on_call_services"),
    path("on-call/calendar/", calendar_views.calendar, name="calendar"),
    path("on-call/calendar.ics", feed_views.download, name="calendar_download"),
    path("on-call/feeds", feed_views.listing, name="calendar_feeds"),
    path("on-call/feeds/<uuid:feed_id>/revoke", feed_views.revoke, name="calendar_feed_revoke"),
    path("on-call/feeds/<str:token>.ics", feed_views.feed, name="calendar_feed"),
    path("on-call/away/", away_views.away, name="away"),
    path("on-call/away/disconnect", away_views.disconnect, name="away_disconnect"),
    path("on-call/away/<uuid:absence_id>/remove", away_views.remove, name="away_remove"),
    path("on-call/schedules/<uuid:schedule_id>/note", schedule_views.note, name="schedule_note"),
    path("on-call/schedules/<uuid:schedule_id>/take-over", schedule_views.take_over, name="schedule_take_over"),
    path("on-call/cover/<uuid:cover_id>/", cover_views.show, name="cover"),
    path("on-call/cover/<uuid:cover_id>/accept", cover_views.accept, name="cover_accept"),
    path("on-call/cover/<uuid:cover_id>/decline", cover_views.decline, name="cover_decline"),
    path("on-call/cover/<uuid:cover_id>/take-back", cover_views.take_back, name="cover_take_back"),
    path("on-call/schedules/<uuid:schedule_id>/cover", cover_views.ask, name="cover_ask"),
    path("on-call/schedules/new", schedule_views.edit, name="schedule_new"),
    path("on-call/schedules/new/follow-the-sun", schedule_views.follow_the_sun, name="schedule_follow_the_sun"),
    path("on-call/schedules/new/try", trial_views.schedule, name="schedule_try"),
    path("on-call/schedules/new/follow-the-sun/try", trial_views.sun, name="schedule_try_sun"),
    path("on-call/schedules/<uuid:schedule_id>/", schedule_views.show, name="schedule"),
    path("on-call/schedules/<uuid:schedule_id>/edit", schedule_views.edit, name="schedule_edit"),
    path("on-call/schedules/<uuid:schedule_id>/remove", schedule_views.remove, name="schedule_remove"),
    path(
        "on-call/schedules/<uuid:schedule_id>/overrides/<uuid:override_id>/remove",
        schedule_views.remove_override,
        name="override_remove",
    ),
    path("on-call/rehearsal", rehearsal.rehearsal, name="on_call_rehearsal"),
    path("on-call/webhooks", webhook_views.listing, name="step_webhooks"),
    path("on-call/webhooks/<uuid:webhook_id>/remove", webhook_views.remove, name="step_webhook_remove"),
    path("on-call/policies/new", policy_views.edit, name="policy_new"),
    path("on-call/policies/new/try", policy_views.tried, name="policy_try_new"),
    path("on-call/policies/<uuid:policy_id>/try", policy_views.tried, name="policy_try"),
    path("on-call/policies/<uuid:policy_id>/", policy_views.show, name="policy"),
    path("on-call/policies/<uuid:policy_id>/edit", policy_views.edit, name="policy_edit"),
    path("on-call/policies/<uuid:policy_id>/remove", policy_views.remove, name="policy_remove"),
]
nav_url("oncall", "on_call")
