"""Public record of a council's endorsement: who signed or decided, and what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network import role_status
from network.choices import CHAMPION_KINDS, ConversationStatus, UploadKind
from network.models import (
    Champion,
    Endorsement,
    EndorsementWording,
    FormalDecision,
    LaterEndorsement,
    Membership,
    Practice,
    SignUp,
    Upload,
)
from principles.models import Principle


@dataclass(frozen=True)
class NamedChampion:
    """A champion as named beside a signature; `name` is "" without consent to publish."""

    kind: str
    name: str
    role: str


@dataclass(frozen=True)
class OwnWords:
    """What a council wrote when it applied, as far as it agreed to publish each part.

    The council's page, the public record and the applicant's preview show the same.
    """

    profile: str
    strategy: str
    strategy_link: str
    practices: tuple[tuple[Principle, str], ...]
    conversation: str
    partners: str
    outcome: str
    quote: str
    quote_by: str
    logo: Upload | None
    written_on: date | None

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        said = (self.profile, self.strategy, self.practices, self.quote, self.logo)
        return any((*said, self.has_conversation))

    @property
    def has_conversation(self) -> bool:
        """Whether anything is said of the conversation with the community."""
        return bool(self.conversation or self.partners or self.outcome)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything it says, piece by piece, for search."""
        practices = (text for _, text in self.practices)
        said = (self.profile, *practices, self.conversation, self.partners, self.outcome)
        return tuple(filter(None, (*said, self.strategy, self.quote, self.quote_by)))


PRACTICES = Prefetch("practices", Practice.objects.select_related("principle"))


def own_words(sign_up: SignUp) -> OwnWords:
    """Return what a council agreed to publish of its application. At most two queries."""
    prefetch_related_objects([sign_up], PRACTICES)
    practices = [each for each in sign_up.practices.all() if each.may_be_published]
    has_logo = sign_up.logo_may_be_published and sign_up.logo_rights
    submitted = sign_up.submitted_at
    return OwnWords(
        profile=sign_up.public_profile,
        strategy=sign_up.public_strategy,
        strategy_link=sign_up.strategy_link if sign_up.public_strategy else "",
        practices=tuple((each.principle, each.text) for each in practices if each.text),
        conversation=conversation_in_words(sign_up.conversation, sign_up.conversation_on)
        if sign_up.conversation_may_be_published
        else "",
        partners=sign_up.conversation_partners if sign_up.partners_may_be_published else "",
        outcome=sign_up.conversation_outcome if sign_up.outcome_may_be_published else "",
        quote=sign_up.public_quote,
        quote_by=sign_up.quote_by if sign_up.public_quote else "",
        logo=sign_up.upload_of(UploadKind.LOGO) if has_logo else None,
        written_on=timezone.localdate(submitted) if submitted else None,
    )


CONVERSATION = {
    ConversationStatus.PLANNED: "A conversation with the community is planned{on}.",
    ConversationStatus.HELD: "A conversation with the community was held{on}.",
    ConversationStatus.AGREED: (
        "A conversation with the community was held{on}, and a statement was agreed."
    ),
}


def conversation_in_words(status: str, day: date | None) -> str:
    """Return how far the conversation is, in a sentence; "" if the council has not said."""
    if not status:
        return ""
    before = "for" if status == ConversationStatus.PLANNED else "on"
    on = f" {before} {format_date(day, 'j F Y')}" if day else ""
    return CONVERSATION[ConversationStatus(status)].format(on=on)


@dataclass(frozen=True)
class Record:
    """Everything public about an endorsement. `wording` is None if we have no record of it."""

    membership: Membership
    since: role_status.Since
    wording: EndorsementWording | None = None
    text: str = ""
    signed_as_draft: bool = False
    route: str = ""
    signatures: tuple[Endorsement, ...] = ()
    champions: tuple[NamedChampion, ...] = ()
    decision: FormalDecision | None = None
    words: OwnWords | None = None
    struck_out: int = 0
    in_question: int = 0

    @property
    def is_held(self) -> bool:
        return self.wording is not None

    @property
    def later_wordings(self) -> list[LaterEndorsement]:
        """Later signatures with another text than the first one's, one for each text."""
        seen, found = {self.text}, []
        for each in self.since.later:
            if each.signed_text not in seen:
                seen.add(each.signed_text)
                found.append(each)
        return found


def record_of(membership: Membership) -> Record:
    """Return the record of an announced membership."""
    sign_up = membership.sign_up
    if sign_up is None or sign_up.wording is None:
        return Record(membership, role_status.since(membership, []))
    counting = sign_up.public_endorsements()
    since = role_status.since(membership, counting)
    snapshot = counting[0].snapshot if counting else _snapshot_at_acceptance(sign_up)
    return Record(
        membership,
        since,
        wording=sign_up.wording,
        text=sign_up.wording.text_for(str(snapshot["council"])),
        signed_as_draft=any(e.snapshot.get("draft") for e in counting),
        route=sign_up.get_route_display(),
        signatures=tuple(counting),
        champions=_published(sign_up.champions.all(), snapshot),
        decision=sign_up.formal_decision if sign_up.needs_decision else None,
        words=own_words(sign_up),
        struck_out=sign_up.endorsements.exclude(struck_out_at=None).count() + since.struck_out,
        # Signatures are hidden while someone says that they did not sign.
        in_question=sign_up.counting_endorsements().count() - len(counting)
        if sign_up.needs_signatures
        else 0,
    )


def _snapshot_at_acceptance(sign_up: SignUp) -> dict:
    """Return a snapshot for a decision, with the champions of the day the network accepted."""
    on = timezone.localdate(sign_up.decided_at)
    named = [
        {"kind": c.get_kind_display(), "name": c.name, "role": c.role}
        for c in sign_up.champions.all()
        if (c.since is None or c.since <= on) and (c.until is None or c.until > on)
    ]
    return sign_up.snapshot | {"champions": named}


def _published(champions: Iterable[Champion], snapshot: dict) -> tuple[NamedChampion, ...]:
    """Return champions as on the signed page, with names only if they consent to publish."""
    agreed = {(c.kind, c.name) for c in champions if c.may_be_published}
    return tuple(
        NamedChampion(c["kind"], c["name"], c["role"])
        if (CHAMPION_KINDS[c["kind"]], c["name"]) in agreed
        else NamedChampion(c["kind"], "", "")
        for c in snapshot["champions"]
        if c["kind"] in CHAMPION_KINDS
    )


def as_data(record: Record) -> dict[str, object]:
    """Return the record as JSON data, without any email address."""
    membership = record.membership
    council = membership.council
    champions = list(membership.champions.all())
    data: dict[str, object] = {
        "council": {
            "name": council.official_name,
            "slug": council.slug,
            "gss": council.gss_code,
            "demonstration": council.is_demonstration,
        },
        "membership": {
            "status": membership.public_status,
            "joined_on": None if membership.is_named_only else _iso(membership.joined_on),
            "named_on": _iso(membership.joined_on) if membership.is_named_only else None,
            "joined_precision": membership.joined_precision,
            "ended_on": _iso(membership.ended_on),
        },
        "held_here": record.is_held,
        "later_endorsements": [_later_signature(each, champions) for each in record.since.later],
        "offices_now": list(record.since.lines),
    }
    if record.wording is None:
        return data
    return data | {
        "wording": _wording(record, record.wording),
        "route": record.route,
        "signatures": [_signature(each) for each in record.signatures],
        "champions_named": [vars(champion) for champion in record.champions],
        "decision": _decision(record.decision) if record.decision else None,
        "signatures_struck_out": record.struck_out,
        "signatures_in_question": record.in_question,
        "own_words": _own_words(record.words) if record.words else None,
    }


def _own_words(words: OwnWords) -> dict[str, object]:
    return {
        "profile": words.profile or None,
        "strategy": words.strategy or None,
        "strategy_link": words.strategy_link or None,
        "principles_in_practice": [
            {"principle": principle.number, "text": text} for principle, text in words.practices
        ],
        "conversation": words.conversation or None,
        "conversation_partners": words.partners or None,
        "conversation_outcome": words.outcome or None,
        "quote": words.quote or None,
        "quote_by": words.quote_by or None,
    }


def _iso(day) -> str | None:
    return day.isoformat() if day else None


def _wording(record: Record, wording: EndorsementWording) -> dict[str, object]:
    approved = wording.is_approved and not record.signed_as_draft
    return {
        "version": wording.version,
        "text": wording.text,
        "sha256": wording.hash,
        "text_as_signed": record.text,
        "approved_by": wording.approved_by_name if approved else None,
        "approved_on": _iso(wording.approved_on) if approved else None,
    }


def _signature(endorsement: Endorsement) -> dict[str, object]:
    return {
        "office": endorsement.get_office_display(),
        "name": endorsement.name,
        "role": endorsement.role,
        "signed_on": timezone.localdate(endorsement.signed_at).isoformat(),
        "on_behalf": bool(endorsement.assistant_name),
        "wording_sha256": endorsement.wording_hash,
    }


def _later_signature(endorsement: LaterEndorsement, champions: list[Champion]) -> dict[str, object]:
    wording = endorsement.wording
    draft = endorsement.snapshot.get("draft")
    return {
        "office": endorsement.get_office_display(),
        "name": endorsement.name,
        "role": endorsement.role,
        "signed_on": timezone.localdate(endorsement.signed_at).isoformat(),
        "wording_version": wording.version,
        "wording_sha256": endorsement.wording_hash,
        "text_as_signed": endorsement.signed_text,
        "approved_by": None if draft else wording.approved_by_name or None,
        "champions_named": [vars(c) for c in _published(champions, endorsement.snapshot)],
    }


def _decision(decision: FormalDecision) -> dict[str, object]:
    return {
        "body": decision.get_body_display(),
        "body_name": decision.body_name,
        "decided_on": _iso(decision.decided_on),
        "published_on": _iso(decision.published_on),
        "call_in_ended_on": _iso(decision.call_in_ends_on),
        "took_effect_on": _iso(decision.takes_effect_on),
        "minute_reference": decision.minute_reference,
        "link": decision.link or None,
    }
