"""One row per scope whose data can be made unreadable by destroying its key."""

from django.db import models


class DataKey(models.Model):
    """The wrapped key of a scope (`person:<id>`, `incident:<id>`). Destroyed: the wrapped key is empty."""

    scope = models.CharField(max_length=120, primary_key=True)
    wrapped = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
