"""`tocsin user` and `tocsin token`: people and API tokens from the command line.

Hides nothing: the commands of the accounts room do the work. Never prints a secret twice.
"""

import click
from django.conf import settings

from tocsin.cli.house import operator, says_refusals
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import person
from tocsin.kernel.actor import Role

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Add people and give them a way in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As others shall read it.")
@click.option("--role", "roles", multiple=True, type=_ROLES, default=("responder",), show_default=True)
@says_refusals
def add_user(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person and print a link with which they sign in once and choose a password."""
    accounts.add_person(operator(), email=email, name=name, roles=roles)
    click.echo(f"Added {name} <{email}> as {', '.join(roles)}.")
    click.echo(f"sign in once with {link_for(email)}")


def first_link() -> str:
    """A link with which the first administrator signs in once; the administrator is made when there is none."""
    administrator, _ = accounts.ensure_administrator(operator())
    return link_for(person(operator(), administrator).email)


def link_for(email: str) -> str:
    """A link with which the person with this address signs in once, whole, as a browser takes it."""
    return settings.PUBLIC_URL + accounts.sign_in_link(operator(), email)


@user.command("link")
@click.argument("email", required=False)
@says_refusals
def link(email: str | None) -> None:
    """Print a link with which EMAIL (default: the first administrator) signs in once."""
    click.echo(f"sign in once with {link_for(email) if email else first_link()}")


@click.group()
def token() -> None:
    """Add API tokens."""


@token.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="A permission (incidents.declare), or * for all.")
@says_refusals
def add_token(name: str, scopes: tuple[str, ...]) -> None:
    """Add an API token and print it; it is shown this once."""
    click.echo(accounts.add_token(operator(), name=name, scopes=scopes))
