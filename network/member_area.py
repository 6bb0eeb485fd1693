"""The member area: its pages, and what needs doing for one member, one function a line."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date

from network import permissions, profile
from network.choices import AccessStatus, ProfileChangeStatus, ProfilePart
from network.models import Membership, OfficeChange, Removal
from portal.models import User


class ToDo(NamedTuple):
    """One thing that needs doing: the words of its link, its address, and why or by when."""

    words: str
    address: str
    why: str = ""


Line = Callable[[Membership, User], Iterator[ToDo]]


def removal(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield a proposal to end the membership, which its lead can answer."""
    for found in Removal.objects.to_be_answered_by(user).filter(membership=membership):
        day = format_date(found.decide_from, "j F Y")
        address = reverse("network:removal", args=[membership.council.slug])
        why = f"We will decide on {day} at the earliest."
        yield ToDo("Respond to the proposal to end the membership", address, why)


def access_requests(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield the requests for access that wait for this lead."""
    if permissions.leads_member(user, membership):
        for asked in membership.access_requests.filter(status=AccessStatus.OPEN):
            address = reverse("network:access", args=[asked.pk])
            why = f"Asked on {format_date(asked.asked_at, 'j F Y')}."
            yield ToDo(f"Answer {asked.name}’s request for access", address, why)


def check_in(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield the yearly check-in that waits for an answer."""
    if permissions.can_act_for(user, membership):
        for waiting in membership.check_ins.waiting():
            address = reverse("network:check_in", args=[membership.council.slug])
            why = f"Please do this by {format_date(waiting.answer_by, 'j F Y')}."
            yield ToDo("Confirm the yearly check-in", address, why)


def sent_back(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield the changes of the profile that staff sent back."""
    if permissions.can_act_for(user, membership):
        rows = membership.profile_changes.filter(status=ProfileChangeStatus.SENT_BACK)
        for change in rows:
            slug = membership.council.slug
            address = reverse("network:profile_part", args=[slug, change.part])
            words = f"Change the text we sent back: {change.get_part_display().lower()}"
            yield ToDo(words, address, change.note)


def roles(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield the roles whose new holder has not endorsed, or that are vacant."""
    if permissions.leads_member(user, membership):
        for change in OfficeChange.objects.unanswered().filter(membership=membership):
            office = change.get_office_display().lower()
            address = reverse("network:offices", args=[membership.council.slug])
            by = f"We ask for an answer by {format_date(change.due_on, 'j F Y')}."
            if change.is_vacant:
                yield ToDo(f"Tell us who the new {office} is", address, by)
            else:
                yield ToDo(f"Remind the new {office} to endorse", address, by)


def contact(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield that the public page names no way to get in touch."""
    if permissions.can_act_for(user, membership):
        links = profile.answers_now(membership, ProfilePart.LINKS)
        if not (links.get("contact_link") or links.get("contact_email")):
            address = reverse("network:profile_part", args=[membership.council.slug, "links"])
            why = "Your public page does not say how to get in touch."
            yield ToDo("Give the public a contact", address, why)


def second_person(membership: Membership, user: User) -> Iterator[ToDo]:
    """Yield that the lead is alone."""
    if permissions.leads_member(user, membership) and len(membership.representatives.all()) == 1:
        address = reverse("network:representatives", args=[membership.council.slug])
        why = "You are the only person with access, so no one can step in for you."
        yield ToDo("Invite a colleague", address, why)


#: The lines of the first page, in this order. A line that has nothing to say yields nothing.
LINES: list[Line] = [
    removal,
    access_requests,
    check_in,
    sent_back,
    roles,
    contact,
    second_person,
]


def register(line: Line) -> None:
    """Add a line of an app above this one, behind what was sent back."""
    LINES.insert(LINES.index(sent_back) + 1, line)


def to_do(membership: Membership, user: User) -> list[ToDo]:
    """Return what needs doing for a member, by this person, the most urgent first."""
    return [found for line in LINES for found in line(membership, user)]


#: The pages of the member area that stand beside each of them: name of the address, and title.
AREAS = (
    ("member", "Overview"),
    ("profile", "Public page"),
    ("offices", "Champions and signatories"),
    ("representatives", "People with access"),
    ("check_in", "Yearly check-in"),
    ("casestudies:submissions", "Case studies"),
    ("messages", "Messages from the network"),
    ("member_questions", "Questions from other councils"),
    ("member_badge", "Badge and certificate"),
    ("leave", "Leave the network"),  # for the lead alone
)


def areas(membership: Membership, user: User) -> list[tuple[str, str]]:
    """Return the addresses and titles of a member's pages, for its side navigation."""
    slug, leads = membership.council.slug, permissions.leads_member(user, membership)
    shown = [(name, title) for name, title in AREAS if name != "leave" or leads]
    full = [(name if ":" in name else f"network:{name}", title) for name, title in shown]
    return [(reverse(name, args=[slug]), title) for name, title in full]


def documents(membership: Membership, user: User) -> list[tuple[str, str]]:
    """Return the addresses and titles of what this person can read, print or take."""
    slug, sign_up = membership.council.slug, membership.sign_up
    found = [(reverse("network:endorsement", args=[slug]), "Public record of the endorsement")]
    if sign_up and permissions.can_read(user, sign_up):
        found += [
            (sign_up.get_absolute_url(), f"Your application, {sign_up.reference}"),
            (
                reverse("network:sign_up_committee_paper", args=[sign_up.reference]),
                "Committee report",
            ),
        ]
    if sign_up and membership.is_live:
        found.append((reverse("network:announcement", args=[slug]), "Texts to announce it with"))
    if membership.is_public_and_live:
        found.append((reverse("network:certificate", args=[slug]), "Certificate to print"))
    return found
