"""Refusals that no page leads to, and rows that change just before they are locked."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from councils.tests.factories import make_council
from network import permissions
from network.actions import (
    decisions,
    departures,
    memberships,
    offices,
    people,
    requests,
    reviews,
    sign_ups,
    signing,
    tasks,
    wordings,
)
from network.choices import Office, RepresentativeRole, Route, SignUpTask, UploadKind
from network.models import (
    AccessRequest,
    EndorsementRequest,
    Event,
    FormalDecision,
    Invitation,
    Membership,
    OfficeChange,
    Refused,
    Representative,
    SignUp,
    Upload,
    Withdrawal,
)
from network.models.moves import AlreadyMember
from network.tests.factories import ENDORSERS, approve_wording, fresh, hour_of, nell
from network.upload_validation import FitFile
from portal.mail import outbox
from portal.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOOR = {"name": "Noor Newman", "role": "Leader", "email": "noor@leeming.gov.uk"}
ASK = {"name": "Stan", "job_title": "x", "message": ""}
PAST = timezone.now() - timedelta(days=200)
DECISION = {
    "body": "cabinet",
    "body_name": "Cabinet",
    "decided_on": timezone.localdate(),
    "takes_effect_on": timezone.localdate(),
    "minute_reference": "CAB-42",
    "wording_matches": True,
}


@pytest.fixture
def member(council, officer) -> Membership:
    """A public member, led by the officer."""
    made = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    people.represent(made, officer)
    return made


@pytest.fixture
def quicker(monkeypatch):
    """Let another worker change rows just before an action locks its own."""

    def change(lock: str, what) -> None:
        module, name = lock.rsplit(".", 1)
        original = getattr(__import__(module, fromlist=[name]), name)

        def locked(*args, **kwargs):
            what()
            return original(*args, **kwargs)

        monkeypatch.setattr(lock, locked)

    return change


def events(what: str) -> int:
    return Event.objects.filter(what=what).count()


def leaving(member: Membership, officer, **how) -> Withdrawal:
    today = timezone.localdate()
    return departures.ask_to_leave(member, by=officer, effective_on=today, **how)


def by_link() -> dict:
    return ENDORSERS[Office.LEADER] | {"office": Office.LEADER}


# Decisions and wordings.


def test_decision_about_an_unapproved_wording_is_refused(story, officer):
    sign_up = story.filled_in()
    with pytest.raises(Refused, match="has not approved its wording"):
        tasks.save_task(sign_up, SignUpTask.DECISION, by=officer, answers=DECISION)
    assert not FormalDecision.objects.exists()


def test_decision_is_confirmed_once(story, officer):
    approve_wording()
    sign_up = story.filled_in()
    story.save(sign_up, SignUpTask.ROUTE, {"route": Route.DECISION})
    story.save(fresh(sign_up), SignUpTask.DECISION, DECISION)
    decisions.confirm_decision(sign_up, by=nell(), how="Read the minutes")
    with pytest.raises(Refused, match="already"):
        decisions.confirm_decision(sign_up, by=nell(), how="Read the minutes")
    assert events("decision.confirmed") == 1


def test_wording_that_is_pinned_cannot_be_pinned_again(story):
    sign_up = story.asked()
    with pytest.raises(Refused, match="already uses this wording"):
        wordings.move_to_wording(sign_up, sign_up.wording, by=nell(), why="x")


def test_moved_wording_sends_an_expired_request_a_new_link(story):
    sign_up = story.signed(Office.LEADER)
    EndorsementRequest.objects.filter(office=Office.CHIEF_EXECUTIVE).update(status="expired")
    EndorsementRequest.objects.filter(office=Office.LEADER).update(status="declined")
    newer = wordings.write_wording(by=nell(), text="On behalf of {council}, we agree.")
    approve_wording(newer)
    wordings.move_to_wording(sign_up, newer, by=nell(), why="Plainer")
    now = {request.office: request.status for request in fresh(sign_up).current_requests()}
    assert now == {Office.LEADER: "declined", Office.CHIEF_EXECUTIVE: "sent"}


# Leaving.


def test_stopped_withdrawal_gets_no_new_link(member, officer):
    withdrawal = leaving(member, officer, **by_link())
    departures.cancel_leaving(withdrawal, by=officer)
    with pytest.raises(Refused, match="no longer need an answer"):
        departures.send_leave_link(withdrawal, by=officer)


def test_withdrawal_of_an_ended_membership_cannot_be_confirmed(member, officer):
    withdrawal = leaving(member, officer, decision_url="https://leeming.gov.uk/42")
    Membership.objects.update(status="withdrawn")
    with pytest.raises(Refused, match="has ended"):
        departures.confirm_leave_decision(withdrawal, by=nell(), how="Read it")


def test_withdrawal_stopped_at_the_last_moment_ends_nothing(member, officer, quicker):
    withdrawal = leaving(member, officer, **by_link())
    departures.confirm_leaving(withdrawal, name="Lena Leader", role="Leader")
    Withdrawal.objects.update(ends_on=timezone.localdate())
    stop = Withdrawal.objects.update
    quicker("network.actions.departures.locked_row", lambda: stop(status="cancelled"))
    assert departures.leave_due() == 0
    assert Membership.objects.get().is_live


# Links.


def test_invitation_accepted_at_the_last_moment_does_not_expire(story, officer, quicker):
    people.invite(story.started(), by=officer, email="priya@leeming.gov.uk")
    Invitation.objects.update(link_ends_at=timezone.now())
    accept = Invitation.objects.update
    quicker("network.actions.locks.locked_row", lambda: accept(status="accepted"))
    assert people.expire_invitations() == 0


def test_request_is_answered_once(story):
    sign_up = story.signed(Office.LEADER)
    request = EndorsementRequest.objects.get(office=Office.LEADER)
    with pytest.raises(Refused, match="answered"):
        signing.endorse(request, name="Lena", role="Leader", shown=sign_up.fingerprint)
    with pytest.raises(Refused, match="no longer anything to sign"):
        signing.send_link_on_file(request, by="holder of an old link")
    with pytest.raises(Refused, match="no one to ask instead"):
        requests.ask_instead(
            EndorsementRequest.objects.get(office=Office.CHIEF_EXECUTIVE), by=story.officer
        )


def test_expired_request_gets_a_new_link_on_file(story):
    request = story.asked().request_of(Office.LEADER)
    EndorsementRequest.objects.update(link_ends_at=timezone.now())
    assert requests.expire_links() == 2
    signing.send_link_on_file(request, by="holder of an old link")
    request.refresh_from_db()
    assert (request.status, request.generation) == ("sent", 2)


def test_applicant_of_an_ended_sign_up_hears_of_no_expired_link(story):
    story.asked()
    EndorsementRequest.objects.update(link_ends_at=timezone.now())
    SignUp.objects.update(status="declined")
    assert requests.expire_links() == 2
    assert not OutboxMessage.objects.filter(kind="network.endorsement_expired").exists()


def test_bounce_of_an_older_link_says_nothing_of_the_newer(member, officer):
    approve_wording()
    since = timezone.localdate()
    change = offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=since, **NOOR
    )
    older = OutboxMessage.objects.get(kind="network.again_request")
    offices.ask_office_holder(change, by=officer)
    outbox.mark_bounced(older, "Late")
    assert OfficeChange.objects.get().bounced_at is None
    assert not OutboxMessage.objects.filter(kind="network.again_bounced").exists()


# Signatures.


def test_signature_in_no_doubt_needs_no_confirming(story):
    signature = story.signed().endorsements.first()
    with pytest.raises(Refused, match="do not need to confirm"):
        signing.confirm_signature(signature, by=nell(), how="Rang")


def test_signature_for_an_older_wording_can_be_struck_out(story):
    sign_up = story.signed()
    signature = sign_up.endorsements.get(office=Office.LEADER)
    newer = wordings.write_wording(by=nell(), text="On behalf of {council}, we agree.")
    approve_wording(newer)
    wordings.move_to_wording(sign_up, newer, by=nell(), why="Plainer")
    signing.strike_out(signature, by=nell(), why="Forged")
    assert fresh(sign_up).request_of(Office.LEADER).status == "sent"


def test_later_signature_of_a_former_holder_can_be_struck_out(member, officer):
    approve_wording()
    today = timezone.localdate()
    change = offices.record_office_change(
        member, by=officer, office=Office.LEADER, since=today, **NOOR
    )
    signature = signing.endorse(change, name="Noor", role="Leader", shown=change.fingerprint)
    offices.record_office_change(member, by=officer, office=Office.LEADER, since=today)
    signing.strike_out(signature, by=nell(), why="Forged")
    assert OfficeChange.objects.current().get().is_vacant


# Memberships.


def test_membership_is_announced_once(story, manager):
    later = timezone.localdate() + timedelta(days=3)
    membership = reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(later))
    memberships.announce(membership, by="tick")
    memberships.announce(membership, by="tick")
    assert events("membership.announced") == 1


def test_membership_announced_at_the_last_moment_is_not_announced_again(story, manager, quicker):
    later = timezone.localdate() + timedelta(days=3)
    reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(later))
    Membership.objects.update(announce_at=timezone.now())
    announced = Membership.objects.update
    quicker(
        "network.actions.memberships.locked_membership",
        lambda: announced(announced_at=timezone.now()),
    )
    assert memberships.announce_due() == events("membership.announced") == 0


def test_announcement_moves_to_no_day_before_the_councils_own(story, manager):
    sign_up = story.in_review(manager)
    later = timezone.localdate() + timedelta(days=9)
    membership = reviews.accept(sign_up, by=manager, announce_at=hour_of(later))
    SignUp.objects.update(publish_from=later)
    sooner = later - timedelta(days=1)
    with pytest.raises(Refused, match="no publicity before"):
        memberships.postpone(membership, by=manager, announce_at=hour_of(sooner), why="Sooner")
    memberships.postpone(membership, by=manager, announce_at=hour_of(later), why="The same")


def test_sign_up_is_not_accepted_with_a_day_in_the_past(story, manager):
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Refused, match="today or a later day"):
        reviews.accept(story.in_review(manager), by=manager, announce_at=hour_of(yesterday))


@pytest.mark.parametrize("action", ["accept", "start"])
def test_broken_constraint_of_another_kind_is_no_refusal(
    story, manager, council, monkeypatch, action
):
    def broken(*args):
        raise IntegrityError("another constraint")

    monkeypatch.setattr(reviews, "_accept", broken)
    monkeypatch.setattr(sign_ups, "_start", broken)
    with pytest.raises(IntegrityError):
        if action == "accept":
            today = timezone.localdate()
            reviews.accept(SignUp(council=council), by=manager, announce_at=hour_of(today))
        else:
            sign_ups.start_sign_up(council, by=manager)


def test_acceptance_that_comes_second_is_told_so(story, manager, monkeypatch, member):
    sign_up = SignUp(council=member.council)

    def second(*args):
        raise IntegrityError("one_live_membership")

    monkeypatch.setattr(reviews, "_accept", second)
    with pytest.raises(AlreadyMember):
        reviews.accept(sign_up, by=manager, announce_at=timezone.now())


# People.


def test_lead_is_handed_to_a_colleague_only(story, officer, stranger):
    sign_up = story.started()
    with pytest.raises(Refused, match="is already the lead contact"):
        people.hand_over(sign_up, by=officer, to=officer)
    with pytest.raises(Refused, match="does not work on"):
        people.hand_over(sign_up, by=officer, to=stranger)


def test_one_person_waits_for_five_requests_at_most(stranger, officer):
    for _ in range(people.OPEN_REQUESTS + 1):
        memberships.record_existing_membership(
            make_council(), by="test", joined_on=None, joined_precision="not_known"
        )
    *first, last = Membership.objects.all()
    for each in first:
        people.ask_access(each, by=stranger, **ASK)
    with pytest.raises(Refused, match="waiting for an answer"):
        people.ask_access(last, by=stranger, **ASK)


def test_access_to_an_ended_sign_up_cannot_be_granted(story, officer, stranger):
    sign_up = story.started()
    asked = people.ask_access(sign_up, by=stranger, **ASK)
    SignUp.objects.update(status="declined")
    with pytest.raises(Refused, match="has ended"):
        people.grant_access(asked, by=officer)
    assert AccessRequest.objects.get().status == "open"


def test_viewer_is_given_the_lead_if_nobody_leads(council, stranger, manager):
    member = memberships.record_existing_membership(
        council, by="test", joined_on=None, joined_precision="not_known"
    )
    asked = people.ask_access(member, by=stranger, **ASK)
    people.represent(member, stranger, RepresentativeRole.VIEWER)
    people.grant_the_lead(asked, by=manager)
    assert Representative.objects.get().role == RepresentativeRole.LEAD
    assert OutboxMessage.objects.filter(kind="network.member_lead_changed").count() == 1
    assert not OutboxMessage.objects.filter(kind="network.member_lead_passed_on").exists()


def test_request_for_nothing_has_no_lead():
    assert permissions.lead_of(AccessRequest()) is None


# Sign-ups that lie untouched, and files.


@pytest.mark.parametrize("act", [sign_ups.remind_idle, sign_ups.expire_idle])
def test_sign_up_touched_at_the_last_moment_is_left_alone(story, quicker, act):
    story.started()
    warned = len(sign_ups.REMIND_AFTER) if act == sign_ups.expire_idle else 0
    SignUp.objects.update(touched_at=PAST, idle_warnings=warned)
    mail.outbox.clear()
    touch = SignUp.objects.update
    quicker("network.actions.sign_ups.locked", lambda: touch(touched_at=timezone.now()))
    assert act() == 0
    assert SignUp.objects.get().is_open and not events("sign_up.reminded")


def test_file_whose_row_cannot_be_written_is_deleted(story, officer, monkeypatch):
    sign_up = story.started()
    kept = []

    def broken(self, *args, **kwargs):
        kept.append(self.file)
        raise IntegrityError

    monkeypatch.setattr(Upload, "save", broken)
    file = FitFile("logo.png", b"x", "image/png")
    with pytest.raises(IntegrityError):
        tasks.keep_upload(sign_up, by=officer, kind=UploadKind.LOGO, file=file)
    assert len(kept) == 1 and not kept[0]


def test_announcing_leaves_an_unknown_joining_date_unknown(story, manager):
    sign_up = story.in_review(manager)
    reviews.record_call_back(sign_up, by=manager, how="Rang the council")
    later = timezone.now() + timedelta(days=1)
    made = reviews.accept(fresh(sign_up), by=manager, announce_at=later)
    made.announce_at, made.joined_on, made.joined_precision = timezone.now(), None, "not_known"
    made.save()

    assert memberships.announce_due() == 1
    made.refresh_from_db()
    assert made.announced_at and made.joined_on is None
