"""The Incident Log: look through it, verify its chain, take it away as CSV or as JSON lines that prove themselves."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.events.browse import hidden_from
from tocsin.core.events.read import latest_checkpoint
from tocsin.core.events.verify import export_log, verify_stream
from tocsin.domain.incidents.queries import row, streams_of
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied
from tocsin.screens.document.incident_log.entries import Entries
from tocsin.screens.incident import incident_page
from tocsin.ui.access import ScreenRequest


@require_safe
def incident_log(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Every entry, newest first. The incident's chain is verified each time; with `verify` those of its alerts too."""
    actor = request.actor
    context = incident_page(request, ref, "document", "incident_log")
    streams = streams_of(actor, ref)
    entries = Entries(actor, streams)
    download = entries.download.csv(request, entries.fetch)
    if download is not None:
        return download
    asked = "verify" in request.GET
    context |= {"table": entries.table.page(request, entries.fetch), "asked": asked}
    context |= _verified(actor, streams if asked else streams[:1], streams)
    return render(request, "incident_log/incident_log.html", context)


@require_safe
def export(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """The entries as JSON lines with their hashes. Raises `Denied` when some are not for this reader."""
    streams = streams_of(request.actor, ref)
    if hidden_from(request.actor, streams):
        raise Denied("You may not export this log with its proof; ask the incident's commander, or take the CSV.")
    reference = row(request.actor, ref).reference
    return HttpResponse(
        "\n".join(export_log(streams)) + "\n",
        content_type="application/x-ndjson; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{reference}-log.jsonl"'},
    )


def _verified(actor: Actor, streams: list[str], every: list[str]) -> dict[str, Any]:
    verdicts = [verify_stream(stream) for stream in streams]
    return {
        "faults": [fault for verdict in verdicts for fault in verdict.faults],
        "chains": len(verdicts),
        "verified": sum(verdict.entries for verdict in verdicts),
        "signed": verdicts[0].checkpoints if verdicts else 0,
        "whole_view": not hidden_from(actor, every),
        "checkpoint": latest_checkpoint(),
    }
