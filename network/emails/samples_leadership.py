"""What the admin's catalogue shows of the mails about an office that changed hands."""

from datetime import timedelta

from django.utils import timezone

from network.choices import Office
from network.emails.offices import about_change, asking, page_of
from network.emails.samples import MANAGERS, sample_endorsement
from network.models import LaterEndorsement, Membership, OfficeChange
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import SAMPLE_TOKEN, Letter
from portal.models import User

LEAD = "Whoever leads for the member, or each network manager"
LEAD_AND_STAFF = f"Whoever leads for the member, and {MANAGERS.lower()}"
HOLDER = "The new leader or chief executive"


def _change(**more: object) -> OfficeChange:
    now = timezone.now()
    first = sample_endorsement()
    given = {
        "name": "Cllr Noor Sample",
        "role": "Leader of the Council",
        "email": "noor@sampleford.example",
        "status": "asked",
    }
    return OfficeChange(
        membership=Membership(council=first.sign_up.council, sign_up=first.sign_up),
        wording=first.wording,
        office=Office.LEADER,
        since=timezone.localdate(now),
        recorded_at=now,
        link_ends_at=now + timedelta(days=30),
        **given | more,
    )


def _signed(**more: object) -> LaterEndorsement:
    first, change = sample_endorsement(), _change()
    return LaterEndorsement(
        change=change,
        name=change.name,
        role=change.role,
        wording=first.wording,
        signed_at=timezone.now(),
        snapshot=first.snapshot,
        **more,
    )


def _letter(template: str, by_staff: str = "", **more: object) -> Letter:
    row = _change()
    more |= {"by_staff": by_staff, "offices": page_of(row, by_staff)}
    return Letter(template, about_change(row) | more)


@outbox.sample("network.again_request", "A new office holder is asked to endorse", to=HOLDER)
def _asked() -> Letter:
    lead = User(first_name="Sam", last_name="Sample")
    return asking(_change(), absolute("network:endorse_again", SAMPLE_TOKEN), lead)


@outbox.sample("network.again_copy", "A copy of what a new office holder signed", to=HOLDER)
def _copy() -> Letter:
    row = _signed()
    return _letter(
        "again_copy",
        endorsement=row,
        wording=row.wording,
        text=row.signed_text,
        privacy=absolute("wagtail_serve", "privacy/"),
        report=absolute("network:endorse_again_report", SAMPLE_TOKEN),
    )


@outbox.sample("network.again_signed", "A new office holder has endorsed", to=LEAD_AND_STAFF)
def _has_signed() -> Letter:
    return _letter("again_signed", endorsement=_signed())


@outbox.sample("network.again_refused", "A new office holder said no", to=LEAD)
def _refused() -> Letter:
    return _letter("again_refused")


@outbox.sample("network.again_reminder", "An office that changed hands is still open", to=LEAD)
def _reminder() -> Letter:
    return _letter("again_reminder")


@outbox.sample("network.again_bounced", "A mail to a new office holder came back", to=LEAD)
def _bounced() -> Letter:
    return _letter("again_bounced")


@outbox.sample(
    "network.again_reported", "“This was not me”, of a new office holder", to=LEAD_AND_STAFF
)
def _reported() -> Letter:
    return _letter("again_reported", "yes", endorsement=_signed())


@outbox.sample("network.again_struck_out", "A later signature was struck out", to=LEAD)
def _struck_out() -> Letter:
    return _letter("again_struck_out", endorsement=_signed(struck_out_why="It was a mistake."))
