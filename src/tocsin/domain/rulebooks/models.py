"""Editions of rulebooks. A published one is never changed; the first one of each book comes with the program."""

from django.db import models
from django.db.models import Q

from tocsin.kernel.ids import new_id


class Edition(models.Model):
    """A book's content. `number` is empty while it is a draft, of which a book has one; `version` orders its savers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    book = models.CharField(max_length=40)
    number = models.PositiveIntegerField(null=True)
    content = models.JSONField()
    based_on = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    author = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="rulebooks_edition_once"),
            models.UniqueConstraint(fields=["book"], condition=Q(number=None), name="rulebooks_one_draft"),
        ]
