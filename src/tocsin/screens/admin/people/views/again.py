"""Asks people who signed in a while ago to prove themselves again before something dangerous."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required

View = TypeVar("View", bound=Callable[..., Any])


def asks_again(view: View) -> View:
    """Before a POST: password or second factor, unless given within five minutes. The POST goes on afterwards."""
    return cast(View, reauthentication_required(view, allow_get=True))
