"""Pure decisions of this room: names, roles, scopes and opening hours as people give them, and as they are kept.

Raises `Invalid` with the field and the mend. Never asks for the time, never touches a table.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from typing import Any

import holidays
import phonenumbers

from tocsin.kernel.actor import Role, known_permissions
from tocsin.kernel.business_time import Calendar, Hours, zone_of
from tocsin.kernel.errors import Invalid

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The office hours that the product's terms are counted in until the organisation names its own.
OFFICE = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
_SCOPE = re.compile(r"^(\*|[a-z_]+\.[a-z_]+)$")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
NAME_LENGTH = 120
SLUG_LENGTH = 60
SKILL_LENGTH = 40
MOST_SKILLS = 30
SITE_LENGTH = 60


def clean_name(text: str, *, field: str = "name") -> str:
    """One line of 1 to 120 characters, spaces trimmed and folded."""
    name = " ".join(text.replace("\0", "").split())
    if not name:
        raise Invalid(f"{field}: it is missing; write 1 to {NAME_LENGTH} characters.", field=field)
    if len(name) > NAME_LENGTH:
        raise Invalid(f"{field}: it has {len(name)} characters; write at most {NAME_LENGTH}.", field=field)
    return name


def slug_of(text: str, *, field: str = "slug") -> str:
    """`"Card Payments"` -> `"card-payments"`. Raises `Invalid` when no letter or digit is left."""
    slug = _NOT_SLUG.sub("-", text.lower()).strip("-")[:SLUG_LENGTH].strip("-")
    if not slug:
        raise Invalid(f"{field}: use letters a to z, digits and hyphens.", field=field)
    return slug


def clean_zone(name: str, *, field: str = "time_zone") -> str:
    """A zone of the tz database, or empty (the organisation's own)."""
    name = name.strip()
    if name:
        zone_of(name, field=field)
    return name


def clean_phone(text: str, *, field: str = "phone") -> str:
    """The number in international form (E.164), or empty. Raises `Invalid` when it cannot be called."""
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid(f"{field}: '{text}' cannot be called; write it like +49 30 1234567.", field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def clean_roles(roles: Iterable[str], *, field: str = "roles") -> list[str]:
    """Known roles, once each, in the order of the house; at least one."""
    given = set(roles)
    unknown = sorted(given - {role.value for role in Role})
    if unknown:
        known = ", ".join(role.value for role in Role)
        raise Invalid(f"{field}: there is no role '{unknown[0]}'; roles are {known}.", field=field)
    if not given:
        raise Invalid(f"{field}: choose at least one; 'viewer' may only look.", field=field)
    return [role.value for role in Role if role.value in given]


def clean_skills(skills: Iterable[str], *, field: str = "skills") -> list[str]:
    """Short names of what a person is good at (`"Postgre SQL"` -> `"postgre-sql"`), once each, sorted; at most 30."""
    found = sorted({slug_of(skill, field=field)[:SKILL_LENGTH].strip("-") for skill in skills if skill.strip()})
    if len(found) > MOST_SKILLS:
        raise Invalid(f"{field}: {len(found)} are too many; name at most {MOST_SKILLS}.", field=field)
    return found


def clean_site(text: str, *, field: str = "site") -> str:
    """Where somebody works: one line of at most 60 characters, or empty."""
    site = " ".join(text.replace("\0", "").split())
    if len(site) > SITE_LENGTH:
        raise Invalid(f"{field}: it has {len(site)} characters; write at most {SITE_LENGTH}.", field=field)
    return site


def clean_scopes(scopes: Iterable[str], *, field: str = "scopes") -> list[str]:
    """Names of permissions (`incidents.declare`) or `*`, sorted; at least one."""
    given = sorted({scope.strip() for scope in scopes if scope.strip()})
    if not given:
        raise Invalid(f"{field}: name at least one permission, like incidents.declare, or * for all.", field=field)
    for scope in given:
        if not _SCOPE.match(scope):
            raise Invalid(f"{field}: '{scope}' is not a permission; write it like incidents.declare.", field=field)
        if scope != "*" and scope not in known_permissions():
            near = get_close_matches(scope, known_permissions(), 1)
            hint = f"did you mean {near[0]}?" if near else "the API's documentation names them."
            raise Invalid(f"{field}: there is no permission '{scope}'; {hint}", field=field)
    return given


def initials(name: str) -> str:
    """First letters of the first and the last word, for an avatar."""
    words = name.split() or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def calendar(zone: str, hours: Mapping[str, Any], closed: Sequence[str], region: str, years: Iterable[int]) -> Calendar:
    """The organisation's working calendar: weekly hours, its own closed dates, public holidays of a region.

    `hours` maps weekdays to lists of [opens, closes] ("09:00", "17:00"); `region` is a country code, with or
    without a subdivision ("DE", "DE-BE"). Raises `Invalid` naming the field that cannot be used.
    """
    weekly = hours or OFFICE
    unknown = sorted(set(weekly) - set(WEEKDAYS))
    if unknown:
        raise Invalid(f"hours: '{unknown[0]}' is no weekday; weekdays are {', '.join(WEEKDAYS)}.", field="hours")
    days = tuple(tuple(_hours(day, span) for span in weekly.get(day, [])) for day in WEEKDAYS)
    return Calendar(zone, days, frozenset(_dates(closed)) | _public_holidays(region, years))


def calendar_of_team(
    zone: str, hours: Mapping[str, Any], closed: Sequence[str], region: str, years: Iterable[int]
) -> Calendar:
    """The same for a team, whose hours have no default: a week without any is refused. Raises `Invalid`."""
    if not any(hours.values()):
        raise Invalid("hours: the team never opens; give at least one day hours.", field="hours")
    return calendar(zone, hours, closed, region, years)


def _hours(day: str, span: Any) -> Hours:
    try:
        opens, closes = (time.fromisoformat(str(text)) for text in span)
    except (TypeError, ValueError) as error:
        raise Invalid(f"hours: {day} needs times like 09:00 and 17:00, not '{span}'.", field="hours") from error
    return Hours(opens, closes)


def _dates(closed: Sequence[str]) -> Iterable[date]:
    for text in closed:
        try:
            yield date.fromisoformat(str(text))
        except ValueError as error:
            raise Invalid(
                f"closed_dates: '{text}' is not a date; write it like 2026-12-24.", field="closed_dates"
            ) from error


def _public_holidays(region: str, years: Iterable[int]) -> frozenset[date]:
    if not region:
        return frozenset()
    country, _, subdivision = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=list(years)))
    except NotImplementedError as error:
        raise Invalid(
            f"holiday_region: '{region}' is not known; write a country, or a country and its part: DE, DE-BE.",
            field="holiday_region",
        ) from error
