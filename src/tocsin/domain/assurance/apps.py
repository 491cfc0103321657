"""How the room of proofs joins Django."""

from tocsin.core.rooms import RoomConfig


class AssuranceConfig(RoomConfig):
    """Proofs that paging works."""

    name = "tocsin.domain.assurance"
    label = "assurance"
