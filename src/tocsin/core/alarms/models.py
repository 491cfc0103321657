"""One row per thing that can be wrong with Tocsin itself."""

from django.db import models


class Alarm(models.Model):
    """What is wrong, since when, and when somebody was last told. `cleared_at`: it is well again."""

    name = models.CharField(max_length=80, primary_key=True)
    sentence = models.TextField()
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
