"""The announcement kit: draft news, a press notice and posts for a council that was accepted.

Made of what the council wrote and agreed to publish, and of the public record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date

from councils.models import Council
from network import record
from network.committee_report import BACKGROUND, Paper, Section
from network.models import Endorsement, Membership
from network.models.periods import PreElectionPeriod, hour_in_words
from portal.links import absolute
from portal.security.files import in_xml
from principles.models import Principle

QUOTE = (
    "[Quote from the leader or a champion: to be written, and approved by the person who says it]"
)
LOCAL_QUOTE = "[Quote from a local community organisation, if you have one: approved by them]"
PRESS_OFFICE = "[Name, phone number and email address of the council’s press office]"
MOVEMENT = "a movement of councils that endorse six principles for unlocking the power of community"


@dataclass(frozen=True)
class Text:
    """A text to copy, paragraph by paragraph. `most` is its longest length, 0 for any."""

    key: str
    title: str
    hint: str
    paragraphs: tuple[str, ...]
    most: int = 0

    @property
    def whole(self) -> str:
        """The text as it is copied."""
        return "\n\n".join(self.paragraphs)

    @property
    def length(self) -> str:
        """How long it is, of what fits: "217 of up to 280 characters"."""
        return f"{len(self.whole)} of up to {self.most:,} characters"

    @property
    def rows(self) -> int:
        """How high a field shows most of it."""
        lines = sum(1 + len(paragraph) // 70 for paragraph in self.paragraphs)
        return min(24, max(4, lines + len(self.paragraphs)))


@dataclass(frozen=True)
class Kit:
    """All of it. `at` is None while the announcement is on hold."""

    membership: Membership
    at: datetime | None
    rules: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    texts: tuple[Text, ...]

    @property
    def title(self) -> str:
        return f"Announcing {self.membership.council.official_name}"

    @property
    def about(self) -> str:
        """Who wrote it, and what to do with it."""
        return (
            "We drafted these texts for you to change and use. They are this site’s words, not "
            "Locality’s. What your council wrote in its application is as you entered it, and "
            "only what you agreed to publish. Fill in or remove the words in [square brackets], "
            "and show each text to everyone it names before you publish it."
        )

    def paper(self) -> Paper:
        """Return it as a document, for the Word file."""
        posts = [text for text in self.texts if text.most]
        when = "Announced on" if self.membership.announced_at else "To be announced on"
        at = hour_in_words(self.at) if self.at else "On hold"
        return Paper(
            self.title,
            self.about,
            [(when, at), *self.links],
            [
                Section("When you can publish", bullets=list(self.rules)),
                *(
                    Section(text.title, [text.hint, *text.paragraphs])
                    for text in self.texts
                    if not text.most
                ),
                *(
                    Section(f"{text.title} for social media", [f"{text.length}.", text.whole])
                    for text in posts
                ),
            ],
        )


def kit_of(membership: Membership) -> Kit:
    """Return the kit of a membership that came from an application."""
    at = membership.announced_at or membership.announce_at
    said = (*_endorsed(membership), *_champions(membership))
    return Kit(
        membership,
        at,
        tuple(_rules(membership, at)),
        tuple(_links(membership.council)),
        (_news(membership, said), _notice(membership, at, said), *_posts(membership, said)),
    )


def _rules(membership: Membership, at: datetime | None) -> Iterator[str]:
    council = membership.council
    if membership.announced_at:
        assert at
        day = format_date(timezone.localtime(at), "l j F Y")
        yield f"{council.name} was announced on {day}. You can publish all of this now."
    elif at:
        yield (
            f"Do not publish or post any of this before {hour_in_words(at)}. We announce "
            f"{council.name} then, and nothing on this site shows it before."
        )
        yield "If you send the notice to journalists before then, send it under embargo."
        yield (
            "Before you post, check that your council’s page shows the membership. It opens "
            "within a minute of that time, and so do the public record, the badge and the "
            "certificate."
        )
        yield "If the day or time does not suit the council, tell us soon and we can move it."
    else:
        yield (
            "The announcement is on hold, so do not publish or post any of this. We’ll email you "
            "when there is a day and time."
        )
    on = timezone.localdate(at) if at else None
    if on and (period := PreElectionPeriod.objects.holding_for(council, on).first()):
        yield (
            f"That day is in a pre-election period ({period.name}). Ask your monitoring officer "
            "what the council can publish."
        )


def _links(council: Council) -> Iterator[tuple[str, str]]:
    yield "Your council’s page", absolute("network:council", council.slug)
    yield "Public record", absolute("network:endorsement", council.slug)
    yield "Badge for your website", absolute("network:member_badge", council.slug)
    yield "Certificate to print", absolute("network:certificate", council.slug)


def _news(membership: Membership, said: Sequence[str]) -> Text:
    council = membership.council
    paragraphs = [
        f"{council.official_name} joins the Keep it Local Network",
        f"{council.official_name} has joined the Keep it Local Network, {MOVEMENT}.",
        " ".join(said),
        *_own_words(membership),
        _quote(membership),
        f"See the council’s page: {absolute('network:council', council.slug)}",
        f"Who endorsed what, and when: {absolute('network:endorsement', council.slug)}",
    ]
    return _text("news", "News for your website", "The first line is the title.", paragraphs)


def _notice(membership: Membership, at: datetime | None, said: Sequence[str]) -> Text:
    council = membership.council
    first = "Not for release: the announcement is on hold"
    if membership.announced_at:
        first = "For immediate release"
    elif at:
        first = f"Embargoed until {hour_in_words(at)}"
    names = Principle.objects.order_by("number").values_list("number", "name")
    paragraphs = [
        first,
        f"{council.official_name} joins the Keep it Local Network",
        f"{council.official_name} has joined the Keep it Local Network, {MOVEMENT}.",
        " ".join(said),
        _quote(membership),
        LOCAL_QUOTE,
        "Ends",
        "Notes for editors",
        "The six principles are: " + " ".join(f"({number}) {name}." for number, name in names),
        *(f"{fact} (Source: {source}.)" for fact, source in BACKGROUND[:3]),
        f"The public record of the endorsement: {absolute('network:endorsement', council.slug)}",
        f"Contact: {PRESS_OFFICE}",
    ]
    hint = "For journalists. Put it on the council’s own letterhead."
    return _text("notice", "Notice to the press", hint, paragraphs)


def _posts(membership: Membership, said: Sequence[str]) -> Iterator[Text]:
    council = membership.council
    page = absolute("network:council", council.slug)
    joined = f"{council.official_name} has joined the Keep it Local Network"
    short = [
        f"{joined}, {MOVEMENT}. {page}",
        f"{joined}, a movement of councils with six principles. {page}",
        f"{joined}. {page}",
        f"{council.name} has joined the Keep it Local Network. {page}",
    ]
    longer = [
        f"{joined}, {MOVEMENT}. {' '.join(said[:most])} See our page: {page}"
        for most in range(len(said), 0, -1)
    ]
    quote = _quote(membership).replace(QUOTE, "")  # a post without one is whole
    whole = f"{joined}, {MOVEMENT}. {' '.join(said)} {quote} See our page: {page}"
    wholes = [
        ("short", "Short post", "Fits X and Bluesky.", short, 280),
        ("medium", "Medium post", "Fits Mastodon.", [*longer, *short], 500),
        ("long", "Long post", "For LinkedIn and Facebook.", [whole, *longer, *short], 1300),
    ]
    for key, title, hint, choices, most in wholes:
        plain = [" ".join(choice.split()) for choice in choices]
        longest = next((choice for choice in plain if len(choice) <= most), plain[-1])
        yield _text(key, title, hint, [longest], most)


def _endorsed(membership: Membership) -> Iterator[str]:
    """Yield how the council endorsed, as the public record has it."""
    sign_up = membership.sign_up
    assert sign_up
    signed = [_signed(each) for each in sign_up.public_endorsements()]
    if signed:
        yield f"The council’s endorsement was signed by {', and '.join(signed)}."
    decision = sign_up.formal_decision if sign_up.needs_decision else None
    if decision and decision.decided_on:
        on = format_date(decision.decided_on, "j F Y")
        yield f"{decision.body_name} decided on {on} to endorse the six principles."


def _signed(signature: Endorsement) -> str:
    behalf = "someone on behalf of " if signature.assistant_name else ""
    return f"{behalf}{signature.name}, {signature.role}"


def _champions(membership: Membership) -> Iterator[str]:
    for champion in membership.published_champions():
        yield f"The {champion.get_kind_display().lower()} is {champion.name}, {champion.role}."


def _own_words(membership: Membership) -> Iterator[str]:
    """Yield what the council wrote, as far as it agreed to publish each part."""
    assert membership.sign_up
    words = record.own_words(membership.sign_up)
    yield words.profile
    if words.practices:
        yield "This is what the principles mean in practice here."
    for principle, text in words.practices:
        yield f"{principle.name}: {text}"
    yield words.conversation
    yield f"Who took part: {words.partners}" if words.partners else ""
    yield f"The outcome: {words.outcome}" if words.outcome else ""
    link = f" ({words.strategy_link})" if words.strategy_link else ""
    yield f"It is part of the council’s strategy: {words.strategy}{link}" if words.strategy else ""


def _quote(membership: Membership) -> str:
    assert membership.sign_up
    said, who = membership.sign_up.public_quote.strip(), membership.sign_up.quote_by
    return f"{who}{',' if ',' in who else ''} said: “{said}”" if said else QUOTE


def _text(key: str, title: str, hint: str, paragraphs: list[str], most: int = 0) -> Text:
    """Return a text without empty paragraphs, and without what a Word file cannot hold."""
    parts = [part.strip() for each in paragraphs for part in in_xml(each).split("\n\n")]
    return Text(key, title, hint, tuple(filter(None, parts)), most)
