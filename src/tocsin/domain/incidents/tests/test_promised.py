"""What whoever acknowledges is told is due next."""

from tocsin.domain.incidents.promised import promised
from tocsin.domain.incidents.tests.conftest import World
from tocsin.kernel.subject import Subject


def test_who_acknowledges_is_not_told_that_it_must_be_acknowledged(world: World) -> None:
    world.alert()
    row = world.the_incident()
    subject = Subject("incident", str(row.id), row.reference, row.title, "/")
    said = [one.text for one in promised(subject)]
    assert len(said) == 3
    assert not [words for words in said if "cknowledge" in words]
