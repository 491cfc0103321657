"""Tables of people, teams, the organisation and the ways in. Secrets stand here only as hashes.

Never decides anything; only `commands.py` of this room writes to them (sign-in itself is the library's).
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from tocsin.kernel.actor import Role
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, in any case of letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with a hashed password; without one, only a sign-in link, passkey or OIDC lets them in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator (the name that Django's own command expects)."""
        return self.create_user(email, password, **{"roles": [Role.ADMINISTRATOR.value], **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. Deactivated people stay, so that the record keeps their name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=32, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    roles = models.JSONField(default=list)
    skills = models.JSONField(default=list, blank=True)
    """What they are good at (`postgresql`, `networking`), in the organisation's own words."""
    site = models.CharField(max_length=60, blank=True, default="")
    """Where they work, for alerts that concern a place."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email


class Team(models.Model):
    """People who answer for something together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    members = models.ManyToManyField("accounts.User", related_name="teams", blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class TeamHours(models.Model):
    """Working hours and holidays of a team that keeps others than the organisation."""

    team = models.OneToOneField(Team, primary_key=True, on_delete=models.CASCADE, related_name="+")
    time_zone = models.CharField(max_length=64)
    hours = models.JSONField(default=dict)
    closed_dates = models.JSONField(default=list)
    holiday_region = models.CharField(max_length=16, blank=True, default="")


class ApiToken(models.Model):
    """A key for a program. `roles` are what it was given; an owner's own roles bound them at every use."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    roles = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs one person in once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class SavedView(models.Model):
    """A filter and order of a table that a person keeps under a name; with a `team`, its members see it too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    table = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "table", "name"], name="accounts_view_named_once")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """The one organisation of this installation (row 1): its name, zone, hours and catch-all people."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, default="Our organisation")
    url = models.URLField(max_length=200, blank=True, default="")
    time_zone = models.CharField(max_length=64, default="UTC")
    hours = models.JSONField(default=dict, blank=True)
    closed_dates = models.JSONField(default=list, blank=True)
    holiday_region = models.CharField(max_length=16, blank=True, default="")
    catch_all = models.ManyToManyField("accounts.User", related_name="+", blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_organisation_is_one")]

    def __str__(self) -> str:
        return self.name
