"""Every address, asked by every role with every method, with rows that do not exist.

`addresses.txt` has a line for each address: an address without one fails, so that whoever adds
it looks at who gets what. `WRITE_ADDRESSES=1` writes the file anew; read the difference.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "addresses.txt"
METHODS = ["get", "post", "put", "delete"]
ROLES = ["nobody", "officer", "manager", "editor"]
ADMINS = ("/admin/", "/django-admin/")
SAMPLES = {
    "reference": "KIL-2026-9999",
    "token": "1-x",
    "office": "leader",
    "part": "text",
    "kind": "officer",
    "var": "9",
    "section": "about",
    "what": "send",
}


def routes(patterns, before: str = "") -> Iterator[str]:
    """Yield each address with the names of its parameters."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield re.sub(r"\\\w|\\", "", simplify_regex(route)).replace("//", "/")
        else:
            yield from routes(each.url_patterns, route)


EVERY = sorted(set(routes(get_resolver().url_patterns)))
OUTSIDE = [route for route in EVERY if not route.startswith((*ADMINS, "/readyz"))]
INSIDE = [route for route in EVERY if route.startswith(ADMINS)]


def path_of(route: str) -> str:
    """Return an address without a row behind it."""
    return re.sub(
        r"<(?:\w+:)?(\w+)>",
        lambda found: SAMPLES.get(found[1], "9" if "id" in found[1] or "pk" in found[1] else "x"),
        route,
    )


@pytest.fixture
def clients(as_, officer, manager, editor):
    give_second_factor(manager)
    give_second_factor(editor)
    people = [None, officer, manager, editor]
    return dict(zip(ROLES, map(as_, people), strict=True))


def ask(client: Client, method: str, path: str) -> str:
    """Return the status of the answer, and undo what it did, signing out too."""
    cache.clear()  # rate limits
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return str(answer.status_code)


def test_every_address_has_a_line_and_answers_as_it_says(clients):
    lines = []
    for route in OUTSIDE:
        answers = []
        for method in METHODS:
            answers.append("/".join(ask(clients[role], method, path_of(route)) for role in ROLES))
        lines.append(f"{route}  {'  '.join(answers)}")
    if os.environ.get("WRITE_ADDRESSES"):
        TABLE.write_text("\n".join(lines) + "\n")
    assert not [line for line in lines if re.search(r"\b5\d\d\b", line.partition("  ")[2])]
    assert lines == TABLE.read_text().splitlines()


def test_no_address_of_the_admins_opens_for_who_may_not_enter(clients):
    assert len(INSIDE) > 100
    for role, refusals in [("nobody", {302, 403, 404}), ("officer", {302, 403, 404})]:
        client = clients[role]
        for route in INSIDE:
            for method in METHODS:
                answer = getattr(client, method)(path_of(route))
                is_public = route.endswith(("jsi18n/", "sprite/", "/logout/"))
                allowed = refusals | {200, 405} if is_public else refusals
                assert answer.status_code in allowed, (role, method, route, answer.status_code)
