"""Emails about changes of a member's profile."""

from functools import partial

from network.emails import samples
from network.models import ProfileChange
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row
from portal.models import User


def _author_and_lead(change: ProfileChange):
    """Yield who wrote it, and the council's lead contact."""
    people = {person for person in (change.by, change.membership.lead()) if person}
    for person in sorted(people, key=lambda each: each.pk):
        if person.is_active:
            yield person.email, person.pk


def _about(change: ProfileChange) -> dict[str, object]:
    slug = change.council.slug
    return {
        "council": change.council,
        "part": change.get_part_display(),
        "page": absolute("network:council", slug),
        "edit": absolute("network:profile_part", slug, change.part),
        "profile": absolute("network:profile", slug),
    }


CHANGES = ProfileChange.objects.select_related("membership__council", "membership__sign_up", "by")
CHANGE = Row(CHANGES, samples.profile_change)
AUTHOR_AND_LEAD = Recipients("Who wrote it, and the council’s lead contact", _author_and_lead)
_of_change = partial(
    Mail,
    to=AUTHOR_AND_LEAD,
    about={"change": CHANGE},
    context=_about,
    once=lambda change: (change.pk, change.status),
)
change_published = _of_change("network.profile_published", "Change of a public page published")
change_sent_back = _of_change("network.profile_sent_back", "Change of a public page sent back")
PUT_BACK = Mail(
    "network.profile_put_back",
    "Earlier version of a public page put back by us",
    Recipients("The council’s lead contact"),
    about={"change": CHANGE},
    context=_about,
)


def put_back(change: ProfileChange, by: User) -> None:
    """Tell the lead that staff put an earlier version back; nobody if the lead did it."""
    lead = change.membership.lead()
    if lead and lead != by:
        at = change.published_at.isoformat() if change.published_at else ""
        PUT_BACK.post(lead.email, change.pk, at, change=change)
