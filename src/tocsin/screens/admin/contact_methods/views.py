"""One's own contact methods: list and order, add, prove by code, try, change, switch off, remove.

Shows whole addresses to their owner only. Never decides what works: the delivery room does.
"""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.delivery import commands, queries
from tocsin.domain.delivery.permissions import OWN
from tocsin.domain.delivery.ports import opening_of
from tocsin.domain.delivery.queries import DestinationView, TransportView
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied, NotFound, Refused
from tocsin.screens.admin.contact_methods.forms import CodeForm, MethodForm
from tocsin.screens.admin.contact_methods.picture import Method, addable, method_of, moving, sent_of
from tocsin.ui.access import ScreenRequest, public
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.undo import offer_undo

_MOST = 200
_PUSH_WORKER = (Path(__file__).parent / "push_worker.js").read_text(encoding="utf-8")


@require_safe
@never_cache
def listing(request: ScreenRequest) -> HttpResponseBase:
    """Own contact methods in their order, what each is good for, and what can be added."""
    person = _person(request.actor)
    kinds = _kinds(request.actor)
    sent = queries.deliveries(request.actor, person_id=person, limit=_MOST)
    methods = [method_of(view, kinds, sent) for view in queries.destinations(request.actor, person)]
    context = {
        "tab": "contact",
        "methods": methods,
        "kinds": addable(kinds.values()),
        "reachable": any(each.works for each in methods),
        "wakes": any(each.works and each.wakes for each in methods),
    }
    return render(request, "contact_methods/list.html", context)


@never_cache
def add(request: ScreenRequest, kind: str) -> HttpResponseBase:
    """Add one of this kind; a code goes there at once."""
    person = _person(request.actor)
    transport = _kind(request.actor, kind)
    form = MethodForm(request.POST or None, transport=transport)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = commands.add_destination(request.actor, kind=kind, person_id=person, **form.given())
            if transport.traits.proof != "start":
                _send_code(request, made)
            return redirect("contact_method", made)
    context = {"tab": "contact", "kind": transport, "form": form}
    return render(request, "contact_methods/add.html", context, status=422 if form.is_bound else 200)


@require_POST
@never_cache
def opening(request: ScreenRequest, kind: str) -> HttpResponseBase:
    """What a browser needs to subscribe: the public key, made when there is none."""
    _person(request.actor)
    _kind(request.actor, kind)
    return HttpResponse(opening_of(kind), content_type="text/plain; charset=utf-8")


@require_safe
@public
def push_worker(request: ScreenRequest) -> HttpResponseBase:
    """The script that shows notifications. It stands at the root, so that it may answer for the whole site."""
    answer = HttpResponse(_PUSH_WORKER, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@never_cache
def method(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """One contact method: prove it, try it, change it, and what was sent there."""
    view, transport = _own(request.actor, method_id)
    form = MethodForm(request.POST or None, transport=transport, kept=view)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        if not given["address"]:
            given["address"] = None
        with form.refusals():
            commands.change_destination(request.actor, destination_id=view.id, **given)
            messages.success(request, "Saved.")
            return redirect("contact_method", view.id)
    return _page(request, view, form=form)


@require_POST
@never_cache
def code(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """Prove the contact method with the code that was sent."""
    view, _ = _own(request.actor, method_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        with form.refusals():
            commands.verify(request.actor, destination_id=view.id, code=form.cleaned_data["code"])
            messages.success(request, "Verified: pages reach you here from now on.")
            return redirect("contact_method", view.id)
    return _page(request, view, code_form=form)


@require_POST
def new_code(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """Send another code; the one before is void."""
    view, _ = _own(request.actor, method_id)
    _send_code(request, view.id)
    return redirect("contact_method", view.id)


@require_POST
def test(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """Send a test page there."""
    view, _ = _own(request.actor, method_id)
    commands.send_test(request.actor, destination_id=view.id)
    messages.success(request, "A test page is on its way. What the provider answers stands below.")
    return redirect("contact_method", view.id)


@require_POST
def earlier(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """Try this one before the one that stands above it."""
    view, _ = _own(request.actor, method_id)
    order = [each.id for each in queries.destinations(request.actor, view.person_id)]
    place = order.index(view.id)
    order.insert(max(0, place - 1), order.pop(place))
    with transaction.atomic():
        for position, id_ in enumerate(order):
            commands.change_destination(request.actor, destination_id=id_, position=position)
    messages.success(request, "The order is saved.")
    return redirect("contact_methods")


@require_POST
def switch(request: ScreenRequest, method_id: UUID, to: str) -> HttpResponseBase:
    """Switch it on or off; can be taken back."""
    view, _ = _own(request.actor, method_id)
    on = to == "on"
    commands.change_destination(request.actor, destination_id=view.id, enabled=on)
    back = reverse("contact_switch", args=[view.id, "off" if on else "on"])
    offer_undo(request, "Switched on." if on else "Switched off: nothing is sent there.", back)
    return redirect("contact_method", view.id)


@never_cache
def remove(request: ScreenRequest, method_id: UUID) -> HttpResponseBase:
    """Remove it, after its name was typed; proving it again needs a new code."""
    view, transport = _own(request.actor, method_id)
    name = view.label or transport.name
    form = TypedConfirmation(request.POST or None, expected=name)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.remove_destination(request.actor, destination_id=view.id)
            messages.success(request, f"{name} is removed; nothing more is sent there.")
            return redirect("contact_methods")
    context = {"tab": "contact", "name": name, "method": view, "form": form}
    return render(request, "contact_methods/remove.html", context, status=422 if form.is_bound else 200)


def _person(actor: Actor) -> str:
    actor.require(OWN)
    if not actor.person:
        raise Denied("Contact methods belong to people; sign in as one.")
    return actor.person


def _kinds(actor: Actor) -> dict[str, TransportView]:
    return {view.kind: view for view in queries.transport_views(actor)}


def _kind(actor: Actor, kind: str) -> TransportView:
    found = _kinds(actor).get(kind)
    if found is None:
        raise NotFound(f"There is no kind of contact method '{kind}'.")
    return found


def _own(actor: Actor, method_id: UUID) -> tuple[DestinationView, TransportView]:
    """The actor's own one; of other people's there is no page, whoever asks."""
    person = _person(actor)
    for view in queries.destinations(actor, person):
        if view.id == str(method_id):
            known = _kinds(actor).get(view.kind)
            return view, known or TransportView(view.kind, view.kind, (), wakes=False, problem="")
    raise NotFound("There is no such contact method of yours.")


def _send_code(request: ScreenRequest, method_id: str) -> None:
    try:
        commands.request_verification(request.actor, destination_id=method_id)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return
    messages.success(request, "A code is on its way. Type it below within 10 minutes.")


def _page(
    request: ScreenRequest, view: DestinationView, *, form: MethodForm | None = None, code_form: CodeForm | None = None
) -> HttpResponseBase:
    kinds = _kinds(request.actor)
    rows = queries.deliveries(request.actor, person_id=view.person_id, limit=_MOST)
    shown: Method = method_of(view, kinds, rows)
    sent = sent_of(rows, view.id)
    transport = kinds.get(view.kind)
    starts = transport is not None and transport.traits.proof == "start" and not view.verified
    wrong = any(each is not None and each.errors for each in (form, code_form))
    context = {
        "tab": "contact",
        "method": shown,
        "starts": starts,
        "start": opening_of(view.kind, view.address) if starts else "",
        "form": form or (MethodForm(transport=transport, kept=view) if transport else None),
        "code_form": code_form or CodeForm(),
        "sent": sent,
        "moving": moving(sent),
        "secret": view.config.get("secret", ""),
        "coded": any(row.what == "Code" for row in sent),
    }
    return render(request, "contact_methods/method.html", context, status=422 if wrong else 200)
