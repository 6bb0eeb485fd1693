"""Transition tables: complete, enforced by `move_to`, and equal to the docs."""

from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from network.actions import reviews
from network.choices import (
    TRANSITIONS,
    AccessStatus,
    CheckInStatus,
    InvitationStatus,
    MembershipStatus,
    OfficeChangeStatus,
    ProfileChangeStatus,
    QuestionStatus,
    RemovalStatus,
    RequestStatus,
    SignUpStatus,
    TrusteeStatus,
    WithdrawalStatus,
    still_open,
)
from network.models import Event, InvalidMove, SignUp

LIFECYCLES = [
    SignUpStatus,
    RequestStatus,
    MembershipStatus,
    InvitationStatus,
    AccessStatus,
    CheckInStatus,
    WithdrawalStatus,
    RemovalStatus,
    OfficeChangeStatus,
    ProfileChangeStatus,
    QuestionStatus,
    TrusteeStatus,
]


def as_table(statuses, ways=None) -> str:
    """Return a lifecycle in the format of docs/lifecycles.md."""
    ways = ways or TRANSITIONS[statuses]
    lines = ["| state | shown as | may become |", "|---|---|---|"]
    for status in statuses:
        onward = [s.value for s in statuses if s in ways[status]]
        reached = ", ".join(f"`{value}`" for value in onward) or "(the end)"
        lines.append(f"| `{status.value}` | {status.label} | {reached} |")
    return "\n".join(lines)


@pytest.mark.parametrize("statuses", LIFECYCLES)
def test_the_table_covers_every_state(statuses):
    assert set(TRANSITIONS[statuses]) == set(statuses)


@pytest.mark.parametrize("statuses", LIFECYCLES)
def test_the_docs_show_the_table_of_the_code(statuses):
    docs = (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").read_text()
    assert as_table(statuses) in docs


def test_a_state_with_a_way_out_is_open():
    assert SignUpStatus.DRAFT in still_open(SignUpStatus)
    assert SignUpStatus.DECLINED not in still_open(SignUpStatus)


@pytest.mark.parametrize(("old", "new"), list(product(SignUpStatus, repeat=2)))
def test_move_to_follows_the_table_and_nothing_else(story, officer, old, new):
    sign_up = story.started()
    SignUp.objects.filter(pk=sign_up.pk).update(status=old)
    before = Event.objects.count()

    if new in TRANSITIONS[SignUpStatus][old]:
        sign_up.move_to(new, by=officer, why="because")
        event = Event.objects.order_by("pk").last()
        assert (event.old, event.new, event.by, event.why) == (old, new, officer, "because")
        assert SignUp.objects.get(pk=sign_up.pk).status == new
    else:
        with pytest.raises(InvalidMove):
            sign_up.move_to(new, by=officer)
        assert Event.objects.count() == before
        assert SignUp.objects.get(pk=sign_up.pk).status == old


def test_an_event_cannot_be_edited_or_deleted(story):
    story.started()
    event = Event.objects.first()
    event.why = "something else"

    for change in [
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(why="x"),
    ]:
        with pytest.raises(TypeError):
            change()


def test_the_database_itself_refuses_to_edit_an_event(story):
    story.started()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE network_event SET why = 'x'")


def test_every_event_that_the_actions_write_has_a_sentence(story, manager, officer):
    sign_up = story.in_review(manager)
    reviews.accept(sign_up, by=manager, announce_at=timezone.now())

    for event in Event.objects.all():
        assert event.sentence != event.what.replace("_", " ").replace(".", ": "), event.what


@pytest.mark.parametrize(
    "change",
    [
        "why = 'x'",
        "by_label = 'x'",
        "why = 'x [erased]', what = 'y'",
        "by_label = '[erased]', at = '2001-01-01'",
        "by_label = '[erased]', by_id = NULL",
        "by_label = '[erased]', membership_id = 7",
        "sign_up_id = NULL",
        "old = 'x'",
    ],
)
def test_database_lets_erasure_through_and_nothing_else(story, officer, change):
    story.started()
    before = list(Event.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE network_event SET {change}")
    assert list(Event.objects.values()) == before
    with connection.cursor() as cursor:
        cursor.execute("UPDATE network_event SET by_label = '[erased]', why = 'for [erased]'")
    event = Event.objects.first()
    assert (event.by, event.by_label, event.why) == (officer, "[erased]", "for [erased]")
