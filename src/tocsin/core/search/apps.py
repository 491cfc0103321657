"""Registers the search index with Django and has it installed after every migrate."""

from django.db.models.signals import post_migrate

from tocsin.core.rooms import RoomConfig


class SearchConfig(RoomConfig):
    """The search index."""

    name = "tocsin.core.search"
    label = "search"

    def ready(self) -> None:
        """Connect the installation of the index."""
        from tocsin.core.search.dialect import install_index  # models exist only now

        post_migrate.connect(install_index, sender=self)
        super().ready()
