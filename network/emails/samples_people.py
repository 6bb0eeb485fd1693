"""What the admin's catalogue shows of the mails about colleagues and unfinished sign-ups."""

from datetime import timedelta

from django.utils import timezone

from network.emails.samples import APPLICANT, MANAGERS, OFFICE_HOLDER, plain, sample_endorsement
from network.models import AccessRequest, Invitation, SignUp
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import SAMPLE_TOKEN, Letter
from portal.models import User

COLLEAGUE, ASKER = "A colleague", "Whoever asked"


def _person() -> User:
    return User(first_name="Robin", last_name="Sample", email="robin@sampleford.example")


def _about_a_person(template: str, **more: object) -> Letter:
    return plain(template, person=_person(), **more)


def _access(template: str, **more: object) -> Letter:
    letter = plain(template, my=absolute("network:my"), **more)
    sign_up = letter.context["sign_up"]
    assert isinstance(sign_up, SignUp)
    asked = AccessRequest(
        sign_up=sign_up,
        name="Robin Sample",
        job_title="Procurement Lead",
        email_evidence="matched",
    )
    letter.context["request"] = asked
    return letter


def _contact() -> str:
    return absolute("wagtail_serve", "contact/")


@outbox.sample("network.invitation", "Invited to work on a sign-up", to=COLLEAGUE)
def _invitation() -> Letter:
    ends = timezone.now() + timedelta(days=30)
    row = Invitation(by=_person(), link_ends_at=ends)
    return plain("invitation", invitation=row, link=absolute("network:invited", SAMPLE_TOKEN))


@outbox.sample("network.invitation_accepted", "A colleague said yes", to="Whoever invited them")
def _accepted() -> Letter:
    return _about_a_person("invitation_accepted")


@outbox.sample("network.colleague_left", "A colleague has left", to=APPLICANT)
def _left() -> Letter:
    return _about_a_person("colleague_left")


@outbox.sample("network.colleague_removed", "No longer works on it", to=COLLEAGUE)
def _removed() -> Letter:
    return _about_a_person("colleague_removed", contact=_contact())


@outbox.sample("network.lead_changed", "Leads it from now on", to=COLLEAGUE)
def _lead() -> Letter:
    return _about_a_person("lead_changed")


@outbox.sample("network.member_lead_changed", "Leads for a member from now on", to=COLLEAGUE)
def _member_lead() -> Letter:
    return _about_a_lead("member_lead_changed")


@outbox.sample("network.member_lead_passed_on", "Led for a member until now", to="Whoever led")
def _member_lead_passed_on() -> Letter:
    return _about_a_lead("member_lead_passed_on")


def _about_a_lead(template: str) -> Letter:
    people = absolute("network:representatives", "sampleford")
    return plain(template, lead=_person(), people=people, contact=_contact())


@outbox.sample(
    "network.access_asked",
    "Somebody asks for access",
    to="Whoever leads, or each network manager",
)
def _asked() -> Letter:
    return _access("access_asked", answer=absolute("network:access", 1))


@outbox.sample("network.access_granted", "Access given", to=ASKER)
def _granted() -> Letter:
    return _access("access_granted")


@outbox.sample("network.access_closed", "The sign-up ended before an answer", to=ASKER)
def _access_closed() -> Letter:
    return _access("access_closed", join=absolute("network:join"))


@outbox.sample("network.access_refused", "Access refused", to=ASKER)
def _refused() -> Letter:
    return _access("access_refused", contact=_contact())


@outbox.sample("network.changes_requested", "Asked for changes", to=APPLICANT)
def _changes() -> Letter:
    return plain("changes_requested", wanted="Please name the cabinet member in full.")


@outbox.sample("network.changes_made", "Sent again with changes", to=MANAGERS)
def _changed() -> Letter:
    review = absolute("network_review:sign_up", "KIL-2000-0000")
    return plain("changes_made", review=review)


@outbox.sample("network.withdrawn_from_us", "Withdrawn by the council", to=MANAGERS)
def _withdrawn_from_us() -> Letter:
    review = absolute("network_review:sign_up", "KIL-2000-0000")
    return plain("withdrawn_from_us", review=review)


@outbox.sample("network.sign_up_sent_copy", "Sent, with their signature", to=OFFICE_HOLDER)
def _sent() -> Letter:
    return plain("sign_up_sent_copy", endorsement=sample_endorsement(), contact=_contact())


@outbox.sample("network.sign_up_idle", "Nobody has touched it for long", to=APPLICANT)
def _idle() -> Letter:
    return plain("sign_up_idle", is_last=True)


@outbox.sample("network.sign_up_expired", "Ended, untouched", to=APPLICANT)
def _ended() -> Letter:
    return plain("sign_up_expired", join=absolute("network:join"))
