"""What a yearly check-in asks a council to confirm: what we say of it, in words."""

import hashlib
import json
from dataclasses import asdict, dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network import profile, role_status
from network.choices import ChampionKind
from network.models import CheckIn, Membership
from network.role_status import Standing

SHOWN = 300  # characters of a text that can be read whole on the public page
NOT_KNOWN = "We do not have a name"


@dataclass(frozen=True)
class Line:
    """One thing that we say of a council."""

    label: str
    said: str


@dataclass(frozen=True)
class Part:
    """One part of what we say, confirmed by one tick.

    Attributes:
        key: Name of the form's field.
        change_at: Page on which it is changed.
        change: Words of the link to it.
    """

    key: str
    title: str
    lines: tuple[Line, ...]
    change_at: str
    change: str


def parts_of(membership: Membership) -> list[Part]:
    """Return everything that a check-in of this member asks to confirm."""
    slug = membership.council.slug
    standings = role_status.of_member(membership).offices
    return [
        Part(
            "offices",
            "Leader and chief executive",
            tuple(Line(each.called, _holder(each)) for each in standings),
            reverse("network:offices", args=[slug]),
            "Change the leader or chief executive",
        ),
        Part(
            "champions",
            "Champions",
            tuple(_champions(membership)),
            reverse("network:offices", args=[slug]),
            "Change a champion",
        ),
        Part(
            "profile",
            "Your public page",
            tuple(_profile(membership)),
            reverse("network:profile", args=[slug]),
            "Change what your page says",
        ),
    ]


def _holder(standing: Standing) -> str:
    change, last = standing.change, standing.last
    if change and change.is_vacant:
        return f"Vacant since {format_date(change.since, 'j F Y')}"
    if change:
        return f"{change.name}, {change.role}, since {format_date(change.since, 'j F Y')}"
    if last:
        day = format_date(timezone.localdate(last.signed_at), "j F Y")
        return f"{last.name}, {last.role}, who endorsed on {day}"
    return NOT_KNOWN


def _champions(membership: Membership) -> list[Line]:
    named = {champion.kind: champion for champion in membership.current_champions()}
    return [
        Line(str(kind.label), f"{who.name}, {who.role}" if (who := named.get(kind)) else NOT_KNOWN)
        for kind in ChampionKind
    ]


def _profile(membership: Membership) -> list[Line]:
    said = [Line("Membership", membership.since_text)]
    words = profile.profile_of(membership)
    if not words:
        return [*said, Line("In your own words", "Nothing yet")]
    told = {
        "About the council": words.profile,
        "Strategy or plan": words.strategy,
        "Principles in practice": ", ".join(principle.name for principle, _ in words.practices),
        "Community conversation": words.conversation,
        "Who takes part": words.partners,
        "Outcome": words.outcome,
        "Quotation": f"“{words.quote}” {words.quote_by}".strip() if words.quote else "",
        "Contact": words.contact_email or words.contact_link,
    }
    return [*said, *(Line(label, _short(text)) for label, text in told.items() if text)]


def _short(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN].rsplit(' ', 1)[0]} …"


def fingerprint(parts: list[Part]) -> str:
    """Return the SHA-256 of what the page shows, so that no one confirms something newer."""
    shown = json.dumps([asdict(part) for part in parts])
    return hashlib.sha256(shown.encode()).hexdigest()


def as_confirmed(parts: list[Part]) -> list[dict[str, object]]:
    """Return the parts as they are kept with the check-in that confirmed them."""
    return [
        {"title": part.title, "lines": [[line.label, line.said] for line in part.lines]}
        for part in parts
    ]


def last_lines(check_in: CheckIn) -> dict[int, str]:
    """Return what the council said of each principle in its last check-in, by number."""
    before = CheckIn.objects.filter(
        membership=check_in.membership_id, confirmed_at__isnull=False
    ).exclude(pk=check_in.pk)
    last = before.order_by("-confirmed_at").first()
    if last is None:
        return {}
    return {line.principle.number: line.text for line in last.lines.select_related("principle")}
