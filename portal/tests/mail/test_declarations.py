"""What a declaration of a mail does: posts, fetches, invents."""

import pytest
from django.template import Context, Template

from portal.mail import outbox
from portal.mail.declarations import SAMPLE_TOKEN, Lookup, Mail, Recipients, Row, token_of
from portal.models import OutboxMessage, User

pytestmark = pytest.mark.django_db
PERSON = Row(User.objects.all(), lambda **more: User(email="ann@example.org", **more))


def declare(monkeypatch, **changes) -> Mail:
    both = Recipients("Both", lambda person: [(person.email,), ("b@example.org", "b")])
    given = {"to": both, "about": {"person": PERSON}, "context": lambda **about: {}} | changes
    mail = Mail("test.hello", "Hello", **given)
    monkeypatch.setitem(outbox._mails, mail.kind, mail)
    return mail


def posted() -> dict[str, tuple]:
    rows = OutboxMessage.objects.filter(kind="test.hello")
    return {row.event: (row.to, row.about) for row in rows}


def test_call_posts_to_each_recipient_once(monkeypatch, officer):
    mail = declare(monkeypatch)
    mail(officer)
    mail(officer)
    about = {"person": officer.pk}
    assert posted() == {
        f"hello:{officer.pk}": (officer.email, about),
        f"hello:{officer.pk}:b": ("b@example.org", about),
    }


def test_call_with_an_event_posts_once_an_event_and_keeps_only_the_rows(
    monkeypatch, officer, manager
):
    declare(monkeypatch, to=Recipients("Ann", lambda person: [("a@example.org",)]))(
        officer, manager
    )
    assert posted() == {f"hello:{manager.pk}": ("a@example.org", {"person": officer.pk})}


def test_once_names_the_event(monkeypatch, officer):
    mail = declare(monkeypatch, once=lambda person: ("today", person.pk))
    mail(officer)
    assert f"hello:today:{officer.pk}:b" in posted()


def test_fetch_returns_rows_plain_values_and_lookups(monkeypatch, officer):
    mail = declare(
        monkeypatch,
        about={"person": PERSON, "number": 1},
        lookups={"name": Lookup(lambda person, number: person.email * number, str)},
    )
    found = mail.fetch({"person": officer.pk, "number": 2})
    assert found == {"person": officer, "number": 2, "name": officer.email * 2}


def test_fetch_of_what_no_longer_holds_is_none(monkeypatch, officer):
    mail = declare(monkeypatch, holds=lambda person: person.email == "other@example.org")
    assert mail.fetch({"person": officer.pk}) is None


def test_sample_invents_rows_plain_values_and_lookups(monkeypatch):
    changed = PERSON.but(first_name="Ann")
    about = {"person": changed, "number": 1}
    mail = declare(monkeypatch, about=about, lookups={"name": Lookup(None, lambda: "Bo")})
    sample = mail.sample()
    assert (sample["person"].first_name, sample["number"], sample["name"]) == ("Ann", 1, "Bo")
    assert PERSON.invent().first_name == ""


def test_template_that_names_a_mail_posts_nothing(monkeypatch):
    mail = declare(monkeypatch, to=Recipients("All", lambda: [("a@example.org",)]))
    assert Template("{{ mail.title }}").render(Context({"mail": mail})) == "Hello"
    assert posted() == {}


def test_token_is_made_for_a_saved_row_only(officer):
    assert token_of(officer, "email") == officer.email
    assert token_of(User(pk=officer.pk, email="x@example.org"), "email") == SAMPLE_TOKEN
