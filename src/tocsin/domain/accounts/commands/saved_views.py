"""Views of tables that people keep. They are a matter of taste, so the log does not hear of them."""

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from tocsin.domain.accounts.models import SavedView, Team
from tocsin.domain.accounts.permissions import CHANGE_OWN
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied, Invalid, NotFound
from tocsin.kernel.ids import id_of

MOST = 30
_NOT_KEPT = {"page", "after", "format", "view"}


def save_view(actor: Actor, *, table: str, name: str, query: str, team_id: str = "", default: bool = False) -> str:
    """Keep the filter and order of a table (`query`, as in its address); the id. The same name replaces.

    With a `team_id` of one's own teams its members see it too. A `default` is what the person's table opens with;
    there is one of each table. Raises `Invalid`, `Denied` (no person stands behind the actor, or not their team).
    """
    actor.require(CHANGE_OWN)
    if not actor.person:
        raise Denied("Views belong to people; sign in as one.")
    called = " ".join(name.split())
    if not 0 < len(called) <= 60:
        raise Invalid("name: give the view a name of at most 60 characters.", field="name")
    kept = urlencode([(k, v) for k, v in parse_qsl(query.lstrip("?")) if k not in _NOT_KEPT])
    if not kept or len(kept) > 1000 or not 0 < len(table) <= 60:
        raise Invalid("query: filter or sort the table first; there is nothing to keep yet.", field="query")
    with transaction.atomic():
        team = _team(actor, team_id)
        mine = SavedView.objects.select_for_update().filter(person_id=id_of(actor.person), table=table)
        if len(mine) >= MOST and called not in {row.name for row in mine}:
            raise Invalid(f"name: {MOST} views of this table are enough; remove one first.", field="name")
        if default:
            mine.update(default=False)
        return str(_keep(actor, table, called, {"query": kept, "team": team, "default": default}).id)


def remove_view(actor: Actor, *, view_id: str) -> None:
    """Forget one of one's own views. Raises `NotFound`, also for those of others."""
    actor.require(CHANGE_OWN)
    if not SavedView.objects.filter(id=id_of(view_id), person_id=id_of(actor.person)).delete()[0]:
        raise NotFound("There is no such view of yours.")


def _keep(actor: Actor, table: str, name: str, values: dict[str, object]) -> SavedView:
    try:
        with transaction.atomic():
            return SavedView.objects.update_or_create(
                person_id=id_of(actor.person), table=table, name=name, defaults=values
            )[0]
    except IntegrityError as error:
        raise Invalid("name: this view was saved a moment ago; look again.", field="name") from error


def _team(actor: Actor, team_id: str) -> Team | None:
    if not team_id:
        return None
    team = Team.objects.filter(id=id_of(team_id), members=id_of(actor.person)).first()
    if team is None:
        raise Invalid("team_id: choose a team that you are in.", field="team_id")
    return team
