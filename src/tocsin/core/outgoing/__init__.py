"""The one way out over HTTP to addresses that people give us. Everything that fetches or posts goes through here.

Hides the address check at connect, the caps on time and size, and what a broken connection means. Never follows a
redirect, never uses a proxy of the environment, never shows a body to anybody by itself.
"""

from tocsin.core.outgoing.addresses import AddressRefused, refusal
from tocsin.core.outgoing.client import Answer, BadUrl, NoAnswer, OutgoingError, Unreachable, check_url, request
from tocsin.core.outgoing.connect import register_exception
from tocsin.core.outgoing.guard import guarded

__all__ = [
    "AddressRefused",
    "Answer",
    "BadUrl",
    "NoAnswer",
    "OutgoingError",
    "Unreachable",
    "check_url",
    "guarded",
    "refusal",
    "register_exception",
    "request",
]
