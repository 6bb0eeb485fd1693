"""What the admin's catalogue shows of the mails about leaving: nothing of it is real."""

from datetime import timedelta

from django.utils import timezone

from councils.models import Council
from network.choices import Office, WithdrawalStatus
from network.emails.departures import about_leaving
from network.emails.samples import MANAGERS, OFFICE_HOLDER
from network.models import Membership, Withdrawal
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import SAMPLE_TOKEN, Letter
from portal.models import User

LEAD = "Whoever leads for the member"
BOTH = "Whoever leads for the member, and each network manager"


def _withdrawal(**changes: object) -> Withdrawal:
    today = timezone.localdate()
    council = Council(
        name="Sampleford", official_name="Sampleford Borough Council", slug="sampleford"
    )
    return Withdrawal(
        membership=Membership(council=council),
        asked_by=User(first_name="Robin", last_name="Sample", email="robin@sampleford.example"),
        effective_on=today + timedelta(days=30),
        ends_on=today + timedelta(days=30),
        office=Office.LEADER,
        name="Cllr Lee Sample",
        role="Leader of the Council",
        email="leader@sampleford.example",
        link_ends_at=timezone.now() + timedelta(days=30),
        confirmed_name="Lee Sample",
        confirmed_role="Leader of the Council",
        statement="We put our work with neighbourhoods into a programme of our own.",
        **changes,
    )


def _letter(template: str, link: str, **more: object) -> Letter:
    return Letter(template, about_leaving(_withdrawal()) | {"link": link} | more)


def _profile() -> str:
    return absolute("network:council", "sampleford")


def _review() -> str:
    return absolute("network_leaving:withdrawal", 1)


@outbox.sample("network.leave_confirm", "Asked to confirm that a council leaves", to=OFFICE_HOLDER)
def _confirm() -> Letter:
    return _letter("leave_confirm", absolute("network:leave_confirm", SAMPLE_TOKEN))


@outbox.sample("network.leave_bounced", "The mail to confirm a leaving came back", to=LEAD)
def _bounced() -> Letter:
    return _letter("leave_bounced", absolute("network:leave", "sampleford"))


@outbox.sample("network.leave_asked", "A council wants to leave", to=MANAGERS)
def _asked() -> Letter:
    return _letter("leave_asked", _review())


@outbox.sample("network.leave_confirmed", "The leaving is confirmed", to=LEAD)
def _confirmed() -> Letter:
    return _letter("leave_confirmed", absolute("network:leave", "sampleford"), may_stop=True)


@outbox.sample("network.leave_confirmed_to_us", "A leaving is confirmed, to us", to=MANAGERS)
def _confirmed_to_us() -> Letter:
    return _letter("leave_confirmed", _review(), may_stop=False)


@outbox.sample("network.leave_copy", "A copy of what was confirmed", to=OFFICE_HOLDER)
def _copy() -> Letter:
    contact = absolute("wagtail_serve", "contact/")
    return Letter("leave_copy", about_leaving(_withdrawal()) | {"contact": contact})


@outbox.sample("network.leave_stopped", "The council stays", to=BOTH)
def _stopped() -> Letter:
    return _letter("leave_stopped", _profile(), why="The cabinet wants to talk about it first.")


@outbox.sample("network.leave_done", "The council has left", to=BOTH)
def _done() -> Letter:
    return _letter("leave_done", _profile())


@outbox.sample("network.leave_statement", "The statement is checked", to=LEAD)
def _statement() -> Letter:
    row = _withdrawal(status=WithdrawalStatus.CONFIRMED)
    return Letter("leave_statement", about_leaving(row) | {"link": _profile()})
