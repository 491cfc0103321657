"""API tokens: the list, adding one (shown once), revoking one."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import commands, queries
from tocsin.screens.admin.people.forms import TokenForm
from tocsin.screens.admin.people.views.again import asks_again
from tocsin.ui.access import ScreenRequest


@never_cache
@asks_again
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All tokens, and a form for a new one. A new token is on the answer to the form and nowhere else."""
    known = queries.tokens(request.actor)
    people = queries.people(request.actor, active_only=True)
    form, made = TokenForm(request.POST or None, people=people), ""
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            made = commands.add_token(request.actor, **{**given, "scopes": given["scopes"].replace(",", " ").split()})
            form, known = TokenForm(people=people), queries.tokens(request.actor)
    context = {"tab": "tokens", "tokens": known, "form": form, "made": made}
    return render(request, "people/tokens.html", context, status=422 if form.is_bound else 200)


@require_POST
def revoke(request: ScreenRequest, token_id: UUID) -> HttpResponseBase:
    """Make a token open nothing."""
    commands.revoke_token(request.actor, token_id=str(token_id))
    messages.success(request, "Revoked: the token opens nothing from now on.")
    return redirect("tokens")
