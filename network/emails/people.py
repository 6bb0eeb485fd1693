"""Emails about colleagues on a sign-up and representatives of a member."""

from functools import partial

from network import permissions
from network.choices import AccessStatus, InvitationStatus
from network.emails import samples
from network.emails.requests import LinkMail
from network.emails.sign_ups import APPLICANT, SIGN_UP, about_sign_up, managers
from network.models import AccessRequest, Event, Invitation, Membership, PersonMerge
from portal.links import absolute
from portal.mail.declarations import Mail, Recipients, Row, token_of
from portal.models import User

COLLEAGUE = "A colleague"
ASKER = Recipients("The person who asked", lambda request: [(request.user.email,)])
PERSON = Row(User.objects.all(), samples.person)
INVITATIONS = Invitation.objects.select_related("sign_up__council", "membership__council", "by")
MEMBERSHIPS = Membership.objects.select_related("council")
ACCESS = Row(
    AccessRequest.objects.select_related("sign_up__council", "membership__council", "user"),
    samples.access_request,
)


def _about_access(request: AccessRequest) -> dict[str, object]:
    return {
        "council": request.council,
        "my": absolute("network:my"),
        "join": absolute("network:join"),
    }


def _to_answer(request: AccessRequest, by_staff: str) -> dict[str, object]:
    page = "network_staff:access_request" if by_staff else "network:access"
    waits = bool(by_staff and permissions.lead_of(request))
    return _about_access(request) | {"answer": absolute(page, request.pk), "waits": waits}


_of_colleague = partial(
    Mail,
    to=Recipients(COLLEAGUE, lambda sign_up, person: [(person.email,)]),
    about={"sign_up": SIGN_UP, "person": PERSON},
    context=about_sign_up,
)
_of_access = partial(Mail, to=ASKER, about={"request": ACCESS}, context=_about_access)
_of_member = partial(
    Mail,
    about={"membership": Row(MEMBERSHIPS, samples.membership), "lead": PERSON},
    context=lambda membership, **about: {
        "council": membership.council,
        "people": absolute("network:representatives", membership.council.slug),
    },
)

INVITATION = LinkMail(
    "network.invitation",
    "Invitation to work on an application",
    Recipients(COLLEAGUE),
    about={"invitation": Row(INVITATIONS, samples.invitation), "generation": 1},
    holds=lambda invitation, generation: (
        invitation.generation == generation and invitation.status == InvitationStatus.SENT
    ),
    context=lambda invitation, generation: {
        **about_sign_up(invitation.sign_up),
        "link": absolute("network:invited", token_of(invitation)),
    },
    reply_to=lambda invitation, **about: invitation.by.email,
)
MEMBER_INVITATION = LinkMail(
    "network.member_invitation",
    "Invitation to represent a member",
    Recipients(COLLEAGUE),
    about={"invitation": Row(INVITATIONS, samples.member_invitation), "generation": 1},
    holds=lambda invitation, generation: (
        invitation.generation == generation and invitation.status == InvitationStatus.SENT
    ),
    context=lambda invitation, generation: {
        "council": invitation.council,
        "link": absolute("network:invited", token_of(invitation)),
    },
    reply_to=lambda invitation, **about: invitation.by.email,
)
ACCEPTED = _of_colleague(
    "network.invitation_accepted",
    "Invitation accepted",
    to=Recipients("The person who invited them"),
)
colleague_left = _of_colleague(
    "network.colleague_left", "Colleague left an application", to=APPLICANT
)
colleague_removed = _of_colleague(
    "network.colleague_removed", "Colleague removed from an application"
)
lead_changed = _of_colleague("network.lead_changed", "New lead contact of an application")
ACCESS_ASKED = _of_access(
    "network.access_asked",
    "Access requested",
    to=Recipients("The lead contact, or each network manager"),
    about={"request": ACCESS, "by_staff": ""},
    holds=lambda request, by_staff: request.status == AccessStatus.OPEN,
    context=_to_answer,
)
access_granted = _of_access("network.access_granted", "Access approved")
access_refused = _of_access("network.access_refused", "Access not approved")
access_closed = _of_access("network.access_closed", "Access request closed without an answer")
member_lead_changed = _of_member(
    "network.member_lead_changed",
    "New lead contact of a member",
    Recipients(COLLEAGUE, lambda membership, lead: [(lead.email,)]),
)
MEMBER_LEAD_PASSED_ON = _of_member(
    "network.member_lead_passed_on",
    "Former lead contact of a member told",
    Recipients("The former lead contact"),
)
_of_representative = partial(
    Mail,
    about={"membership": Row(MEMBERSHIPS, samples.membership), "person": PERSON},
    context=lambda membership, **about: {
        "council": membership.council,
        "member": absolute("network:member", membership.council.slug),
        "people": absolute("network:representatives", membership.council.slug),
        "page": absolute("network:council", membership.council.slug),
    },
)
THE_PERSON = Recipients("The colleague concerned", lambda membership, person: [(person.email,)])
MEMBER_ACCEPTED = _of_representative(
    "network.member_invitation_accepted",
    "Invitation to represent a member accepted",
    Recipients("The person who invited them"),
)
ROLE_CHANGED = _of_representative(
    "network.role_changed",
    "Role of a representative changed",
    Recipients("The colleague concerned"),
    about={
        "membership": Row(MEMBERSHIPS, samples.membership),
        "person": PERSON,
        "role": "viewer",
    },
)
representative_removed = _of_representative(
    "network.representative_removed", "Representative’s access taken away", THE_PERSON
)
REPRESENTATIVE_LEFT = _of_representative(
    "network.representative_left",
    "Representative gave up their access",
    Recipients("The council’s lead contact"),
)

PEOPLE_MERGED = Mail(
    "network.people_merged",
    "Two accounts of one person merged",
    Recipients("Both email addresses"),
    about={
        "merge": Row(PersonMerge.objects.select_related("kept", "by"), samples.merge),
        "address": "robin@oldford.example",
    },
    context=lambda merge, address: {"my": absolute("network:my")},
)


def people_merged(merge: PersonMerge, address: str) -> None:
    """Tell both addresses that they belong to one account now."""
    for to in (merge.kept.email, address):
        PEOPLE_MERGED.post(to, merge.pk, to, merge=merge, address=address)


def invitation(row: Invitation) -> None:
    """Send the colleague the link, once a generation."""
    generation = row.generation
    INVITATION.post(row.email, row.pk, generation, invitation=row, generation=generation)


def invitation_accepted(row: Invitation, person: User) -> None:
    """Tell the person who invited them that they now work on it."""
    ACCEPTED.post(row.by.email, row.pk, sign_up=row.sign_up, person=person)


def access_asked(request: AccessRequest) -> None:
    """Ask the lead to answer a request for access; ask each manager if nobody leads."""
    if lead := permissions.lead_of(request):
        ACCESS_ASKED.post(lead.email, request.pk, lead.pk, request=request, by_staff="")
    else:
        access_waits(request)


def access_waits(request: AccessRequest) -> None:
    """Ask each manager to answer, because nobody leads or the lead has not answered."""
    for manager in managers().exclude(pk=request.user_id):
        once = (request.pk, manager.pk)
        ACCESS_ASKED.post(manager.email, *once, request=request, by_staff="yes")


def member_lead_passed_on(membership: Membership, old: User, lead: User, event: Event) -> None:
    """Tell the person who led until now."""
    MEMBER_LEAD_PASSED_ON.post(old.email, event.pk, membership=membership, lead=lead)


def member_invitation(row: Invitation) -> None:
    """Send the colleague the link to represent a member, once a generation."""
    generation = row.generation
    MEMBER_INVITATION.post(row.email, row.pk, generation, invitation=row, generation=generation)


def member_invitation_accepted(row: Invitation, person: User) -> None:
    """Tell the person who invited them that they now represent the member."""
    MEMBER_ACCEPTED.post(row.by.email, row.pk, membership=row.membership, person=person)


def role_changed(membership: Membership, person: User, role: str, event: Event) -> None:
    """Tell someone what they can do for a member now."""
    ROLE_CHANGED.post(person.email, event.pk, membership=membership, person=person, role=role)


def representative_left(membership: Membership, person: User, event: Event) -> None:
    """Tell the lead that someone gave up their access."""
    if lead := membership.lead():
        REPRESENTATIVE_LEFT.post(lead.email, event.pk, membership=membership, person=person)
