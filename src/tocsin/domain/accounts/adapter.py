"""Bends the sign-in library to the house: nobody signs up; single sign-on opens accounts that exist.

Never creates a person and never changes one's address: an administrator does (see `commands.py`).
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from tocsin.domain.accounts import commands
from tocsin.domain.accounts.directory import actor_of_user
from tocsin.domain.accounts.models import User

UNKNOWN = "Nobody here has the address that single sign-on gave; ask an administrator to add you."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed to sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: administrators add people."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Through our own command, so that a changed or reset password stands in the log."""
        commands.set_password(actor_of_user(user), person_id=str(user.pk), password=password)
        user.refresh_from_db(fields=["password"])


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on for people who are known by an address that the provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an unknown address is turned away before this is asked."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect the provider's account to the active person with the same verified address, or turn away."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        person = User.objects.filter(email__in=verified, is_active=True).first()
        if person is None:
            messages.error(request, UNKNOWN)
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, person)
