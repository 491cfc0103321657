"""The drill's part of the public status page: only where nobody uses the page yet, and gone at the end.

A page in use never shows a drill: its visitors would believe it. Then the public text stays in the incident.
"""

import http.client
import json
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.drill.commands import DRILL, note_made
from tocsin.domain.statuspage import commands as statuspage
from tocsin.domain.statuspage import queries

PAGE = "/status/"
_UNRESOLVED = "/status/api/v2/incidents/unresolved.json"


def is_in_use() -> bool:
    """True when the status page is published, or somebody has begun to prepare it."""
    page = queries.page(DRILL)
    return page is not None and (page.published or bool(queries.components(DRILL)))


def put_on_page(drill_id: str, service: str, name: str) -> bool:
    """Publish a page with one component for the shop; False when there is a page that is in use."""
    if is_in_use():
        return False
    note_made(DRILL, drill_id=drill_id, page=True)
    statuspage.add_component(DRILL, name=name, service_id=service, description="A sample shop. This is a drill.")
    statuspage.save_page(DRILL, name=f"{organisation().name} (drill)"[:80], published=True)
    return True


def shows(text: str) -> bool:
    """True when a stranger reads this text in the page's JSON."""
    base = urlsplit(settings.PUBLIC_URL)
    secure = base.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(base.hostname or "localhost", base.port or (443 if secure else 80), timeout=5)
    try:
        connection.request("GET", _UNRESOLVED)
        said = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return any(text in update["body"] for one in said.get("incidents", ()) for update in one["incident_updates"])
