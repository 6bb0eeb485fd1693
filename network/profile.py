"""What a member's page says of it now.

For each part, that is what the council published last. If it has published nothing since it
joined, it is what it wrote when it applied, as far as it agreed to publish that.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateparse import parse_date

from network.choices import ProfilePart, UploadKind
from network.models import CheckIn, Membership, ProfileChange, SignUp, Upload
from network.record import PRACTICES, conversation_in_words
from principles.models import Principle, in_order

Answers = dict[str, Any]
_PUBLISHED = Prefetch(
    "profile_changes", ProfileChange.objects.published(), to_attr="published_changes"
)
# To prefetch for the texts of many memberships.
PROFILES = (
    Prefetch("sign_up", SignUp.objects.prefetch_related(PRACTICES)),
    _PUBLISHED,
)


@dataclass(frozen=True)
class Profile:
    """A member's profile, as the public reads it.

    Attributes:
        changes: The published version of each part that was changed since the council joined,
            by the part's name.
        written_on: The day the council sent its application, or None.
    """

    profile: str
    strategy: str
    strategy_link: str
    practices: tuple[tuple[Principle, str], ...]
    conversation: str
    conversation_link: str
    partners: str
    outcome: str
    quote: str
    quote_by: str
    quote_on: date | None
    contact_link: str
    contact_email: str
    logo: Upload | ProfileChange | None
    changes: dict[str, ProfileChange]
    written_on: date | None

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        said = (self.profile, self.strategy, self.practices, self.quote, self.logo)
        return any((*said, self.has_conversation, self.has_contact))

    @property
    def has_conversation(self) -> bool:
        """Whether anything is said of the conversation with the community."""
        return any((self.conversation, self.partners, self.outcome, self.conversation_link))

    @property
    def has_contact(self) -> bool:
        """Whether the public can reach the council about it."""
        return bool(self.contact_link or self.contact_email)

    @property
    def changed_on(self) -> date | None:
        """The day the council last changed any of it, or None if it has not."""
        theirs = [
            c.published_at for c in self.changes.values() if c.published_at and not c.is_from_us
        ]
        return timezone.localdate(max(theirs)) if theirs else None

    @property
    def practices_on(self) -> date | None:
        """The day from which what it says of the principles is; None if we wrote it ourselves."""
        change = self.changes.get(ProfilePart.PRACTICE)
        if change and change.is_from_us:
            return None
        if change and change.published_at:
            return timezone.localdate(change.published_at)
        return self.written_on

    @property
    def sources(self) -> dict[str, ProfileChange]:
        """The parts that we wrote ourselves from public sources, by their names."""
        return {part: change for part, change in self.changes.items() if change.is_from_us}


def profile_of(membership: Membership) -> Profile:
    """Return a membership’s profile. At most three queries; the principles are remembered."""
    changes = published_changes(membership)
    said = {part: _said(membership, part, changes) for part in ProfilePart}
    text, links = said[ProfilePart.TEXT], said[ProfilePart.LINKS]
    talk, quote = said[ProfilePart.CONVERSATION], said[ProfilePart.QUOTE]
    practice = said[ProfilePart.PRACTICE]
    sign_up = membership.sign_up
    submitted = sign_up.submitted_at if sign_up else None
    return Profile(
        profile=text.get("profile", ""),
        strategy=links.get("strategy_title", ""),
        strategy_link=links.get("strategy_link", ""),
        practices=tuple(
            (principle, words)
            for principle in in_order()
            if (words := practice.get(f"principle_{principle.number}"))
        ),
        conversation=conversation_in_words(
            talk.get("conversation", ""), _day(talk.get("conversation_on"))
        ),
        conversation_link=links.get("conversation_link", ""),
        partners=talk.get("conversation_partners", ""),
        outcome=talk.get("conversation_outcome", ""),
        quote=quote.get("quote", ""),
        quote_by=quote.get("quote_by", ""),
        quote_on=_day(quote.get("quote_on")),
        contact_link=links.get("contact_link", ""),
        contact_email=links.get("contact_email", ""),
        logo=_logo(membership, changes),
        changes=changes,
        written_on=timezone.localdate(submitted) if submitted else None,
    )


@dataclass(frozen=True)
class WaitingWords:
    """What a member's people wrote that waits for staff to read it.

    Attributes:
        changes: Changes of its page, with prose.
        check_ins: Check-ins with lines on the principles.
    """

    changes: list[ProfileChange]
    check_ins: list[CheckIn]

    def __len__(self) -> int:
        return len(self.changes) + len(self.check_ins)

    @property
    def fingerprint(self) -> str:
        """Name for exactly these words, because each version is written once."""
        rows = [*(f"p{each.pk}" for each in self.changes), *(f"c{c.pk}" for c in self.check_ins)]
        return "-".join(rows)


def waiting_words(membership: Membership) -> WaitingWords:
    """Return what waits for staff to read it before it is public."""
    check_ins = CheckIn.objects.filter(membership=membership).with_lines_to_read()
    return WaitingWords(
        list(ProfileChange.objects.waiting().filter(membership=membership)),
        list(check_ins.with_all().prefetch_related("lines__principle").order_by("confirmed_at")),
    )


def published_changes(membership: Membership) -> dict[str, ProfileChange]:
    """Return what a member published since it joined, by part."""
    found = getattr(membership, "published_changes", None)
    if found is None:
        found = membership.profile_changes.published()
    return {change.part: change for change in found}


def answers_now(membership: Membership, part: str) -> Answers:
    """Return the answers of one part that are public now."""
    return _said(membership, part, published_changes(membership))


def texts_of(membership: Membership) -> tuple[str, ...]:
    """Return everything that a profile says, piece by piece, for search.

    What we wrote of the principles from sources is left out: a short page would come before the
    case study that tells the same in full.
    """
    changes = published_changes(membership)
    practice = changes.get(ProfilePart.PRACTICE)
    is_ours = practice is not None and practice.is_from_us
    talk = _said(membership, ProfilePart.CONVERSATION, changes)
    day = _day(talk.get("conversation_on"))
    quote = _said(membership, ProfilePart.QUOTE, changes)
    said = (
        _said(membership, ProfilePart.TEXT, changes).get("profile", ""),
        *(() if is_ours else _said(membership, ProfilePart.PRACTICE, changes).values()),
        conversation_in_words(talk.get("conversation", ""), day),
        talk.get("conversation_partners", ""),
        talk.get("conversation_outcome", ""),
        _said(membership, ProfilePart.LINKS, changes).get("strategy_title", ""),
        quote.get("quote", ""),
        quote.get("quote_by", ""),
    )
    return tuple(filter(None, said))


def when_applying(sign_up: SignUp | None, part: str) -> Answers:
    """Return what a council agreed to publish of one part when it applied."""
    if sign_up is None:
        return {}
    if part == ProfilePart.TEXT:
        return {"profile": sign_up.public_profile}
    if part == ProfilePart.PRACTICE:
        return {
            f"principle_{practice.principle.number}": practice.text
            for practice in sign_up.practices.all()
            if practice.may_be_published
        }
    if part == ProfilePart.CONVERSATION:
        return _conversation_when_applying(sign_up)
    if part == ProfilePart.QUOTE:
        quote = sign_up.public_quote
        return {"quote": quote, "quote_by": sign_up.quote_by if quote else ""}
    if part == ProfilePart.LINKS:
        title = sign_up.public_strategy
        return {"strategy_title": title, "strategy_link": sign_up.strategy_link if title else ""}
    return {}


def _conversation_when_applying(sign_up: SignUp) -> Answers:
    day = sign_up.conversation_on
    said: Answers = {}
    if sign_up.conversation_may_be_published:
        said |= {"conversation": sign_up.conversation}
        said |= {"conversation_on": day.isoformat() if day else None}
    if sign_up.partners_may_be_published:
        said["conversation_partners"] = sign_up.conversation_partners
    if sign_up.outcome_may_be_published:
        said["conversation_outcome"] = sign_up.conversation_outcome
    return said


def _said(membership: Membership, part: str, changes: dict[str, ProfileChange]) -> Answers:
    if part in changes:
        return changes[part].answers
    return when_applying(membership.sign_up, part)


def _logo(
    membership: Membership, changes: dict[str, ProfileChange]
) -> Upload | ProfileChange | None:
    if changed := changes.get(ProfilePart.LOGO):
        return changed if changed.file else None
    sign_up = membership.sign_up
    if sign_up is None or not (sign_up.logo_may_be_published and sign_up.logo_rights):
        return None
    return sign_up.upload_of(UploadKind.LOGO)


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None
