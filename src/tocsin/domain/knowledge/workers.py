"""The room's work: PDFs, typeset by a process of their own, and reminders of action items."""

import json
import subprocess
import sys
from datetime import timedelta

from tocsin.core.work import Done, Failed, JobView, Outcome, Retry, effect, transactional
from tocsin.domain.knowledge import jobs
from tocsin.domain.knowledge.commands import printing, reminding

TIMEOUT = 60
"""Seconds that a PDF may take."""
_TRIES = 3


@effect(jobs.TYPESET, jobs.Typeset, timeout=timedelta(seconds=TIMEOUT + 10))
def typeset(payload: jobs.Typeset, job: JobView) -> Outcome:
    """Make one PDF. What cannot be typeset fails with the reason; a process that died is tried again."""
    content = printing.content_of(payload.print)
    if not content:
        return Done()
    command = [sys.executable, "-m", "tocsin.domain.knowledge.typesetting"]
    try:
        made = subprocess.run(command, input=content.encode(), capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return _failed(payload, f"It took longer than {TIMEOUT} s.")
    head, _, pdf = made.stdout.partition(b"\n")
    said = json.loads(head) if head.startswith(b"{") else {}
    if made.returncode == 0 and pdf.startswith(b"%PDF"):
        return Done(lambda: printing.settle_pdf(payload.print, pdf, **said))
    if "error" in said:
        return _failed(payload, str(said["error"]))
    if job.attempts < _TRIES:
        return Retry(f"The typesetter ended with {made.returncode}.")
    return _failed(payload, f"The typesetter ended with {made.returncode} and said nothing.")


def _failed(payload: jobs.Typeset, why: str) -> Failed:
    return Failed(why, lambda: printing.fail_pdf(payload.print, why), quiet=True)


@transactional(jobs.REMIND, jobs.ItemDue)
def remind(payload: jobs.ItemDue, job: JobView) -> None:
    """A day before an action item is due."""
    reminding.remind(payload.item, overdue=False)


@transactional(jobs.OVERDUE, jobs.ItemDue)
def overdue(payload: jobs.ItemDue, job: JobView) -> None:
    """When an action item is over."""
    reminding.remind(payload.item, overdue=True)
