"""Concurrent actions, of which the database lets one through. PostgreSQL only.

On SQLite every writer waits for the previous one (IMMEDIATE), and a test's threads would
share one connection, so nothing could race.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from conftest import person
from councils.tests.factories import make_council
from network import matter
from network.actions import (
    departures,
    memberships,
    offices,
    requests,
    reviews,
    sign_ups,
    signing,
    tasks,
    trustees,
    wordings,
)
from network.actions import people as people_actions
from network.choices import Office, SignUpStatus, SignUpTask, TrusteeAct
from network.models import (
    AccessRequest,
    AlreadyMember,
    AlreadyUnderWay,
    ChangedMeanwhile,
    Endorsement,
    EndorsementRequest,
    Event,
    InvalidMove,
    LaterEndorsement,
    Membership,
    OfficeChange,
    Refused,
    Removal,
    SignUp,
    TaskSave,
    TooMany,
    TrusteeRequest,
    Withdrawal,
    periods,
)
from network.tests.factories import (
    ABOUT_YOU,
    ENDORSERS,
    Story,
    approve_wording,
    fresh,
    hour_of,
)
from portal.jobs.tick import tick
from portal.models import OutboxMessage, User
from portal.security.rate_limits import allow

pytestmark = [
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="races need PostgreSQL: set DATABASE_URL=postgres://...",
    ),
    pytest.mark.django_db(transaction=True),
]
AT_ONCE = 20


@pytest.fixture(scope="module", autouse=True)
def made_by_migrations(django_db_setup, django_db_blocker):
    """Restore rows made by migrations, which the flush after a transactional test deletes."""
    with django_db_blocker.unblock():
        rows = connection.creation.serialize_db_to_string()
        yield rows
        put_back(rows)


@pytest.fixture(autouse=True)
def _as_migrations_left_it(made_by_migrations, transactional_db):
    put_back(made_by_migrations)


def put_back(rows: str) -> None:
    if not Group.objects.exists():
        # Else what the flush itself made anew, the kinds of content, would stand in the way.
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        connection.creation.deserialize_db_from_string(rows)
        with_tables = [model for model in apps.get_models() if model._meta.managed]
        with connection.cursor() as cursor:
            for reset in connection.ops.sequence_reset_sql(no_style(), with_tables):
                cursor.execute(reset)


def at_the_same_moment(*acts) -> list:
    """Return what each function returns or raises, each in its own connection."""
    barrier = Barrier(len(acts))

    def one(act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def kinds(results: list) -> Counter:
    return Counter(type(result) for result in results)


def sign(asked: EndorsementRequest) -> Endorsement:
    """Sign what the page shows now, as the person who was asked."""
    shown = fresh(asked.sign_up).fingerprint
    return signing.endorse(asked, name=asked.name, role=asked.role, shown=shown)


def no_faults(results: list) -> bool:
    """Whether each result is a value or a refusal in words."""
    return all(isinstance(r, Refused) or not isinstance(r, Exception) for r in results)


def people(count: int) -> list[User]:
    return [User.objects.create_user(f"p{n}@leeming.gov.uk") for n in range(count)]


def test_of_twenty_who_start_for_one_council_one_gets_through(council):
    acts = [lambda by=by: sign_ups.start_sign_up(council, by=by) for by in people(AT_ONCE)]
    results = at_the_same_moment(*acts)
    assert kinds(results) == {SignUp: 1, AlreadyUnderWay: AT_ONCE - 1}
    assert SignUp.objects.filter(council=council).count() == 1
    assert OutboxMessage.objects.count() == 1
    assert Event.objects.count() == 1


def test_one_person_who_starts_twenty_at_once_holds_three(officer):
    councils = [make_council() for _ in range(AT_ONCE)]
    acts = [lambda c=c: sign_ups.start_sign_up(c, by=officer) for c in councils]

    assert kinds(at_the_same_moment(*acts)) == {
        SignUp: sign_ups.OPEN_AT_ONCE,
        TooMany: AT_ONCE - sign_ups.OPEN_AT_ONCE,
    }


def test_twenty_councils_that_start_at_once_get_references_without_gap_or_twin(db):
    councils = [make_council() for _ in range(AT_ONCE)]
    acts = [
        lambda by=by, council=council: sign_ups.start_sign_up(council, by=by)
        for by, council in zip(people(AT_ONCE), councils, strict=True)
    ]
    results = at_the_same_moment(*acts)
    assert kinds(results) == {SignUp: AT_ONCE}
    year = timezone.localdate().year
    expected = [f"KIL-{year}-{number:04d}" for number in range(1, AT_ONCE + 1)]
    assert sorted(r.reference for r in results) == expected


def test_a_double_click_on_send_submits_once(story):
    sign_up = story.signed()
    told = OutboxMessage.objects.count()
    acts = [lambda: sign_ups.submit(fresh(sign_up), by=story.officer)] * AT_ONCE
    results = at_the_same_moment(*acts)
    assert Counter(results) == {True: 1, False: AT_ONCE - 1}
    assert sign_up.events.filter(new=SignUpStatus.SUBMITTED).count() == 1
    assert OutboxMessage.objects.filter(kind="network.sign_up_submitted").count() == 1
    assert OutboxMessage.objects.count() <= told + 4  # applicant, manager, both who signed


def test_two_managers_who_accept_at_once_make_one_membership(story, manager):
    sign_up = story.in_review(manager)
    today = timezone.localdate()
    acts = [lambda: reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today))] * 2
    results = at_the_same_moment(*acts)
    assert sum(isinstance(result, Membership) for result in results) == 1
    (loser,) = [result for result in results if not isinstance(result, Membership)]
    assert isinstance(loser, (InvalidMove, AlreadyMember)), repr(loser)
    assert Membership.objects.filter(council=sign_up.council).count() == 1
    assert sign_up.events.filter(what="membership.made").count() == 1


def test_accepting_and_withdrawing_at_once_leave_one_of_the_two(story, manager):
    sign_up = story.in_review(manager)
    today = timezone.localdate()
    results = at_the_same_moment(
        lambda: reviews.accept(fresh(sign_up), by=manager, announce_at=hour_of(today)),
        lambda: sign_ups.withdraw(fresh(sign_up), by=story.officer),
    )
    assert sum(isinstance(r, Exception) for r in results) == 1, results
    accepted = fresh(sign_up).status == SignUpStatus.ACCEPTED
    assert Membership.objects.count() == int(accepted)


def test_a_link_that_is_opened_twenty_times_signs_once(story):
    asked = story.asked().request_of(Office.LEADER)
    acts = [lambda: sign(asked)] * AT_ONCE
    results = at_the_same_moment(*acts)
    assert kinds(results) == {Endorsement: 1, Refused: AT_ONCE - 1}
    assert Endorsement.objects.count() == 1


def test_both_offices_that_sign_at_once_are_both_signed(story):
    sign_up = story.asked()
    acts = [lambda asked=asked: sign(asked) for asked in sign_up.current_requests()]
    assert kinds(at_the_same_moment(*acts)) == {Endorsement: 2}
    assert fresh(sign_up).is_endorsed()


def test_a_signature_and_a_new_link_at_once_never_undo_each_other(story):
    asked = story.asked().request_of(Office.LEADER)
    at_the_same_moment(
        lambda: sign(asked),
        lambda: requests.send_new_link(asked, by=story.officer),
    )
    assert Endorsement.objects.filter(request=asked).count() == 1
    asked.refresh_from_db()
    assert asked.status == "signed"


def test_a_membership_that_falls_due_is_announced_once_by_two_workers(story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=1)
    membership = reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    Membership.objects.filter(pk=membership.pk).update(announce_at=timezone.now())
    at_the_same_moment(*[memberships.announce_due] * 5)
    assert membership.events.filter(what="membership.announced").count() == 1
    membership.refresh_from_db()
    assert membership.announced_at is not None


def test_five_workers_send_each_mail_once(council, officer):
    Story(council, officer).started()
    OutboxMessage.objects.all().delete()
    rows = [
        OutboxMessage(
            kind="network.sign_up_started",
            event=f"race:{number}",
            about={"sign_up": SignUp.objects.get().pk},
            to=f"p{number}@leeming.gov.uk",
            message_id=f"<{number}@test>",
        )
        for number in range(AT_ONCE)
    ]
    OutboxMessage.objects.bulk_create(rows)
    mail.outbox.clear()
    at_the_same_moment(*[tick] * 5)
    sent = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
    assert sent == {f"<{number}@test>": 1 for number in range(AT_ONCE)}
    assert set(OutboxMessage.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_twenty_tries_at_once_are_counted_one_by_one():
    results = at_the_same_moment(
        *[lambda: allow("race", "ann@example.org", times=5, seconds=3600)] * AT_ONCE
    )
    assert Counter(results) == {True: 5, False: AT_ONCE - 5}


@pytest.mark.parametrize("attempt", range(5))
def test_signing_and_withdrawing_at_once_end_in_no_deadlock(story, attempt):
    sign_up = story.asked()
    asked = sign_up.request_of(Office.LEADER)
    results = at_the_same_moment(
        lambda: sign(asked),
        lambda: sign_ups.withdraw(fresh(sign_up), by=story.officer),
    )

    assert no_faults(results), results
    assert fresh(sign_up).status == SignUpStatus.WITHDRAWN


@pytest.mark.parametrize("attempt", range(5))
def test_signing_while_the_leader_is_replaced_is_one_or_the_other(story, attempt):
    sign_up = story.asked()
    asked = sign_up.request_of(Office.LEADER)
    other = ENDORSERS[Office.LEADER] | {"email": "new@leeming.gov.uk"}
    results = at_the_same_moment(
        lambda: sign(asked),
        lambda: requests.save_endorser(
            fresh(sign_up), by=story.officer, office=Office.LEADER, **other
        ),
    )

    assert no_faults(results), results
    signed = Endorsement.objects.exists()
    assert (fresh(sign_up).request_of(Office.LEADER).email == "new@leeming.gov.uk") is not signed


def test_saving_the_endorsers_twenty_times_at_once_names_each_once(story):
    sign_up = story.started()
    who = ENDORSERS[Office.LEADER]
    acts = [
        lambda: requests.save_endorser(sign_up, by=story.officer, office=Office.LEADER, **who)
    ] * AT_ONCE

    assert no_faults(at_the_same_moment(*acts))
    assert EndorsementRequest.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_yes_and_no_at_once_are_one_of_the_two(story, attempt):
    asked = story.asked().request_of(Office.LEADER)
    results = at_the_same_moment(
        lambda: sign(asked),
        lambda: signing.say_no(asked, why="No"),
        lambda: signing.not_the_right_person(asked),
    )

    assert no_faults(results), results
    assert sum(isinstance(r, Refused) for r in results) == 2
    asked.refresh_from_db()
    assert (asked.status == "signed") is Endorsement.objects.exists()


def test_five_workers_chase_each_endorser_once(story):
    story.asked()
    day = periods.add_working_days(timezone.localdate(), 7)
    results = at_the_same_moment(*[lambda: requests.chase_due(on=day)] * 5)

    assert no_faults(results), results
    assert sum(results) == 2
    kinds_sent = Counter(OutboxMessage.objects.values_list("kind", flat=True))
    assert kinds_sent["network.endorsement_chaser"] == 2
    assert kinds_sent["network.endorsement_waiting"] == 2


@pytest.mark.parametrize("attempt", range(3))
def test_signing_while_the_wording_moves_never_counts_the_old_words(story, manager, attempt):
    sign_up = story.asked()
    wording = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    approve_wording(wording)
    results = at_the_same_moment(
        *[lambda asked=asked: sign(asked) for asked in sign_up.current_requests()],
        *[lambda: wordings.move_to_wording(sign_up, wording, by=manager, why="x")] * 2,
    )

    assert no_faults(results), results
    moved = fresh(sign_up)
    assert moved.wording == wording
    assert len(moved.current_requests()) == len(Office)
    assert not moved.counting_endorsements().exists()
    assert moved.events.filter(what="sign_up.wording_moved").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_accepting_while_a_signature_is_struck_out_counts_it_or_refuses(story, manager, attempt):
    sign_up = story.in_review(manager)
    signature = sign_up.endorsements.first()
    results = at_the_same_moment(
        lambda: reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now()),
        *[lambda: signing.strike_out(signature, by=manager, why="Forged")] * 2,
    )

    assert no_faults(results), results
    assert sign_up.events.filter(what="endorsement.struck_out").count() == 1
    accepted = isinstance(results[0], Membership)
    assert (fresh(sign_up).status == SignUpStatus.ACCEPTED) is accepted
    if accepted:
        moments = {e.what: e.pk for e in sign_up.events.all()}
        assert moments["sign_up.accepted"] < moments["endorsement.struck_out"]


def test_a_signature_that_is_reported_twenty_times_tells_each_once(story, manager):
    signature = story.signed().endorsements.first()
    acts = [lambda: signing.report_signature(signature, name="Lena", message="")] * AT_ONCE
    results = at_the_same_moment(*acts)

    assert Counter(results) == {True: 1, False: AT_ONCE - 1}
    assert OutboxMessage.objects.filter(kind="network.signature_reported").count() == 1


def test_of_twenty_who_save_a_task_at_once_one_is_kept_and_the_others_are_shown_it(story):
    sign_up = story.started()
    acts = [
        lambda n=n: tasks.save_task(
            sign_up,
            SignUpTask.ABOUT_YOU,
            by=story.officer,
            answers=ABOUT_YOU | {"phone": str(n)},
            seen=0,
        )
        for n in range(AT_ONCE)
    ]

    results = at_the_same_moment(*acts)
    assert kinds(results) == {TaskSave: 1, ChangedMeanwhile: AT_ONCE - 1}
    (save,) = TaskSave.objects.all()
    assert fresh(sign_up).applicant_phone == save.answers["phone"]


def test_twenty_clicks_on_one_save_are_one_save(story):
    sign_up = story.started()
    acts = [
        lambda: tasks.save_task(
            sign_up, SignUpTask.ABOUT_YOU, by=story.officer, answers=ABOUT_YOU, seen=0
        )
    ] * AT_ONCE

    assert kinds(at_the_same_moment(*acts)) == {TaskSave: AT_ONCE}
    assert TaskSave.objects.count() == 1


def test_twenty_clicks_on_yes_make_one_colleague_and_ask_once(story, stranger):
    sign_up = story.started()
    EmailAddress.objects.get_or_create(user=stranger, email=stranger.email, verified=True)
    invitation = people_actions.invite(sign_up, by=story.officer, email=stranger.email)
    yes = [lambda: people_actions.accept_invitation(invitation, by=stranger)] * AT_ONCE
    assert no_faults(at_the_same_moment(*yes))
    assert sign_up.collaborators.filter(user=stranger).count() == 1

    asker = people(1)[0]
    ask = [
        lambda: people_actions.ask_access(sign_up, by=asker, name="A", job_title="B", message="")
    ] * AT_ONCE
    assert no_faults(at_the_same_moment(*ask))
    assert AccessRequest.objects.count() == 1


def test_two_who_are_handed_the_lead_at_once_leave_one_lead(story):
    sign_up = story.started()
    others = people(2)
    for other in others:
        sign_up.collaborators.create(user=other, role="colleague")
    acts = [lambda o=o: people_actions.hand_over(sign_up, by=story.officer, to=o) for o in others]

    # Who has handed over does not lead any more, and is not allowed to do it again.
    assert kinds(at_the_same_moment(*acts)) == {type(None): 1, PermissionDenied: 1}
    assert sign_up.collaborators.filter(role="lead").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_ask_for_a_member_without_a_lead_and_are_let_in_at_once_make_one_lead(
    council, manager, attempt
):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    asked = [
        people_actions.ask_access(member, by=by, name="A", job_title="B", message="")
        for by in people(2)
    ]
    # Waiting for so long that staff may answer the second, too, whom a lead could answer then.
    AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=30))
    results = at_the_same_moment(
        *[lambda a=a: people_actions.grant_access(a, by=manager) for a in asked]
    )

    assert results == [None, None]
    assert sorted(member.representatives.values_list("role", flat=True)) == ["contributor", "lead"]


@pytest.mark.parametrize("attempt", range(5))
def test_letting_in_while_the_sign_up_is_withdrawn_or_accepted_ends_in_no_deadlock(
    story, manager, attempt
):
    sign_up = story.in_review(manager)
    asker = people(1)[0]
    asked = people_actions.ask_access(sign_up, by=asker, name="A", job_title="B", message="")
    ends = [
        lambda: sign_ups.withdraw(fresh(sign_up), by=story.officer),
        lambda: reviews.accept(fresh(sign_up), by=manager, announce_at=timezone.now()),
    ]
    results = at_the_same_moment(
        lambda: people_actions.grant_access(asked, by=story.officer), ends[attempt % 2]
    )

    assert no_faults(results), results
    membership = Membership.objects.first()
    if membership and sign_up.collaborators.filter(user=asker).exists():
        assert membership.representatives.filter(user=asker).exists()


def test_twenty_wishes_to_leave_are_one_and_twenty_confirmations_are_one(council, officer):
    membership = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people_actions.represent(membership, officer)
    who = ENDORSERS[Office.LEADER] | {"office": Office.LEADER}

    def ask():
        today = timezone.localdate()
        return departures.ask_to_leave(membership, by=officer, effective_on=today, **who)

    results = at_the_same_moment(*[ask] * AT_ONCE)
    assert no_faults(results)
    made = Withdrawal.objects.get()

    def confirm():
        departures.confirm_leaving(made, name="Lena Leader", role="Leader")

    assert kinds(at_the_same_moment(*[confirm] * AT_ONCE)) == {type(None): 1, Refused: AT_ONCE - 1}
    assert Event.objects.filter(what="withdrawal.confirmed").count() == 1

    Withdrawal.objects.update(ends_on=timezone.localdate())
    ended = at_the_same_moment(*[departures.leave_due] * 5)
    assert sum(ended) == 1
    assert Event.objects.filter(what="membership.withdrawn").count() == 1


def test_twenty_removals_are_one_and_two_managers_decide_it_once(council, manager):
    membership = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )

    def begin():
        return departures.open_removal(membership, by=manager, grounds="x", told_how="A letter")

    assert kinds(at_the_same_moment(*[begin] * AT_ONCE)) == {Removal: 1, Refused: AT_ONCE - 1}
    Removal.objects.update(decide_from=timezone.localdate())
    removal = Removal.objects.get()
    deciders = [
        person(f"m{n}@network.example", group="Network managers") for n in range(AT_ONCE // 2)
    ]

    def decide(who: User, remove: bool):
        return lambda: departures.decide_removal(removal, by=who, remove=remove, why="x")

    acts = [decide(who, number % 2 == 0) for number, who in enumerate(deciders)]
    assert kinds(at_the_same_moment(*acts)) == {type(None): 1, Refused: len(acts) - 1}
    assert Event.objects.filter(what__in=["removal.removed", "removal.dropped"]).count() == 1


def test_twenty_recordings_of_an_office_are_one_and_twenty_signatures_are_one(council, officer):
    approve_wording()
    membership = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people_actions.represent(membership, officer)
    who = {"name": "Noor", "role": "Leader", "email": "noor@leeming.gov.uk"}

    def record() -> OfficeChange:
        return offices.record_office_change(
            membership, by=officer, office=Office.LEADER, since=timezone.localdate(), **who
        )

    assert no_faults(at_the_same_moment(*[record] * AT_ONCE))
    change = OfficeChange.objects.get()
    assert OutboxMessage.objects.filter(kind="network.again_request").count() == 1

    def endorse() -> LaterEndorsement:
        return signing.endorse(change, name="Noor", role="Leader", shown=change.fingerprint)

    def refuse() -> None:
        return signing.say_no(change, why="")

    signed = at_the_same_moment(*[endorse] * AT_ONCE)
    assert kinds(signed) == {LaterEndorsement: 1, Refused: AT_ONCE - 1}
    assert kinds(at_the_same_moment(endorse, refuse)) == {Refused: 2}


@pytest.mark.parametrize("attempt", range(5))
def test_a_trustee_and_a_second_manager_at_once_decide_a_removal_once(council, manager, attempt):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    removal = departures.open_removal(member, by=manager, grounds="x", told_how="By letter")
    Removal.objects.update(decide_from=timezone.localdate())
    trustee = {"name": "Dana", "role": "Chair", "email": "dana@trust.example"}
    answers = {"remove": True, "why": "By the trustee"}
    asked = trustees.ask_trustee(
        TrusteeAct.DECIDE_REMOVAL,
        Removal.objects.get(),
        by=manager,
        answers=answers,
        said=[],
        why="Alone",
        **trustee,
    )
    second = person("nora@network.example", group="Network managers")
    shown = matter.fingerprint_of(asked)
    by_link = partial(trustees.confirm_as_trustee, asked, name="Dana", role="Chair", shown=shown)
    by_manager = partial(departures.decide_removal, removal, by=second, remove=False, why="Second")
    results = at_the_same_moment(by_link, by_manager, by_link)
    assert kinds(results)[type(None)] == 1 and no_faults(results)

    removal = Removal.objects.get()
    confirmed = TrusteeRequest.objects.filter(status="confirmed").exists()
    assert (removal.decided_by_trustee is not None) is confirmed is (removal.status == "removed")
    assert (removal.decided_by == second) is not confirmed
    assert Event.objects.filter(what__in=["removal.removed", "removal.dropped"]).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_trustee_and_a_second_manager_at_once_approve_a_wording_once(manager, attempt):
    wording = wordings.write_wording(by=manager, text="On behalf of {council}, we agree.")
    wordings.approve_wording(wording, by=manager, approved_by_name="N", evidence="Minutes")
    wording.refresh_from_db()
    asked = trustees.ask_trustee(
        TrusteeAct.APPROVE_WORDING,
        wording,
        by=manager,
        answers={},
        said=[],
        why="Alone",
        name="Dana",
        role="Chair",
        email="dana@trust.example",
    )
    second = person("nora@network.example", group="Network managers")
    shown = matter.fingerprint_of(asked)
    results = at_the_same_moment(
        partial(trustees.confirm_as_trustee, asked, name="Dana", role="Chair", shown=shown),
        partial(wordings.confirm_approval, wording, by=second),
        partial(trustees.decline_as_trustee, asked, why="No"),
    )
    assert no_faults(results)
    assert Event.objects.filter(what="wording.approved").count() == 1
    wording.refresh_from_db()
    assert (wording.approval_trustee is None) is (wording.approval_confirmed_by == second)
