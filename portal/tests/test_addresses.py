"""Email addresses: their length, one account each, and rate limits."""

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import user_email
from django import forms
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.module_loading import import_string

from portal.accounts import MAX_ADDRESS, TOO_LONG, TOO_MANY
from portal.models import OutboxMessage, SiteOperator, User
from portal.tests.security.test_doors import give_second_factor
from portal.tests.test_accounts import ASK, CONFIRM, ask, code_sent, is_signed_in

pytestmark = pytest.mark.django_db
FORMS = {n: form for n, form in settings.ACCOUNT_FORMS.items() if not n.startswith("confirm_")}


def address(length: int) -> str:
    """Return a valid address."""
    domain = ".".join(["a" * 60] * 4) + ".uk"
    name = "n" * (length - len(domain) - 1)
    return f"{name}@{domain}"


# ---- Length ------------------------------------------------------------------------------


def test_valid_addresses_fit_every_column():
    columns = [
        model._meta.get_field(name).max_length
        for model, name in [
            (User, "email"),
            (EmailAddress, "email"),
            (OutboxMessage, "to"),
            (SiteOperator, "email"),
        ]
    ]
    assert min(columns) == MAX_ADDRESS


@pytest.mark.parametrize("name", FORMS)
def test_every_form_refuses_what_its_column_cannot_hold(name, officer):
    form_class = import_string(FORMS[name])
    form = form_class(**({"user": officer} if name == "add_email" else {}))
    addresses = [field for field in form.fields.values() if isinstance(field, forms.EmailField)]
    assert addresses
    for field in addresses:
        assert field.clean(address(MAX_ADDRESS))
        for length in (MAX_ADDRESS + 1, 311, 320, 5000):
            with pytest.raises(forms.ValidationError) as refusal:
                field.clean(address(length))
            assert refusal.value.messages.count(TOO_LONG) == 1


def test_long_address_shows_error_and_stays_in_field():
    answer = Client().post(ASK, {"email": address(311)})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert TOO_LONG in text
    assert f'value="{address(311)}"' in text
    assert not User.objects.exists()


def test_longest_address_gets_code():
    client, answer = ask(address(MAX_ADDRESS))
    assert answer.status_code == 302
    client.post(CONFIRM, {"code": code_sent()})
    assert is_signed_in(client)


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/email/"])
def test_other_forms_show_error_for_long_address(as_, officer, path):
    typed = {"email": address(311), "action_add": ""}
    client = as_(officer) if path.endswith("email/") else Client()
    answer = client.post(path, typed)
    assert answer.status_code == 200
    assert TOO_LONG in answer.content.decode()


# ---- Capitals ----------------------------------------------------------------------------


def test_account_address_is_lower_case():
    made = User.objects.create(email="Mo@Network.Example")
    assert made.email == "mo@network.example"
    made.email = "MO@network.example"
    made.full_clean(exclude=["password"])
    assert user_email(made) == "mo@network.example"


def test_second_account_in_capitals_is_refused(manager):
    twin = User(email="Mo@network.EXAMPLE", password="!")
    with pytest.raises(forms.ValidationError) as refusal:
        twin.full_clean()
    assert "already exists" in str(refusal.value)
    assert User.objects.get_by_natural_key("Mo@Network.example") == manager


def test_database_refuses_second_account(manager, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=officer.pk).update(email="MO@network.example")


@pytest.fixture
def superuser(as_):
    root = User.objects.create_superuser("root@network.example", "correct horse battery")
    give_second_factor(root)
    return as_(root)


def add_by_form(client, email: str):
    typed = {"email": email, "first_name": "Mo", "last_name": "M", "is_active": "on"}
    return client.post("/admin/users/new/", typed)


def test_wagtails_user_form_makes_no_duplicate(superuser):
    assert add_by_form(superuser, "Ada@Network.example").status_code == 302
    answer = add_by_form(superuser, "aDA@network.example")
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    ada = User.objects.get(email="ada@network.example")
    for written in ("ada@network.example", "ADA@NETWORK.EXAMPLE"):
        client, _ = ask(written)
        client.post(CONFIRM, {"code": code_sent()})
        assert client.session["_auth_user_id"] == str(ada.pk)


# ---- How often ---------------------------------------------------------------------------


def asked_from(network: str, email: str):
    return Client(REMOTE_ADDR=network).post(ASK, {"email": email})


@pytest.fixture
def clock(monkeypatch):
    from allauth.core.internal import ratelimit  # noqa: PLC0415

    now = [ratelimit.time.time()]
    monkeypatch.setattr(ratelimit, "time", type("Clock", (), {"time": lambda: now[0], **_WAITS}))

    def forward(seconds):
        now[0] += seconds

    return forward


_WAITS = {"monotonic": lambda: 0.0, "sleep": lambda seconds: None}


def test_visitor_cannot_request_codes_without_limit(clock):
    for number in range(30):
        assert asked_from("1.2.3.4", f"p{number}@leeming.gov.uk").status_code == 302, number
        clock(10)
    answer = asked_from("1.2.3.4", "p30@leeming.gov.uk")
    assert answer.status_code == 200
    assert TOO_MANY in answer.content.decode()
    assert len(mail.outbox) == 30
    assert asked_from("1.2.3.5", "p30@leeming.gov.uk").status_code == 302, "others may"
    clock(3600)
    assert asked_from("1.2.3.4", "p31@leeming.gov.uk").status_code == 302


def test_address_gets_at_most_ten_codes_an_hour(clock):
    for number in range(12):
        asked_from(f"1.2.3.{number}", "victim@leeming.gov.uk")
        clock(60)
    assert len(mail.outbox) == 10


@pytest.mark.parametrize(
    "proxies,forwarded,same",
    [
        (0, ["6.6.6.6", "7.7.7.7"], True),
        (1, ["6.6.6.6, 1.2.3.4", "7.7.7.7, 1.2.3.4"], True),
        (1, ["6.6.6.6, 1.2.3.4", "6.6.6.6, 1.2.3.5"], False),
    ],
)
def test_visitor_is_counted_by_address_from_proxy(settings, rf, proxies, forwarded, same):
    from allauth.account.adapter import get_adapter  # noqa: PLC0415

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    seen = {
        get_adapter().get_client_ip(rf.get("/", HTTP_X_FORWARDED_FOR=hops)) for hops in forwarded
    }
    assert len(seen) == (1 if same else 2)
