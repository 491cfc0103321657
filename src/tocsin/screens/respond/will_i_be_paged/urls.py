"""Addresses of 'Will I be paged?' and of test pages."""

from django.urls import path

from tocsin.screens.respond.will_i_be_paged import views
from tocsin.ui.shell import Action, register_actions

register_actions(
    Action("Will I be paged?", "/on-call/me/", "Go to", "bell-ringing", keywords="on call test page me now"),
)
register_actions(
    Action("Test everyone on call", "/on-call/tests/", "Do", "bell-ringing", keywords="test page drill reach"),
    roles=("administrator",),
)

urlpatterns = [
    path("on-call/me/", views.me, name="will_i_be_paged"),
    path("on-call/me/test/", views.page_me, name="page_me_now"),
    path("on-call/me/tests/<uuid:test_id>/", views.test, name="test_page"),
    path("on-call/me/tests/<uuid:test_id>/stop/", views.stop, name="test_page_stop"),
    path("on-call/tests/", views.rounds, name="test_rounds"),
    path("on-call/tests/<uuid:round_id>/", views.test_round, name="test_round"),
]
