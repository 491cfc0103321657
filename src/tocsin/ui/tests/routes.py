"""Routes of these tests: the gallery, the palette, and views that refuse."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.ui import gallery, views
from tocsin.ui.access import actor_of, public
from tocsin.ui.undo import offer_undo


@public
def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "invalid": Invalid("title: a title is missing; write what people see.", field="title"),
        "gone": NotFound("There is no incident INC-99."),
        "late": Conflict("Mateo Fuentes acknowledged it first."),
    }[kind]


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).name)


@public
def clock(request: HttpRequest) -> HttpResponse:
    offer_undo(request, "Acknowledged INC-42.", "/undo")
    messages.error(request, "The mail was not sent.")
    return gallery.show(request)


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("palette", views.palette, name="ui_palette"),
    path("gallery", gallery.show),
    path("gallery/<str:layout>", gallery.show),
    path("refuse/<str:kind>", refuse),
    path("private", private),
    path("undoable", clock),
]
