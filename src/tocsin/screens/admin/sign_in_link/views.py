"""A link that signs in once: GET shows a button (mail scanners fetch links), POST signs in.

Never says whose link it is, nor why a link opens nothing.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tocsin.domain.accounts import commands, sessions
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.sign_in_link.forms import FirstPasswordForm
from tocsin.ui.access import ScreenRequest, public

HOME = "/"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: ScreenRequest, token: str) -> HttpResponseBase:
    """The page behind the link, and the press of its button."""
    if request.method != "POST":
        return _page(request)
    try:
        person_id = commands.use_sign_in_link(request.actor, token=token)
    except NotFound as refused:
        return _page(request, spent=refused.sentence, status=refused.status)
    return sessions.begin(request, person_id, then=HOME, without_password=reverse("first_password"))


@never_cache
def first_password(request: ScreenRequest) -> HttpResponseBase:
    """Choose a password after the first sign-in; leaving it out is possible, a passkey does as well."""
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.set_first_password(
                request.actor, person_id=request.actor.person, password=form.cleaned_data["password"]
            )
            sessions.keep(request)
            messages.success(request, "Your password is set.")
            return redirect(HOME)
    status = 422 if form.is_bound else 200
    return render(request, "sign_in_link/first_password.html", {"form": form}, status=status)


def _page(request: ScreenRequest, *, spent: str = "", status: int = 200) -> HttpResponse:
    return render(request, "sign_in_link/sign_in.html", {"spent": spent}, status=status)
