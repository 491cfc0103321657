"""Addresses of one's own contact methods."""

from django.urls import path

from tocsin.screens.admin.contact_methods import views
from tocsin.ui.shell import Action, register_palette

register_palette(
    lambda actor: (
        [
            Action("Contact methods", "/settings/contact/", "Settings", "phone", keywords="mail phone push page reach"),
            Action("Send me a test page", "/settings/contact/", "Do", "bell-ringing", keywords="try contact method"),
        ]
        if actor.person
        else []
    )
)

urlpatterns = [
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
