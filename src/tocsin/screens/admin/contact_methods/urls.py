"""Addresses of one's own contact methods."""

from django.urls import path

from tocsin.screens.admin.contact_methods import rules_views, views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: (
        [
            Action("Contact methods", "/settings/contact/", "Settings", "phone", keywords="mail phone push page reach"),
            Action(
                "How you are paged",
                "/settings/contact/rules/",
                "Settings",
                "bell-ringing",
                keywords="quiet hours resolved",
            ),
            Action(
                "Send me a test page", "/settings/contact/rules/", "Do", "bell-ringing", keywords="try contact method"
            ),
        ]
        if actor.person
        else []
    )
)

urlpatterns = [
    path("settings/contact/rules/", rules_views.rules, name="personal_rules"),
    path("settings/contact/rules/end-test/", rules_views.end_test, name="personal_rules_end_test"),
    path("settings/contact/rules/when-over/", rules_views.when_over, name="personal_rules_when_over"),
    path("settings/contact/rules/<slug:urgency>/", rules_views.edit, name="personal_rules_edit"),
    path("settings/contact/rules/<slug:urgency>/reset/", rules_views.reset, name="personal_rules_reset"),
    path("settings/contact/rules/<slug:urgency>/test/", rules_views.test, name="personal_rules_test"),
    path("settings/contact/", views.listing, name="contact_methods"),
    path("settings/contact/add/<slug:kind>/", views.add, name="contact_add"),
    path("settings/contact/add/<slug:kind>/opening/", views.opening, name="contact_opening"),
    path("push-worker.js", views.push_worker, name="push_worker"),
    path("settings/contact/<uuid:method_id>/", views.method, name="contact_method"),
    path("settings/contact/<uuid:method_id>/code/", views.code, name="contact_code"),
    path("settings/contact/<uuid:method_id>/new-code/", views.new_code, name="contact_new_code"),
    path("settings/contact/<uuid:method_id>/test/", views.test, name="contact_test"),
    path("settings/contact/<uuid:method_id>/earlier/", views.earlier, name="contact_earlier"),
    path("settings/contact/<uuid:method_id>/switch/<slug:to>/", views.switch, name="contact_switch"),
    path("settings/contact/<uuid:method_id>/remove/", views.remove, name="contact_remove"),
]
