"""What each kind of source is, and the text to paste into it. What is accepted is up to the vendor's code."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tocsin.domain.alerts.ports import kinds
from tocsin.domain.alerts.queries import IntegrationView


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to paste, and where it goes."""

    where: str
    text: str


WORDS = {
    "prometheus": ("Prometheus", "Prometheus sends its alerts straight here, as to an Alertmanager."),
    "alertmanager": ("Alertmanager API", "Anything that posts alerts as to an Alertmanager: vmalert, Loki, Mimir."),
    "alertmanager-webhook": ("Alertmanager", "An Alertmanager stays and passes alerts on through a webhook receiver."),
    "pagerduty": ("PagerDuty events", "Any tool that sends events to PagerDuty, after a change of address and key."),
    "pagerduty-change": ("PagerDuty changes", "Deployments and changes, shown beside alerts. They never page."),
    "generic": ("Anything that can POST", "A script, a cron job, a webhook: one JSON object with a title."),
}


def name_of(kind: str) -> str:
    """The name of a kind for people."""
    return WORDS.get(kind, (kind, ""))[0]


def choices() -> list[tuple[str, str]]:
    """Every kind that can be connected, the usual ones first, each with what it is."""
    known = kinds()
    ordered = [kind for kind in WORDS if kind in known] + sorted(set(known) - set(WORDS))
    return [(kind, ": ".join(part for part in WORDS.get(kind, (kind, "")) if part)) for kind in ordered]


def snippet(view: IntegrationView) -> Snippet:
    """What to paste for this source, with its own address and key."""
    build = _SNIPPETS.get(view.kind, _generic)
    return build(view)


def _prometheus(view: IntegrationView) -> Snippet:
    url = urlsplit(view.url)
    return Snippet(
        "prometheus.yml",
        "alerting:\n"
        "  alertmanagers:\n"
        f"    - path_prefix: {url.path}\n"
        f"      scheme: {url.scheme}\n"
        "      static_configs:\n"
        f'        - targets: ["{url.netloc}"]\n',
    )


def _webhook(view: IntegrationView) -> Snippet:
    return Snippet(
        "alertmanager.yml",
        f"receivers:\n  - name: tocsin\n    webhook_configs:\n      - url: {view.url}\n        send_resolved: true\n",
    )


def _pagerduty(view: IntegrationView) -> Snippet:
    return Snippet(
        "a shell, or the settings of your tool",
        f"curl {view.url} -d '{{\n"
        f'  "routing_key": "{view.key}",\n'
        '  "event_action": "trigger",\n'
        '  "dedup_key": "backup-db-1",\n'
        '  "payload": {"summary": "Backup of db-1 failed", "source": "db-1", "severity": "error"}\n'
        "}'\n",
    )


def _change(view: IntegrationView) -> Snippet:
    return Snippet(
        "a deployment job",
        f"curl {view.url} -d '{{\n"
        f'  "routing_key": "{view.key}",\n'
        '  "payload": {"summary": "Deployed web 4.2", "source": "ci"}\n'
        "}'\n",
    )


def _api(view: IntegrationView) -> Snippet:
    return Snippet("a shell", f"amtool --alertmanager.url={view.url} alert add DiskFull severity=high instance=db-1\n")


def _generic(view: IntegrationView) -> Snippet:
    return Snippet(
        "a shell",
        f"curl {view.url} -d '{{\n"
        '  "title": "Backup of db-1 failed",\n'
        '  "severity": "high",\n'
        '  "deduplication_key": "backup-db-1"\n'
        "}'\n",
    )


_SNIPPETS = {
    "prometheus": _prometheus,
    "alertmanager": _api,
    "alertmanager-webhook": _webhook,
    "pagerduty": _pagerduty,
    "pagerduty-change": _change,
}
