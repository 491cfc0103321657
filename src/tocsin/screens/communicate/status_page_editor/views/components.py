"""Components of the page and their groups, in the order in which users read them."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.catalog.queries import services
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import MANAGE
from tocsin.domain.statuspage.queries import ComponentView
from tocsin.kernel.errors import NotFound
from tocsin.screens.communicate.status_page_editor.forms import ComponentForm, GroupForm, words
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.tables import Column, Table, from_list

_COLUMNS: list[Column[ComponentView]] = [
    Column("name", "Component", lambda c: c.name),
    Column("status", "State", lambda c: words(c.status)),
    Column("service", "Service", lambda c: c.service),
    Column("code", "Public id", lambda c: c.code),
]
_TABLE: Table[ComponentView] = Table("components", "Components", _COLUMNS, size=500)


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All components in the order of the page, with buttons that move them."""
    listed = queries.components(request.actor)
    groups = queries.groups(request.actor)
    loose = [one for one in listed if not one.group_id]
    sections: list[dict[str, Any]] = [{"group": None, "rows": loose}] if loose else []
    sections += [{"group": group, "rows": group.components} for group in groups]
    context = {
        "tab": "status_page",
        "part": "components",
        "sections": sections,
        "count": len(listed),
        "manages": request.actor.has(MANAGE),
    }
    return _TABLE.csv(request, from_list(listed, _COLUMNS)) or render(
        request, "status_page_editor/components.html", context
    )


def add(request: ScreenRequest) -> HttpResponseBase:
    """Add a component at the end."""
    request.actor.require(MANAGE)
    form = _form(request, {"showcase": True, "group_id": request.GET.get("group", "")})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.add_component(request.actor, **form.cleaned_data)
            messages.success(request, f"Added {form.cleaned_data['name']}.")
            return redirect("status_components")
    return _page(request, "Add a component", form)


def change(request: ScreenRequest, code: str) -> HttpResponseBase:
    """Change one component."""
    request.actor.require(MANAGE)
    one = _found(request, code)
    initial = {
        "name": one.name,
        "description": one.description,
        "service_id": one.service_id,
        "group_id": one.group_id,
        "showcase": one.showcase,
        "only_show_if_degraded": one.only_show_if_degraded,
    }
    form = _form(request, initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.change_component(request.actor, component_id=one.id, **form.cleaned_data)
            messages.success(request, f"Saved {form.cleaned_data['name']}.")
            return redirect("status_components")
    return _page(request, one.name, form, component=one)


@require_POST
def move(request: ScreenRequest, code: str) -> HttpResponseBase:
    """One place up or down."""
    commands.move_component(request.actor, component_id=code, by=-1 if request.POST.get("to") == "up" else 1)
    return redirect("status_components")


@require_POST
def remove(request: ScreenRequest, code: str) -> HttpResponseBase:
    """Remove a component after its name was typed."""
    one = _found(request, code)
    form = TypedConfirmation(request.POST, expected=one.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("status_component", code)
    commands.remove_component(request.actor, component_id=one.id)
    messages.success(request, f"Removed {one.name}. Past incidents keep it.")
    return redirect("status_components")


def group_add(request: ScreenRequest) -> HttpResponseBase:
    """Add a heading."""
    request.actor.require(MANAGE)
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_group(request.actor, name=form.cleaned_data["name"])
            return redirect("status_components")
    return _page(request, "Add a group", form)


def group_change(request: ScreenRequest, group: str) -> HttpResponseBase:
    """Rename a heading."""
    request.actor.require(MANAGE)
    found = next((one for one in queries.groups(request.actor) if one.id == str(group)), None)
    if found is None:
        raise NotFound("There is no such group.")
    form = GroupForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_group(request.actor, group_id=found.id, name=form.cleaned_data["name"])
            return redirect("status_components")
    return _page(request, found.name, form, group=found)


@require_POST
def group_remove(request: ScreenRequest, group: str) -> HttpResponseBase:
    """Take a heading away; its components stay."""
    commands.remove_group(request.actor, group_id=str(group))
    messages.success(request, "Removed the group; its components stay on the page.")
    return redirect("status_components")


def _found(request: ScreenRequest, code: str) -> ComponentView:
    for one in queries.components(request.actor):
        if one.code == code:
            return one
    raise NotFound("There is no such component on the status page.")


def _form(request: ScreenRequest, initial: dict[str, Any]) -> ComponentForm:
    return ComponentForm(
        request.POST or None, initial=initial, services=services(request.actor), groups=queries.groups(request.actor)
    )


def _page(request: ScreenRequest, heading: str, form: Any, **more: object) -> HttpResponseBase:
    context = {"tab": "status_page", "part": "components", "heading": heading, "form": form, **more}
    return render(request, "status_page_editor/component.html", context, status=422 if form.is_bound else 200)
