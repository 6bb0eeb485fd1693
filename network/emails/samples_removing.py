"""What the admin's catalogue shows of the mails about removals: nothing of it is real."""

from datetime import timedelta

from django.utils import timezone

from councils.models import Council
from network.choices import RemovalStatus
from network.emails.departures import about_removal
from network.emails.samples import MANAGERS
from network.emails.samples_leaving import LEAD
from network.models import Membership, Removal
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter


def _letter(template: str, **more: object) -> Letter:
    council = Council(
        name="Sampleford", official_name="Sampleford Borough Council", slug="sampleford"
    )
    row = Removal(
        membership=Membership(council=council),
        grounds="The council has told us in writing that it no longer works by the principles.",
        decide_from=timezone.localdate() + timedelta(days=14),
        decided_at=timezone.now(),
        decision_why="It has not said anything else since.",
        status=RemovalStatus.REMOVED,
    )
    return Letter(template, about_removal(row) | more)


def _review() -> str:
    return absolute("network_removals:removal", 1)


@outbox.sample("network.removal_opened", "The network may end the membership", to=LEAD)
def _opened() -> Letter:
    return _letter("removal_opened", link=absolute("network:removal", "sampleford"))


@outbox.sample("network.removal_opened_to_us", "A removal is open", to=MANAGERS)
def _opened_to_us() -> Letter:
    return _letter("removal_opened_to_us", link=_review())


@outbox.sample("network.removal_answered", "A response to a removal", to=MANAGERS)
def _answered() -> Letter:
    return _letter("removal_answered", link=_review())


@outbox.sample("network.removal_decided", "A removal is decided", to=LEAD)
def _decided() -> Letter:
    return _letter("removal_decided", contact=absolute("wagtail_serve", "contact/"))
