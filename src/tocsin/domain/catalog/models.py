"""Tables of services and of the dependencies between them. That there is no cycle is the commands' promise."""

from django.db import models

from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id


class Service(models.Model):
    """Something that can fail and that somebody owns."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=16, default="service")
    tier = models.PositiveSmallIntegerField(default=3)
    owner_team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(tier__gte=1, tier__lte=4), name="catalog_service_tier"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["service", "component", "system"]), name="catalog_service_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dependency(models.Model):
    """`downstream` needs `upstream`: when upstream breaks, downstream suffers."""

    upstream = models.ForeignKey("catalog.Service", on_delete=models.CASCADE, related_name="+")
    downstream = models.ForeignKey("catalog.Service", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["downstream", "upstream"], name="catalog_dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(upstream=models.F("downstream")), name="catalog_dependency_not_itself"
            ),
        ]
