"""Addresses of Home. Importing it also fills the frame: places, badges, facts, palette."""

from django.urls import path

from tocsin.screens.admin.home import frame, views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/acknowledge/<str:reference>/", views.acknowledge, name="home_acknowledge"),
    path("home/acknowledge-all/", views.acknowledge_all, name="home_acknowledge_all"),
    path("home/test-page/", views.test_page, name="home_test_page"),
    path("home/remove-demo/", views.remove_demo, name="home_remove_demo"),
]
frame.register()
