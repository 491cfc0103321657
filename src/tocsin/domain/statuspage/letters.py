"""What subscribers are sent: the question whether they want it, and updates. In the language that is active.

Hides the form of each kind. Says nothing that is not on the page.
"""

from collections.abc import Sequence
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi, gettext

from tocsin.domain.delivery.ports import Message
from tocsin.domain.statuspage.models import Page
from tocsin.domain.statuspage.moments import moment, window
from tocsin.domain.statuspage.views import PublicIncidentView, UpdateView
from tocsin.domain.statuspage.wording import as_html, as_line, status_word

_LEAVE = "https://leave.invalid/"
"""Stands for each reader's own link while a letter is written once for all."""


def confirmation(page: str, url: str) -> Message:
    """The one message that goes out before anybody agreed."""
    return Message(
        title=gettext("Confirm that you want updates of %(page)s") % {"page": page},
        text=gettext(
            "Somebody, probably you, asked for updates of the status page of %(page)s at this address.\n"
            "Confirm within two days, and we write when something breaks or is maintained. "
            "If it was not you, ignore this message: nothing more will come."
        )
        % {"page": page},
        url=url,
        reference=page,
        action=gettext("Confirm"),
        attributes={"type": "statuspage.confirm", "confirm_url": url},
    )


class Announcement:
    """One update as a message to many, written once. Only the link to leave differs."""

    def __init__(self, page: Page, incident: PublicIncidentView, update: UpdateView) -> None:
        self._incident, self._update, self._page = incident, update, page
        self.path = f"/status/incidents/{incident.code}/"
        base = page.url or f"{settings.PUBLIC_URL}/status"
        self._url = f"{base}/incidents/{incident.code}/"
        self.title = f"[{status_word(update.status)}] {incident.title}"
        self._text, self._html = self._written(), self._drawn()

    def concerns(self, components: Sequence[str]) -> bool:
        """Whether somebody who chose these components (none: all) wants to hear of it."""
        named = {component.code for component in self._incident.components}
        return not components or not named or bool(named & set(components))

    def message(self, kind: str, leave: str) -> Message:
        """The message for one reader."""
        return Message(
            title=self.title,
            text=self._text.replace(_LEAVE, leave) if kind == "mail" else self._update.body,
            html=self._html.replace(_LEAVE, escape(leave)) if kind == "mail" else "",
            url=self._url,
            reference=self._page.name,
            attributes=self._facts(leave),
            action=gettext("Read on the status page"),
        )

    def _facts(self, leave: str) -> dict[str, str]:
        incident = self._incident
        return {
            "type": f"statuspage.{incident.kind}_updated",
            "page": self._page.code,
            "incident": incident.code,
            "name": incident.title,
            "status": self._update.status,
            "impact": incident.impact,
            "update": self._update.code,
            "components": " ".join(component.code for component in incident.components),
            "scheduled_for": incident.scheduled_for.isoformat() if incident.scheduled_for else "",
            "scheduled_until": incident.scheduled_until.isoformat() if incident.scheduled_until else "",
            "unsubscribe_url": leave,
        }

    def _when(self) -> str:
        return window(self._incident.scheduled_for, self._incident.scheduled_until, self._page.time_zone)

    def _written(self) -> str:
        lines = [self._update.body, ""]
        if self._incident.scheduled_for:
            lines += [self._when(), ""]
        lines += [f"{component.name}: {status_word(component.status)}" for component in self._incident.components]
        lines += ["", f"{gettext('Read on the status page')}: {self._url}"]
        lines += ["", f"{gettext('Unsubscribe, or choose what to hear of')}: {_LEAVE}"]
        return "\n".join(lines)

    def _drawn(self) -> str:
        return render_to_string(
            "statuspage/mail.html",
            {
                "language": get_language() or "en",
                "direction": "rtl" if get_language_bidi() else "ltr",
                "page": self._page,
                "incident": self._incident,
                "status": status_word(self._update.status),
                "summary": as_line(self._update.body),
                "body": as_html(self._update.body),
                "when": self._when() if self._incident.scheduled_for else "",
                "written": moment(self._update.display_at, self._page.time_zone),
                "components": [(one.name, status_word(one.status)) for one in self._incident.components],
                "url": self._url,
                "leave": _LEAVE,
            },
        )
