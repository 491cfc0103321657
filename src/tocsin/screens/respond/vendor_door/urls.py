"""One address for all vendors; which there are is found in the registry."""

from django.urls import path

from tocsin.domain.delivery.doors import PREFIX
from tocsin.screens.respond.vendor_door import views

urlpatterns = [path(f"{PREFIX.lstrip('/')}/<slug:vendor>/<path:rest>", views.door, name="vendor_door")]
