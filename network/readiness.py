"""Readiness of a sign-up: what is missing, what prevents acceptance, and who must act."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.core.checks import CheckMessage, Error
from django.db import models
from django.utils.dateformat import format as date_format
from rapidfuzz import process
from rapidfuzz.distance import OSA

from councils import lookup
from councils.models import Council
from network import permissions
from network.choices import (
    ChampionKind,
    EmailEvidence,
    Office,
    RequestStatus,
    SignUpStatus,
    SignUpTask,
)
from network.models import EndorsementRequest, EndorsementWording, SignUp

UNAPPROVED = (
    "The network has not approved its wording yet, so no one can be asked to sign it. "
    "Your answers are saved."
)


# Not part of a name, when what someone signed is compared with the name that was given for them.
_TITLES = {"cllr", "councillor", "dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "rev"}
_TITLES |= {"sir", "dame", "lord", "lady", "baron", "baroness", "alderman", "the", "hon", "rt"}


class Gap(models.TextChoices):
    """Something the council must add before its next step, in words for the council."""

    ABOUT_YOU = "about_you", "your name and job title"
    CHAMPIONS = "champions", "both champions"
    ENDORSERS = "endorsers", "the names of the people who sign"
    ROUTE = "route", "signatures as how your council will endorse"
    SIGNATURES = "signatures", "both signatures"
    DECISION = "decision", "the formal decision"


class LeftOut(models.TextChoices):
    """Something a council can send its sign-up without, and has to say so, in words it reads."""

    PROFILE = "profile", "a text about the council that we can publish"
    CONVERSATION = "conversation", "your plan for the community conversation"
    CHAMPION = "champion", "a champion who agrees to be named in public"


# Required before sending. Gaps in other tasks only keep text off the public page.
# Each value equals a Gap's.
IN_THE_WAY = {SignUpTask.ABOUT_YOU, SignUpTask.CHAMPIONS, SignUpTask.DECISION}


class Obstacle(models.TextChoices):
    """A reason why staff cannot accept a sign-up now, in a sentence for them."""

    ABOLISHED = "abolished", "The council no longer exists, or does not exist yet."
    STRANGER = "stranger", "No one has checked that the applicant works for the council."
    UNAPPROVED = "unapproved", "The network has not approved the wording."
    UNSIGNED = "unsigned", "A signature for the current wording is missing."
    DOUBTED = "doubted", "A signature is in doubt."  # `reasons` says which, and why
    UNDECIDED = "undecided", "The formal decision about the current wording is incomplete."
    UNCONFIRMED = "unconfirmed", "No manager has confirmed the formal decision."
    TO_COME = (
        "to_come",
        "The formal decision has not taken effect, or its call-in has not ended.",
    )


class State(models.TextChoices):
    """Statuses of one role's signature, in more detail than a request's."""

    NOBODY = "nobody", "No one named yet"
    OVER = "over", "No longer asked"
    NOT_ASKED = RequestStatus.NOT_SENT.value, "Not asked yet"
    WAITING = RequestStatus.SENT.value, "Waiting for the {office}"
    BOUNCED = "bounced", "Email could not be delivered"
    ENDED = RequestStatus.EXPIRED.value, "Link expired"
    SIGNED = RequestStatus.SIGNED.value, "Signed"
    QUESTIONED = "questioned", "Signature in question"
    DECLINED = RequestStatus.DECLINED.value, "Does not want to endorse for now"
    WRONG_PERSON = RequestStatus.WRONG_PERSON.value, "Says someone else should sign"


@dataclass(frozen=True)
class Signature:
    """One role's signature: who was asked, and the result."""

    office: Office
    called: str
    state: State
    request: EndorsementRequest | None

    @property
    def status(self) -> str:
        """Status in words."""
        return self.state.label.format(office=self.called.lower())

    @property
    def tone(self) -> str:
        """Colour of the status. Signed and ended ones are neutral, because no one has to act."""
        if self.state in {State.SIGNED, State.OVER}:
            return ""
        return "problem" if self.state in {State.BOUNCED, State.QUESTIONED} else "attention"


FREE_MAIL = frozenset(
    f"{provider}.{ending}"
    for ending, providers in {
        "com": "gmail googlemail outlook hotmail live msn yahoo ymail aol icloud me mac btinternet "
        "sky ntlworld virginmedia protonmail gmx mail",
        "co.uk": "outlook hotmail live yahoo gmx blueyonder",
        "net": "talktalk",
        "me": "proton",
    }.items()
    for provider in providers.split()
)
LIKE_ONE = 0.8  # of 1: "lancastr.gov.uk" is 0.94 like "lancaster.gov.uk"


def doubt_about_address(email: str, sign_up: SignUp) -> str:
    """Return why an endorser's address may be wrong, in a sentence; "" if it looks right."""
    council, domain = sign_up.council, lookup.domain_of(email)
    if email.casefold() in permissions.addresses_of_workers(sign_up):
        return f"{email} is the address of someone who works on this application."
    if lookup.is_of(email, council):
        return ""
    if domain in FREE_MAIL:
        return f"{email} is a personal address, not an address of {council.official_name}."
    known = [each.domain for each in council.domains.all()]
    if not known:
        return ""
    near = process.extractOne(
        domain, known, scorer=OSA.normalized_similarity, score_cutoff=LIKE_ONE
    )
    meant = f" Did you mean {email.rpartition('@')[0]}@{near[0]}?" if near else ""
    return f"We do not recognise {email} as an address of {council.official_name}.{meant}"


def state_of(request: EndorsementRequest) -> State:
    """Return the status of a request in force."""
    if request.status == RequestStatus.SIGNED and request.endorsement.is_disputed:
        return State.QUESTIONED
    if request.status == RequestStatus.SENT and request.bounced_at:
        return State.BOUNCED
    if request.status == RequestStatus.SENT and request.link_has_ended:
        return State.ENDED
    return State(request.status)


class Readiness:
    """Facts about one sign-up, each computed once.

    Reads the sign-up's champions, requests with their endorsements, and decision. Prefetch them.
    """

    def __init__(self, sign_up: SignUp):
        self.sign_up = sign_up

    @cached_property
    def unsigned(self) -> bool:
        """Whether a role has to sign, or sign again."""
        return self.sign_up.needs_signatures and not self.sign_up.is_signed()

    @cached_property
    def undecided(self) -> bool:
        """Whether a formal decision is needed but incomplete, or is about another wording."""
        return self.sign_up.needs_decision and not self.sign_up.is_decided()

    @cached_property
    def gaps(self) -> list[Gap]:
        """Everything the council has not added yet."""
        sign_up = self.sign_up
        return _which(
            {
                Gap.ABOUT_YOU: self.missing(SignUpTask.ABOUT_YOU),
                Gap.CHAMPIONS: self.missing(SignUpTask.CHAMPIONS),
                Gap.ENDORSERS: sign_up.needs_signatures and not sign_up.endorsers_are_named(),
                Gap.ROUTE: not sign_up.needs_signatures,
                Gap.SIGNATURES: self.unsigned,
                Gap.DECISION: self.undecided,
            }
        )

    @property
    def before_asking(self) -> list[Gap]:
        """Gaps to fill before endorsers can be asked."""
        return [gap for gap in self.gaps if gap not in {Gap.SIGNATURES, Gap.DECISION}]

    @property
    def before_sending(self) -> list[Gap]:
        """Gaps to fill before the sign-up can be sent."""
        return [gap for gap in self.gaps if gap != Gap.ROUTE]

    @property
    def left_out(self) -> list[LeftOut]:
        """What joining is about and this sign-up says nothing of, or keeps from the public.

        It can be sent without: a place may have to wait, and a name is its owner's to publish.
        """
        sign_up = self.sign_up
        return _which(
            {
                LeftOut.PROFILE: not sign_up.public_profile,
                LeftOut.CONVERSATION: not sign_up.conversation,
                LeftOut.CHAMPION: not any(
                    champion.may_be_published for champion in sign_up.current_champions()
                ),
            }
        )

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """Obstacles to accepting the sign-up now."""
        sign_up, wording = self.sign_up, self.sign_up.wording
        decision = sign_up.formal_decision if sign_up.needs_decision else None
        decision = None if self.undecided else decision
        return _which(
            {
                Obstacle.ABOLISHED: sign_up.council.is_abolished,
                Obstacle.STRANGER: sign_up.email_evidence == EmailEvidence.UNKNOWN,
                Obstacle.UNAPPROVED: wording is None or not wording.may_be_sent,
                Obstacle.UNSIGNED: self.unsigned,
                # Include signatures that the council's way of endorsing does not require.
                Obstacle.DOUBTED: self.doubts,
                Obstacle.UNDECIDED: self.undecided,
                Obstacle.UNCONFIRMED: decision and not decision.confirmed_at,
                Obstacle.TO_COME: decision and not decision.has_taken_effect(),
            }
        )

    @cached_property
    def doubts(self) -> list[str]:
        """Reasons why staff cannot rely on the signatures that count, in sentences."""
        return self.sign_up.doubts_about_signatures()

    @cached_property
    def address_doubts(self) -> dict[EndorsementRequest, str]:
        """Why the addresses of those who are asked may be wrong, in sentences."""
        doubts = {
            request: doubt_about_address(request.email, self.sign_up)
            for request in self.sign_up.current_requests()
        }
        return {request: doubt for request, doubt in doubts.items() if doubt}

    @property
    def unconfirmed_addresses(self) -> dict[EndorsementRequest, str]:
        """Those of people who are still to be asked, unless the council said they are right."""
        return {
            request: doubt
            for request, doubt in self.address_doubts.items()
            if request.is_to_be_asked and not request.address_was_confirmed
        }

    @property
    def reasons(self) -> list[str]:
        """Obstacles in sentences for staff."""
        told = [self.doubts if o == Obstacle.DOUBTED else [str(o.label)] for o in self.obstacles]
        return [sentence for sentences in told for sentence in sentences]

    def missing(self, task: SignUpTask) -> dict[str, str]:
        """Return what a task lacks, in words by field name of its form."""
        sign_up = self.sign_up
        asked: dict[str, tuple[object, str]] = {}
        if task == SignUpTask.ABOUT_YOU:
            asked["name"] = sign_up.applicant_name, "Enter your name"
            asked["job_title"] = sign_up.applicant_job_title, "Enter your job title"
        elif task == SignUpTask.CHAMPIONS:
            named = {champion.kind: champion for champion in sign_up.current_champions()}
            for kind in ChampionKind:
                for field in ("name", "role"):
                    words = f"Enter the {kind.label.lower()}’s {field}"
                    asked[f"{kind}_{field}"] = getattr(named.get(kind), field, ""), words
        elif task == SignUpTask.PUBLICITY:
            if sign_up.quote:
                asked["quote_by"] = sign_up.quote_by, "Enter the name and role of the person quoted"
                words = "Enter who approved the quotation"
                asked["quote_approved_by"] = sign_up.quote_approved_by, words
            if sign_up.logo_may_be_published:
                words = "Enter who owns the logo, and that the network can show it"
                asked["logo_rights"] = sign_up.logo_rights, words
        elif task == SignUpTask.DECISION:
            return _missing_of_decision(sign_up)
        return {name: words for name, (answer, words) in asked.items() if not answer}

    @cached_property
    def signatures(self) -> list[Signature]:
        """Signature of each role, leader first."""
        sign_up = self.sign_up
        requests = {request.office: request for request in sign_up.current_requests()}
        nobody = State.NOBODY if sign_up.may_be_signed else State.OVER
        return [
            Signature(
                office, sign_up.office_name(office), state_of(asked) if asked else nobody, asked
            )
            for office in Office
            for asked in [requests.get(office)]
        ]

    @property
    def next_action(self) -> str:
        """Next step and whose turn it is, in words for staff."""
        sign_up = self.sign_up
        if sign_up.may_be_signed and (words := self._endorsing()):
            return words
        decision = sign_up.formal_decision if sign_up.needs_decision else None
        if sign_up.status == SignUpStatus.IN_REVIEW and decision and not decision.confirmed_at:
            return "Us: confirm the formal decision"
        if sign_up.status == SignUpStatus.IN_REVIEW and decision and decision.is_to_come:
            return f"Wait: the decision takes effect on {date_format(decision.holds_from, 'j F Y')}"
        return NEXT.get(SignUpStatus(sign_up.status), "Nothing")

    def _endorsing(self) -> str:
        """Return what the endorsement waits for, once someone was asked; "" if nothing."""
        sign_up = self.sign_up
        if waiting := [r.get_office_display().lower() for r in sign_up.waiting_for()]:
            return f"The council: waiting for the {' and the '.join(waiting)} to sign"
        if sign_up.status in {SignUpStatus.DRAFT, SignUpStatus.CHANGES_REQUESTED}:
            return ""
        if self.unsigned:
            return "The council: a signature is missing"
        if self.undecided and sign_up.is_editable:
            return "The council: enter the formal decision in full"
        if self.undecided:
            return "The council: confirm that the decision covers the current wording"
        given = [each for each in sign_up.counted_signatures() if not each.confirmed_at]
        if any(sign_up.was_decided_before(each) for each in given):
            return "Us: confirm the new signature"
        return ""


NEXT = {
    SignUpStatus.DRAFT: "The council: fill in the tasks",
    SignUpStatus.AWAITING_ENDORSEMENT: "The council: check and send",
    SignUpStatus.SUBMITTED: "Us: start the review",
    SignUpStatus.IN_REVIEW: "Us: decide",
    SignUpStatus.CHANGES_REQUESTED: "The council: make the changes",
}
DECISION = {
    "body": "Select who decided",
    "body_name": "Enter what the minutes call it",
    "decided_on": "Enter the date it was decided",
    "takes_effect_on": "Enter the date it takes effect",
    "minute_reference": "Enter the minute or decision number",
    "wording_matches": "Confirm that the council decided on the wording below",
}


def _missing_of_decision(sign_up: SignUp) -> dict[str, str]:
    decision = sign_up.formal_decision
    missing = {name: words for name, words in DECISION.items() if not getattr(decision, name, "")}
    if decision and decision.wording_matches and decision.wording_id != sign_up.wording_id:
        missing["wording_matches"] = "Check that the decision covers the wording as it is now"
    elif "wording_matches" in missing:
        wording = sign_up.wording or EndorsementWording.objects.newest()
        if not wording.may_be_sent:
            missing["wording_matches"] = (
                "The network has not approved its wording yet. Come back later to confirm that "
                "the council decided on it"
            )
    return missing


def _which(facts: dict) -> list:
    return [fact for fact, is_so in facts.items() if is_so]


def in_words(gaps: Iterable[Gap | LeftOut]) -> str:
    """Return the gaps as part of a sentence."""
    return "; ".join(str(gap.label) for gap in gaps)


def checks_of(facts: Readiness) -> dict[str, bool]:
    """Return what staff would look up by hand: each check, and whether it is met."""
    sign_up, wording = facts.sign_up, facts.sign_up.wording
    if sign_up.email_evidence == EmailEvidence.CALLED_BACK:
        checks = {"Staff called the council, and the applicant works there": True}
    else:
        question = "The applicant’s email address is on one of the council’s domains"
        checks = {question: sign_up.email_is_councils}
    checks["The council exists today"] = Obstacle.ABOLISHED not in facts.obstacles
    checks["The network has approved the wording"] = bool(wording and wording.is_approved)
    if sign_up.needs_signatures:
        checks |= _checks_of_signing(facts)
    if sign_up.needs_decision:
        decision = sign_up.formal_decision
        checks |= {
            "The formal decision is complete and about this wording": not facts.undecided,
            "The published decision has a web address": bool(decision and decision.link),
            "A manager has confirmed the decision": bool(decision and decision.confirmed_at),
            "The decision has taken effect, and no call-in is open": bool(
                decision and decision.has_taken_effect()
            ),
        }
    return checks


def _is_same_person(signed: str, asked: str) -> bool:
    """Whether two names differ only in titles, capitals and spaces: "Cllr Lee Patel"."""
    one, other = (
        [word for word in name.casefold().replace(".", " ").split() if word not in _TITLES]
        for name in (signed, asked)
    )
    return one == other


def _checks_of_signing(facts: Readiness) -> dict[str, bool]:
    sign_up, signed = facts.sign_up, facts.sign_up.counted_signatures()
    asked = {request.email for request in sign_up.current_requests()}
    workers = permissions.addresses_of_workers(sign_up)
    checks = {
        "The 2 people who sign have different email addresses (one mailbox for both is allowed, "
        "but call the council)": len(asked) == len(Office),
        "Both email addresses are on the council’s domains": all(
            lookup.is_of(address, sign_up.council) for address in asked
        ),
        "Neither email address belongs to someone who worked on this application": (
            workers.isdisjoint(address.casefold() for address in asked)
        ),
        "Both have signed, and both signatures count": not facts.unsigned,
        "Both signed with the name and role we asked for": all(
            _is_same_person(e.name, e.request.name)
            and e.role.casefold() == e.request.role.casefold()
            for e in signed
        ),
        "No one has reported a signature as not theirs": not any(e.is_disputed for e in signed),
    }
    for request, doubt in facts.address_doubts.items():
        said = " The officer confirmed that it is correct." if request.address_was_confirmed else ""
        checks[f"{request.get_office_display()}: {doubt}{said}"] = False
    if any(e.assistant_name for e in signed):
        confirmed = not any(e.needs_confirming for e in signed)
        checks["Signatures filled in by an assistant have been confirmed"] = confirmed
    return checks


def look_at_joining() -> list[CheckMessage]:
    """What stops every council from joining, for `manage.py check_site`."""
    found: list[CheckMessage] = []
    if not EndorsementWording.objects.newest().may_be_sent:
        found.append(
            Error(
                "The endorsement wording is not approved, so no one can be asked to sign it.",
                hint="In the admin under Wordings, record who approved it and where that is "
                "written. A second manager confirms it, or a trustee if there is none.",
                id="site.E080",
            )
        )
    if Council.objects.filter(is_demonstration=True).exists():
        found.append(
            Error(
                "The database holds invented councils of the demonstration.",
                hint="seed_demo is not for production. Begin again with an empty database.",
                id="site.E081",
            )
        )
    return found
