"""What can be found: one row per subject, written by the rooms through `tocsin.core.search.index`."""

from django.db import models


class Document(models.Model):
    """The searchable text of one subject."""

    stream = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, blank=True)
    title = models.TextField()
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    updated_at = models.DateTimeField()
