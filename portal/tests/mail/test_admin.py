"""The list of mails in the admin is there to be read, by managers; nobody changes it."""

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.permissions import policy_registry

from portal.models import OutboxMessage, User
from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
READ = ["/admin/mail/", "/admin/mail/inspect/{pk}/"]
CHANGE = ["/admin/mail/new/", "/admin/mail/edit/{pk}/", "/admin/mail/delete/{pk}/"]


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@network.example", "correct horse battery")


@pytest.fixture
def row(db) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind="sign_up_started", event="x:1", to="olive@leeming.gov.uk", message_id="<1@x>"
    )


def browser(request, as_, who):
    user = request.getfixturevalue(who)
    give_second_factor(user)
    return as_(user)


@pytest.mark.parametrize("who", ["manager", "superuser"])
@pytest.mark.parametrize("path", READ)
def test_managers_read_it(request, as_, row, who, path):
    answer = browser(request, as_, who).get(path.format(pk=row.pk))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert row.to in text
    for way in CHANGE:
        assert way.format(pk=row.pk) not in text, "no page offers what nobody may do"


def test_each_row_opens(request, as_, row):
    list_ = browser(request, as_, "manager").get("/admin/mail/").content.decode()
    assert f'href="/admin/mail/inspect/{row.pk}/"' in list_
    assert "utbox" not in list_, "mails are called so"


@pytest.mark.parametrize("who", ["manager", "superuser", "editor"])
@pytest.mark.parametrize("path", CHANGE)
def test_nobody_adds_changes_or_deletes(request, as_, row, who, path):
    client = browser(request, as_, who)
    for answer in (client.get(path.format(pk=row.pk)), client.post(path.format(pk=row.pk))):
        assert (answer.status_code, answer.get("Location")) == (302, "/admin/")
    row.refresh_from_db()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize("path", READ)
def test_editors_do_not_see_it(request, as_, row, path):
    client = browser(request, as_, "editor")
    assert client.get(path.format(pk=row.pk))["Location"] == "/admin/"
    assert "/admin/mail/" not in client.get("/admin/").content.decode()


def test_the_policy_names_only_those_who_may_view(manager, editor, superuser):
    policy = policy_registry.get_by_type(OutboxMessage)
    assert set(policy.users_with_permission("view")) == {manager, superuser}
    for action in ("add", "change", "delete"):
        assert not policy.users_with_permission(action).exists()
        assert not policy.user_has_permission(superuser, action)


# ---- What staff do with it ---------------------------------------------------------------
@pytest.fixture
def failed(row) -> OutboxMessage:
    OutboxMessage.objects.update(status="failed", attempts=8, last_error="TimeoutError")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("who", ["manager", "superuser"])
def test_a_mail_that_was_given_up_is_tried_again(request, as_, failed, who):
    client = browser(request, as_, who)
    assert "Try again" in client.get(f"/admin/mail/inspect/{failed.pk}/").content.decode()
    client.post(f"/admin/mail/{failed.pk}/try-again/")
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("pending", 0)
    logged = ModelLogEntry.objects.get(action="portal.mail_tried_again")
    assert logged.user == request.getfixturevalue(who)


def test_a_mail_that_was_not_given_up_is_left_alone(request, as_, row):
    client = browser(request, as_, "manager")
    OutboxMessage.objects.update(status="sent")
    assert "Try again" not in client.get(f"/admin/mail/inspect/{row.pk}/").content.decode()
    client.post(f"/admin/mail/{row.pk}/try-again/")
    assert OutboxMessage.objects.get().status == "sent"


def test_nobody_else_tries_again_and_reading_does_nothing(request, as_, failed, client, officer):
    address = f"/admin/mail/{failed.pk}/try-again/"
    assert browser(request, as_, "editor").post(address).status_code in {302, 403}
    assert as_(officer).post(address).status_code in {302, 403}
    assert client.post(address).status_code == 302
    assert browser(request, as_, "manager").get(address).status_code == 405
    assert OutboxMessage.objects.get().status == "failed"


def test_staff_find_what_came_back_and_why_in_words(request, as_, row):
    OutboxMessage.objects.update(
        kind="network.sign_up_started", status="sent", bounced_at=timezone.now(), bounce_why="Gone."
    )
    client = browser(request, as_, "manager")
    for query in ("", "?came_back=true", "?status=sent", "?kind=network.sign_up_started"):
        text = client.get(f"/admin/mail/{query}").content.decode()
        assert row.to in text, query
        assert "Could not be delivered. Gone." in text
        assert "Application started" in text
    for query in ("?came_back=false", "?status=failed", "?kind=network.sign_up_accepted"):
        assert row.to not in client.get(f"/admin/mail/{query}").content.decode(), query


# ---- The way there -----------------------------------------------------------------------
LINK = '<a href="/admin/">Admin</a>'


@pytest.mark.parametrize("who", ["manager", "editor", "superuser"])
def test_whoever_may_enter_the_admin_finds_the_way(request, as_, who):
    text = as_(request.getfixturevalue(who)).get("/multiplier/").content.decode()
    assert LINK in text


def test_nobody_else_is_shown_it(as_, client, officer):
    assert LINK not in as_(officer).get("/multiplier/").content.decode()
    assert LINK not in client.get("/multiplier/").content.decode()


def test_it_costs_an_anonymous_reader_no_query(client, django_assert_num_queries):
    client.get("/multiplier/")
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        client.get("/multiplier/")
    assert not [query for query in asked if "auth_permission" in query["sql"]]
