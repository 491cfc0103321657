"""All routes: what the screens and the sign-in library declare, and nothing by hand."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from tocsin.project import demonstration
from tocsin.screens import discover
from tocsin.ui.urls import urlpatterns as shell

urlpatterns: list[URLPattern | URLResolver] = [
    # People change their address on their profile, through our commands; the library's own page would go past them.
    path("accounts/email/", RedirectView.as_view(url="/settings/profile/")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("tocsin.api.urls")),
    *shell,
    *discover(),
]
handler500 = "tocsin.ui.trouble.server_error"
demonstration.register()
