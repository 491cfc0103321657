"""Things that happen in the furnished house while somebody looks: incidents that page Ada, notes of a colleague."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import House
from tests.harness.peers import until

_SETUP = """
from tocsin.domain.accounts.queries import actor_of, person_by_email
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import system
ada = actor_of(person_by_email("ada@example.org").id)
amina = actor_of(person_by_email("amina.diallo@harbour-market.example").id)
"""


@pytest.fixture
def declared(house: House) -> Callable[..., str]:
    """`declared("Title", page=True)`: a new Critical incident; its reference. With `page` Ada is paged by mail."""

    def made(title: str, *, page: bool = False) -> str:
        return house.script(
            _SETUP + f"id_ = commands.declare(system('test'), title={title!r}, kind='disruption', severity='critical', "
            f"page={page})\nprint(queries.row(system('test'), id_).reference)"
        ).strip()

    return made


@pytest.fixture
def paged(house: House, declared: Callable[..., str]) -> Callable[[str], tuple[str, str]]:
    """`paged("Title")`: a new incident, and the link in the mail by which Ada is paged for it."""

    def made(title: str) -> tuple[str, str]:
        reference = declared(title, page=True)

        def link() -> str:
            for _, letter in list(house.mailbox.mails):
                body = letter.get_body(("plain",))
                text = body.get_content() if body else ""
                found = re.search(r"http://\S+/p/[\w-]+", text)
                if reference in f"{letter['subject']} {text}" and found:
                    return found[0]
            return ""

        return reference, until(link, f"the page for {reference}", seconds=30)

    return made


@pytest.fixture
def writes(house: House) -> Callable[[str, str], None]:
    """`writes("INC-7", "text")`: Amina posts a note, somewhere else."""

    def done(reference: str, text: str) -> None:
        house.script(_SETUP + f"commands.write(amina, incident={reference!r}, text={text!r})")

    return done
