"""Accounts of the demonstration, with random passwords kept in a file of VAR_DIR."""

import json
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from portal.models import User

# Role, address, first and last name, and group.
ACCOUNTS = [
    ("manager", "manager@demo.example", "Demo", "Manager", "Network managers"),
    ("editor", "editor@demo.example", "Demo", "Editor", "Publishers"),
    ("author", "author@demo.example", "Demo", "Author", "Authors"),
    ("officer", "officer@demo.example", "Demo", "Officer", None),
    ("colleague", "colleague@demo.example", "Casey", "Colleague", None),
]


def _path() -> Path:
    return settings.VAR_DIR / "demo-accounts.json"


def _passwords() -> dict[str, str]:
    return json.loads(_path().read_text()) if _path().exists() else {}


@transaction.atomic
def make() -> dict[str, User]:
    """Make the missing accounts and save their passwords, readable by this user only.

    Returns:
        Every account by role.

    Raises:
        ImproperlyConfigured: Outside DEBUG.
    """
    if not settings.DEBUG:
        raise ImproperlyConfigured("Demonstration accounts are for DEBUG only.")
    known = _passwords()
    people = {}
    for role, email, first, last, group in ACCOUNTS:
        user, created = User.objects.get_or_create(
            email=email, defaults={"first_name": first, "last_name": last}
        )
        if created or role not in known:
            known[role] = secrets.token_urlsafe(12)
            user.set_password(known[role])
            user.save()
            EmailAddress.objects.update_or_create(
                user=user, email=email, defaults={"verified": True, "primary": True}
            )
            if group:
                user.groups.add(Group.objects.get(name=group))
        people[role] = user
    fresh = _path().with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(known))
    fresh.replace(_path())
    return people


def lines() -> list[str]:
    """Return one line for each account with its password; none if none were made."""
    known = _passwords()
    return [
        f"Sign in as {role:9}  {email:23} {known[role]}"
        for role, email, *_ in ACCOUNTS
        if role in known
    ]
