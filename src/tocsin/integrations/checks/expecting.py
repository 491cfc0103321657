"""Reads what people demand of a check: numbers, ranges of status codes, host and port. Touches no network."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration
from tocsin.kernel.errors import Invalid

_CODES = re.compile(r"\d{3}(-\d{3})?")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:]+")
_ERRNO = re.compile(r"\[Errno -?\d+\] ")
_LONGEST_TEXT = 500


def number(expect: Mapping[str, Any], name: str, *, least: int, most: int) -> int | None:
    """A whole number, None when nothing was written. Raises `Invalid`."""
    written = str(expect.get(name) or "").strip()
    if not written:
        return None
    if not written.isdigit() or not least <= int(written) <= most:
        raise Invalid(f"{name}: write a whole number from {least} to {most}, or leave it empty.", field=name)
    return int(written)


def text(expect: Mapping[str, Any], name: str) -> str:
    """A short text. Raises `Invalid`."""
    written = str(expect.get(name) or "").strip()
    if len(written) > _LONGEST_TEXT:
        raise Invalid(f"{name}: write at most {_LONGEST_TEXT} characters.", field=name)
    return written


def codes(expect: Mapping[str, Any], name: str) -> str:
    """Status codes like `200-299, 404`. Raises `Invalid`."""
    written = "".join(str(expect.get(name) or "200-299").split())
    for part in written.split(","):
        if not _CODES.fullmatch(part):
            raise Invalid(f"{name}: write status codes like 200-299 or 200, 404.", field=name)
    return ", ".join(written.split(","))


def is_among(status: int, written: str) -> bool:
    """Whether a status is one of the codes written."""
    for part in written.split(","):
        first, _, last = part.strip().partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


def host_and_port(target: str, *, port: int | None = None) -> tuple[str, int]:
    """`db.example.org:5432`, IPv6 in brackets; `port` where it may be left out. Raises `Invalid`."""
    host, colon, number_ = target.rpartition(":")
    if (not colon or target.endswith("]")) and port is not None:
        host, number_ = target, str(port)
    if not host or not _HOST.fullmatch(host) or not number_.isdigit() or not 0 < int(number_) < 65536:
        example = "db.example.org" if port is not None else "db.example.org:5432"
        raise Invalid(f"target: write it like {example}.", field="target")
    return host.strip("[]"), int(number_)


def plain(error: Exception) -> str:
    """The sentence of a failed connection, without the system's numbers and the full stop."""
    return _ERRNO.sub("", str(error)).removesuffix(".")


def certificate(until: datetime | None, least_days: int | None) -> str:
    """What is wrong with the time that a certificate has left; empty when nothing is."""
    if until is None or least_days is None:
        return ""
    left = until - now()
    if left < timedelta(0):
        return f"The certificate ran out {human_duration(left)} ago"
    if left < timedelta(days=least_days):
        return f"The certificate runs out in {human_duration(left)}, at least {least_days} days are expected"
    return ""
