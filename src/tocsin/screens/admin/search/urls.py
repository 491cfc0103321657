"""Address of the search page."""

from django.urls import path

from tocsin.screens.admin.search import views

urlpatterns = [path("search/", views.search_page, name="search")]
