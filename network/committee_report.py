"""Draft committee reports, blank or filled in from a sign-up."""

import unicodedata
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import ChampionKind, ConversationStatus, Governance
from network.models import EndorsementWording, SignUp
from principles.models import Principle

EAST_SUSSEX = (
    "East Sussex County Council, report to the Lead Member for Resources and Climate Change, "
    "26 July 2022, with its appendix 2: https://democracy.eastsussex.gov.uk/documents/s44716/"
    "Keep%20it%20Local%20APPENDIX%202.html?CT=2"
)
# Facts about the network, each as stated in a source we have read, with that source's date.
BACKGROUND = [
    (
        "The Keep it Local Network for councils was announced in July 2019. Its six principles "
        "were worked out with councillors, commissioners and community leaders.",
        "LocalGov, “The power of the community”, 5 July 2019",
    ),
    (
        "11 councils were named on 3 March 2020 as the first to join.",
        "Locality, press release, 3 March 2020: "
        "https://locality.org.uk/press/trailblazer-councils-commit-to-keeping-it-local/",
    ),
    (
        "Locality has since named 17 councils.",
        "Locality, blog “Keep it Local: principle into practice” (our copy is "
        "undated): https://locality.org.uk/blog/keep-it-local-principle-into-practice/",
    ),
    (
        "On 26 July 2022 East Sussex County Council’s lead member was asked to agree to join, to "
        "sign an endorsement with the chief executive, to name two champions and to delegate "
        "the carrying out.",
        EAST_SUSSEX,
    ),
]


@dataclass(frozen=True)
class Grid:
    """A table with a heading row. The first cell of each row is its heading."""

    caption: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Section:
    """A heading and its content, in this order."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)
    bullets: list[str] = field(default_factory=list)
    grid: Grid | None = None
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A whole report. `about` says who wrote the text, and comes first."""

    title: str
    about: str
    facts: list[tuple[str, str]]
    sections: list[Section]


def blank_paper() -> Paper:
    """Return the report without a council, with prompts in brackets throughout."""
    return paper(None)


def paper(sign_up: SignUp | None) -> Paper:
    """Return the report for one sign-up, even an empty draft, or for none."""
    council = sign_up.council.official_name if sign_up else "[name of the council]"
    return Paper(
        title=f"{council}: joining the Keep it Local Network",
        about=(
            "This is a draft, made by the Keep it Local portal"
            f"{f' from application {sign_up.reference}' if sign_up else ''} on "
            f"{format_date(timezone.localdate(), 'j F Y')}. The words are the portal’s, not "
            "Locality’s. Answers from the application are exactly as the council’s officers "
            "entered them. Words in [square brackets] are for the author to fill in or remove. "
            "Change everything else as you see fit."
        ),
        facts=_facts(sign_up),
        sections=[
            _purpose(council),
            _recommendations(sign_up, council),
            _background(sign_up),
            _principles(sign_up),
            _champions(sign_up),
            _conversation(sign_up),
            _commitment(),
            _money(),
            _law(),
            _equality(),
            _alternatives(),
            _minute(sign_up, council),
            _wording(sign_up, council),
            _sources(),
        ],
    )


def _or(text: str, prompt: str) -> str:
    """Return the text without characters that Word files forbid, or a prompt in brackets."""
    shown = "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return shown.strip() or f"[{prompt}]"


def _facts(sign_up: SignUp | None) -> list[tuple[str, str]]:
    decision = getattr(sign_up, "decision", None) if sign_up else None
    name = sign_up.applicant_name if sign_up else ""
    job = sign_up.applicant_job_title if sign_up else ""
    day = format_date(decision.decided_on, "j F Y") if decision and decision.decided_on else ""
    return [
        ("Report to", _or(decision.body_name if decision else "", "cabinet, committee or member")),
        ("Date of the meeting", _or(day, "date")),
        ("Report of", _or("", "director or head of service")),
        ("Author", f"{_or(name, 'name')}, {_or(job, 'job title')}"),
        ("Wards affected", _or("", "all, or which")),
        ("Key decision", _or("", "yes or no: there is no fee to join, but check your own rules")),
    ]


def _purpose(council: str) -> Section:
    return Section(
        "Purpose of this report",
        [
            f"To ask for agreement that {council} joins the Keep it Local Network and endorses "
            "its six principles, so that more is done with, and through, local community "
            "organisations.",
            "[One or two sentences: why now, and which of the council’s own priorities it serves.]",
        ],
    )


def _names(sign_up: SignUp | None) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind, prompt in [
        (ChampionKind.POLITICAL, "name and role of the lead councillor"),
        (ChampionKind.OFFICER, "name and role of the senior officer"),
    ]:
        champion = sign_up.champion_of(kind) if sign_up else None
        parts = [champion.name, champion.role] if champion else []
        names[kind] = _or(", ".join(part for part in parts if part), prompt)
    return names


def _signs(sign_up: SignUp | None) -> bool:
    """Whether the council endorses by signatures, as far as is known."""
    return sign_up is None or sign_up.needs_signatures


def _leader(sign_up: SignUp | None) -> str:
    """Return the leader's title under this governance; a prompt in brackets if unclear."""
    known = {
        Governance.LEADER: "the leader of the council",
        Governance.MAYOR: "the elected mayor",
        Governance.COMMITTEES: "the leader of the council [or committee chair]",
    }
    asked = "the leader of the council [or elected mayor, or committee chair]"
    return (
        known.get(Governance(sign_up.governance), asked)
        if sign_up and sign_up.governance
        else asked
    )


def _recommendations(sign_up: SignUp | None, council: str) -> Section:
    names = _names(sign_up)
    signing = [
        f"agree that {_leader(sign_up)} and the chief executive [or head of paid service] sign "
        "the endorsement;"
    ]
    return Section(
        "Recommendations",
        ["The [cabinet / committee / lead member] is recommended to:"],
        numbered=[
            f"agree that {council} joins the Keep it Local Network and endorses its six "
            "principles, in the wording of the appendix;",
            *(signing if _signs(sign_up) else []),
            f"name {names[ChampionKind.POLITICAL]}, as councillor champion;",
            f"name {names[ChampionKind.OFFICER]}, as officer champion;",
            "delegate to [director], in consultation with [portfolio holder], the authority to do "
            "what carries this decision out.",
        ],
    )


def _background(sign_up: SignUp | None) -> Section:
    strategy = sign_up.strategy_title if sign_up else ""
    link = sign_up.strategy_link if sign_up else ""
    facts = [f"{fact} (Source: {source}.)" for fact, source in BACKGROUND]
    own = _or(strategy, "the council’s strategy or plan that this serves")
    return Section(
        "Background",
        [*facts, f"It serves this strategy of the council: {own}{f' ({link})' if link else ''}."],
        after=[_or(sign_up.profile if sign_up else "", "what the council does already")],
    )


def _principles(sign_up: SignUp | None) -> Section:
    said = {p.principle_id: p.text for p in sign_up.practices.all()} if sign_up else {}
    rows = [
        [f"{one.number}. {one.name}", _or(said.get(one.pk, ""), "what we do, and do next")]
        for one in Principle.objects.order_by("number")
    ]
    grid = Grid(
        "The six principles, and what each would mean here", ["Principle", "In practice here"], rows
    )
    return Section("The six principles", grid=grid)


def _champions(sign_up: SignUp | None) -> Section:
    names = _names(sign_up)
    rows = [
        [
            "Councillor champion",
            names[ChampionKind.POLITICAL],
            "Speaks up for it in cabinet or committee and in public, and helps when it is stuck.",
        ],
        [
            "Officer champion",
            names[ChampionKind.OFFICER],
            "Brings commissioning, procurement and finance together, and keeps the action list.",
        ],
    ]
    return Section(
        "Champions",
        ["We wrote these descriptions for the portal. Change them to fit the council."],
        grid=Grid("The 2 champions", ["Champion", "Who", "What they do"], rows),
    )


STANDS: dict[str, str] = {
    ConversationStatus.PLANNED: "is planned",
    ConversationStatus.HELD: "has been held",
    ConversationStatus.AGREED: "has been held, and a statement agreed",
}


def _conversation(sign_up: SignUp | None) -> Section:
    stands = STANDS.get(sign_up.conversation, "") if sign_up else ""
    if sign_up and stands and sign_up.conversation_on:
        stands += f" ({format_date(sign_up.conversation_on, 'j F Y')})"
    partners = _or(sign_up.conversation_partners if sign_up else "", "who takes part")
    outcome = _or(sign_up.conversation_outcome if sign_up else "", "the outcome, or when")
    return Section(
        "Conversation with the community",
        [
            "The council holds an open conversation with local people and groups about what the "
            f"principles mean here. It {_or(stands, 'is planned, or has been held')}.",
            f"With whom: {partners}",
            f"Outcome: {outcome}",
        ],
    )


def _commitment() -> Section:
    return Section(
        "What it commits the council to",
        bullets=[
            "endorsing the six principles in public;",
            "naming 2 champions, and naming others when they leave;",
            "an open conversation with the community;",
            "an honest look at current practice, with the network and other councils, and sharing "
            "what is learned.",
        ],
        after=["The wording says the endorsement does not create a legal duty. There is no fee."],
    )


def _money() -> Section:
    return Section(
        "Financial implications",
        [
            "There is no fee for joining. (Source: the appendix named under “Sources”, July 2022; "
            "the endorsement’s wording says the same.)",
            "[Officers’ time, and what the conversation with the community costs. To be agreed "
            "with the chief finance officer.]",
        ],
    )


def _law() -> Section:
    return Section(
        "Legal implications",
        [
            "[To be agreed with the monitoring officer: that this body may take the decision; that "
            "the endorsement binds the council to nothing in law; that procurement still follows "
            "procurement law and the council’s own contract rules.]"
        ],
    )


def _equality() -> Section:
    return Section(
        "Equality implications",
        [
            "[How the council has paid due regard to the public sector equality duty, section 149 "
            "of the Equality Act 2010: who gains, who might be left out, what will be watched.]"
        ],
    )


def _alternatives() -> Section:
    return Section(
        "Alternatives considered",
        ["[Not to join; to act on the principles without joining; to join later. Say why not.]"],
    )


def _minute(sign_up: SignUp | None, council: str) -> Section:
    names = _names(sign_up)
    resolved = [
        f"that {council} join the Keep it Local Network and endorse its six principles in the "
        "wording of the appendix",
        f"that {names[ChampionKind.POLITICAL]}, and {names[ChampionKind.OFFICER]}, be the "
        "council’s champions",
        "that authority be delegated to [director], in consultation with [portfolio holder], to "
        "carry the decision out",
    ]
    if _signs(sign_up):
        signing = f"that {_leader(sign_up)} and the chief executive sign the endorsement"
        resolved.insert(1, signing)
    parts = "; ".join(f"({number}) {part}" for number, part in enumerate(resolved, start=1))
    return Section(
        "Draft minute",
        [
            f"RESOLVED: {parts}.",
            "Reasons: [as in the report, or as the meeting gave them].",
            "Date from which the decision takes effect, after any call-in: [date].",
        ],
    )


def _wording(sign_up: SignUp | None, council: str) -> Section:
    pinned = sign_up.wording if sign_up else None
    wording = pinned or EndorsementWording.objects.newest()
    draft = "" if wording.is_approved else " It is a draft that the network has not approved yet."
    return Section(
        "Appendix: the wording that is endorsed",
        [
            f"Version {wording.version}.{draft}",
            *(part for part in wording.text_for(council).split("\n\n") if part.strip()),
        ],
    )


def _sources() -> Section:
    sources = list(dict.fromkeys(source for _, source in BACKGROUND))
    return Section(
        "Sources",
        bullets=[*sources, "[The council’s own background papers.]"],
    )
