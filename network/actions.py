"""What people do: each act is one function, all of it or nothing.

None sees a request; each writes its Events and puts its mails into the outbox in the
same transaction (DESIGN section 2).
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from network import emails, evidence
from network.choices import (
    ChampionKind,
    CollaboratorRole,
    Office,
    Precision,
    RequestStatus,
    SignUpStatus,
)
from network.models import (
    Champion,
    Collaborator,
    Council,
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
    Event,
    Membership,
    Refused,
    SignUp,
)
from network.models.endorsements import LINK_LASTS
from network.models.events import Actor
from portal.models import User
from portal.signals import public_changed

# Officers of partnered councils work for two; nobody signs up councils by the dozen.
OPEN_AT_ONCE = 3


class AlreadyUnderWay(Refused):
    """The council has an open sign-up."""


class PageChanged(Refused):
    """What the signatory read is no longer what would be signed."""


class TooMany(Refused):
    """This person leads as many open sign-ups as one may: each keeps others out."""


class AlreadyMember(Refused):
    """The council has a live membership."""


# ---- Joining ------------------------------------------------------------------------


def start_sign_up(council: Council, *, by: User) -> SignUp:
    """Begin a council's sign-up, led by `by`.

    Raises: AlreadyMember, AlreadyUnderWay, TooMany, or Refused for what is not choosable. Of two
    at the same moment, the database lets one through and this says so to the other.
    """
    if not Council.objects.choosable().filter(pk=council.pk).exists():
        raise Refused("Only a council that is in force can join.")
    if council.live_membership():
        raise AlreadyMember(f"{council.name} is a member already.")
    try:
        return _start(council, by)
    except IntegrityError as clash:
        if council.sign_ups.open().exists():
            raise AlreadyUnderWay(f"{council.name} has a sign-up under way.") from clash
        raise


@transaction.atomic
def _start(council: Council, by: User) -> SignUp:
    # One start at a time takes a number, so that references have neither gap nor twin.
    EndorsementWording.objects.select_for_update().order_by("version").first()
    if SignUp.objects.editable().visible_to(by).count() >= OPEN_AT_ONCE:
        raise TooMany(
            f"You have {OPEN_AT_ONCE} sign-ups under way. Send or withdraw one of them first."
        )
    reference = SignUp.objects.next_reference()
    sign_up = SignUp.objects.create(
        council=council,
        reference=reference,
        number=int(reference.rpartition("-")[2]),
        applicant_name=by.get_full_name()[:120],
        email_is_councils=evidence.is_of(by.email, council),
    )
    Collaborator.objects.create(sign_up=sign_up, user=by, role=CollaboratorRole.LEAD)
    Event.objects.record("sign_up.started", by=by, sign_up=sign_up)
    emails.sign_up_started(sign_up)
    return sign_up


@transaction.atomic
def save_about_you(sign_up: SignUp, *, by: User, name: str, job_title: str, phone: str) -> None:
    """Keep who is applying; every field may be empty in a draft. Raises: Refused."""
    sign_up = _locked_to_edit(sign_up)
    sign_up.applicant_name = name
    sign_up.applicant_job_title = job_title
    sign_up.applicant_phone = phone
    sign_up.save(update_fields=["applicant_name", "applicant_job_title", "applicant_phone"])
    Event.objects.record("sign_up.about_you", by=by, sign_up=sign_up)


@transaction.atomic
def save_champion(
    sign_up: SignUp,
    *,
    by: User,
    kind: ChampionKind,
    name: str,
    role: str,
    may_be_published: bool,
) -> Champion:
    """Keep who is to be champion; a draft may name nobody yet.

    Once the endorsers were asked, a champion has a name and a role, since these stand on
    the page that is signed; once somebody signed, they no longer change. Consent to be
    published always may. Raises: Refused.
    """
    sign_up = _locked_to_edit(sign_up)
    current = sign_up.champion_of(kind)
    asked = sign_up.status == SignUpStatus.AWAITING_ENDORSEMENT
    if asked and not (name and role):
        raise Refused("The endorsers read the champions’ names: enter a name and a role.")
    renamed = current is None or (current.name, current.role) != (name, role)
    if renamed and sign_up.endorsements.counting().exists():
        raise Refused(
            "Somebody has signed beside these champions’ names, so they no longer change here."
        )
    champion, _ = Champion.objects.update_or_create(
        sign_up=sign_up,
        kind=kind,
        until=None,
        defaults={"name": name, "role": role, "may_be_published": may_be_published},
    )
    Event.objects.record("sign_up.champions", by=by, sign_up=sign_up, why=str(kind.label))
    return champion


@transaction.atomic
def save_endorser(
    sign_up: SignUp, *, by: User, office: Office, name: str, role: str, email: str
) -> EndorsementRequest:
    """Keep who is to endorse in this office. Asks nobody: `ask_endorsers` does.

    Somebody else, or another address, replaces who was asked: the old link dies with its
    request. Raises: Refused when this office has signed.
    """
    sign_up = _locked_to_edit(sign_up)
    current = _unsigned_request(sign_up, office)
    details = {"name": name, "role": role, "email": email.lower()}
    if current and current.status == RequestStatus.NOT_SENT:
        EndorsementRequest.objects.filter(pk=current.pk).update(**details)
        current.refresh_from_db()
    elif current is None or any(getattr(current, f) != v for f, v in details.items()):
        if current is not None:
            current.move_to(RequestStatus.CANCELLED, by=by, why="Somebody else is asked")
        current = EndorsementRequest.objects.create(sign_up=sign_up, office=office, **details)
    Event.objects.record("sign_up.endorsers", by=by, sign_up=sign_up, why=str(office.label))
    return current


@transaction.atomic
def remove_endorser(sign_up: SignUp, *, by: User, office: Office) -> None:
    """Name nobody for this office; a link that is out dies. Raises: Refused when signed."""
    sign_up = _locked_to_edit(sign_up)
    if current := _unsigned_request(sign_up, office):
        current.move_to(RequestStatus.CANCELLED, by=by, why="Removed")


def _unsigned_request(sign_up: SignUp, office: Office) -> EndorsementRequest | None:
    current = sign_up.request_of(office)
    if current and current.status == RequestStatus.SIGNED:
        raise Refused(f"The {office.label.lower()} has signed already.")
    return current


@transaction.atomic
def ask_endorsers(sign_up: SignUp, *, by: User) -> None:
    """Pin the wording and send each office its own link.

    Raises: Refused while the applicant, champions or endorsers are not named, or the
    wording may not be sent yet.
    """
    sign_up = _locked_to_edit(sign_up)
    if missing := what_is_missing(sign_up, to_ask=True):
        raise Refused("Not ready to ask anybody yet: " + "; ".join(missing) + ".")
    wording = sign_up.wording or EndorsementWording.objects.newest()
    if not wording.may_be_sent:
        raise Refused(
            "The network has not approved its wording yet, so nobody can be asked to "
            "sign it. Your answers are saved."
        )
    if sign_up.wording_id is None:
        sign_up.wording = wording
        sign_up.save(update_fields=["wording"])
    for request in sign_up.current_requests():
        if request.is_to_be_asked:
            _send_link(request, by=by)
    if sign_up.status == SignUpStatus.DRAFT:
        sign_up.move_to(SignUpStatus.AWAITING_ENDORSEMENT, by=by)


def _send_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Move the generation on, so that older links die, and mail the new link."""
    now = timezone.now()
    request.generation += 1
    request.sent_at, request.link_ends_at = now, now + LINK_LASTS
    request.save(update_fields=["generation", "sent_at", "link_ends_at"])
    if request.status == RequestStatus.SENT:
        Event.objects.record(
            "endorsement_request.resent",
            by=by,
            sign_up=request.sign_up,
            endorsement_request=request,
        )
    else:
        request.move_to(RequestStatus.SENT, by=by)
    emails.endorsement_request(request)


@transaction.atomic
def send_new_link(request: EndorsementRequest, *, by: Actor) -> None:
    """Send a new link to the address on file; every older link dies.

    Raises: Refused when there is nothing left to sign.
    """
    request = _locked_request(request)
    if not request.may_be_renewed:
        raise Refused("There is nothing to sign any more.")
    _send_link(request, by=by)


@transaction.atomic
def endorse(request: EndorsementRequest, *, name: str, role: str, shown: str) -> Endorsement:
    """Sign, in the office that was asked, with the name that was typed.

    The signature binds to the wording's hash and to a snapshot of the page. `shown` is
    `SignUp.fingerprint` as it was on the page that was read.

    Raises: PageChanged when another page would be signed than was read; Refused for a
    second signature, or when it is no longer asked for.
    """
    request = _locked_request(request)
    sign_up = request.sign_up
    if request.status != RequestStatus.SENT or not sign_up.is_editable:
        raise Refused("This has been signed, or is no longer asked for.")
    if shown != sign_up.fingerprint:
        raise PageChanged("This page has changed since you opened it.")
    wording = sign_up.pinned_wording
    endorsement = Endorsement.objects.create(
        sign_up=sign_up,
        request=request,
        office=request.office,
        name=name,
        role=role,
        wording=wording,
        wording_hash=wording.hash,
        snapshot=sign_up.snapshot,
    )
    label = f"{Office(request.office).label.lower()}, by link"
    request.move_to(RequestStatus.SIGNED, by=label)
    emails.endorsement_signed(endorsement)
    return endorsement


@transaction.atomic
def expire_links(*, by: Actor = "tick") -> int:
    """Mark the requests whose link has ended. Returns how many."""
    ended = EndorsementRequest.objects.filter(
        status=RequestStatus.SENT, link_ends_at__lte=timezone.now()
    )
    requests = list(ended)
    for request in requests:
        request.move_to(RequestStatus.EXPIRED, by=by)
    return len(requests)


@transaction.atomic
def submit(sign_up: SignUp, *, by: User) -> bool:
    """Send the sign-up to the network; once. Returns False when it had been sent.

    Raises: Refused while something is missing.
    """
    sign_up = _locked(sign_up)
    if sign_up.submitted_at:
        return False
    if not sign_up.is_editable:
        raise Refused("This sign-up has ended.")
    if missing := what_is_missing(sign_up):
        raise Refused("Not ready yet: " + "; ".join(missing) + ".")
    sign_up.submitted_at = timezone.now()
    sign_up.save(update_fields=["submitted_at"])
    sign_up.move_to(SignUpStatus.SUBMITTED, by=by)
    emails.sign_up_submitted(sign_up)
    return True


def what_is_missing(sign_up: SignUp, *, to_ask: bool = False) -> list[str]:
    """What stands between this sign-up and the network, in words; empty when ready.

    With `to_ask`: what is missing before the endorsers may be asked.
    """
    checks = {
        "your name and job title": sign_up.about_you_is_done,
        "both champions": sign_up.champions_are_done,
        "who endorses": sign_up.endorsers_are_named(),
    }
    if not to_ask:
        checks["both signatures"] = sign_up.is_endorsed()
    return [what for what, done in checks.items() if not done]


@transaction.atomic
def withdraw(sign_up: SignUp, *, by: User, why: str = "") -> None:
    """End the sign-up at the council's wish; links that are out die. Raises: Refused."""
    sign_up = _locked(sign_up)
    if not sign_up.is_open:
        raise Refused("This sign-up has ended already.")
    for request in sign_up.current_requests():
        if request.can_move_to(RequestStatus.CANCELLED):
            request.move_to(RequestStatus.CANCELLED, by=by, why="Sign-up withdrawn")
    sign_up.move_to(SignUpStatus.WITHDRAWN, by=by, why=why)
    emails.sign_up_withdrawn(sign_up)


# ---- Reviewing ----------------------------------------------------------------------


@transaction.atomic
def take_on(sign_up: SignUp, *, by: User) -> None:
    """Begin the review, as its owner. Raises: InvalidMove."""
    sign_up.move_to(SignUpStatus.IN_REVIEW, by=by)
    sign_up.owner = by
    sign_up.save(update_fields=["owner"])


def accept(sign_up: SignUp, *, by: User, announce_on: date) -> Membership:
    """Accept: a membership is made, public from `announce_on` (today: at once).

    Raises: InvalidMove when it has been decided; AlreadyMember when the council has a
    live membership, also when another acceptance came first.
    """
    try:
        return _accept(sign_up, by, announce_on)
    except IntegrityError as clash:
        if sign_up.council.live_membership():
            raise AlreadyMember(f"{sign_up.council.name} is a member already.") from clash
        raise


@transaction.atomic
def _accept(sign_up: SignUp, by: User, announce_on: date) -> Membership:
    sign_up.move_to(SignUpStatus.ACCEPTED, by=by)
    sign_up.decided_at = timezone.now()
    sign_up.save(update_fields=["decided_at"])
    membership = Membership.objects.create(
        council=sign_up.council,
        sign_up=sign_up,
        announce_on=announce_on,
        joined_on=announce_on,
        joined_precision=Precision.DAY,
    )
    # They were named when the council sent its sign-up; nobody has said so since.
    named_on = timezone.localdate(sign_up.submitted_at)
    sign_up.champions.filter(until=None).update(membership=membership, since=named_on)
    Event.objects.record("membership.made", by=by, sign_up=sign_up, membership=membership)
    emails.sign_up_accepted(sign_up)
    if announce_on <= timezone.localdate():
        announce(membership, by=by)
    return membership


@transaction.atomic
def decline(sign_up: SignUp, *, by: User, reason: str) -> None:
    """Decline with a reason that the applicant reads. Raises: InvalidMove."""
    sign_up.move_to(SignUpStatus.DECLINED, by=by, why=reason)
    sign_up.decided_at = timezone.now()
    sign_up.decision_reason = reason
    sign_up.save(update_fields=["decided_at", "decision_reason"])
    emails.sign_up_declined(sign_up)


@transaction.atomic
def announce(membership: Membership, *, by: Actor) -> None:
    """Make a membership public, once."""
    made_public = Membership.objects.filter(pk=membership.pk, announced_at=None).update(
        announced_at=timezone.now()
    )
    if not made_public:
        return
    membership.refresh_from_db()
    Event.objects.record(
        "membership.announced",
        by=by,
        membership=membership,
        sign_up=membership.sign_up,
    )
    emails.membership_announced(membership)
    public_changed.send(sender=Council, instance=membership.council)


def announce_due(*, by: Actor = "tick") -> int:
    """Announce every membership whose date has come. Returns how many."""
    due = list(Membership.objects.due_for_announcement(timezone.localdate()))
    for membership in due:
        announce(membership, by=by)
    return len(due)


@transaction.atomic
def record_existing_membership(
    council: Council,
    *,
    by: Actor,
    joined_on: date | None,
    joined_precision: str,
    cohort: str = "",
    source_title: str = "",
    source_url: str = "",
    source_date: str = "",
    note: str = "",
) -> Membership:
    """Record a member of before this site: what a source says, no invented signature.

    Raises: AlreadyMember when the council has a live membership.
    """
    if council.live_membership():
        raise AlreadyMember(f"{council.name} is a member already.")
    membership = Membership.objects.create(
        council=council,
        joined_on=joined_on,
        joined_precision=joined_precision,
        cohort=cohort,
        source_title=source_title,
        source_url=source_url,
        source_date=source_date,
        note=note,
        announced_at=timezone.now(),
    )
    Event.objects.record("membership.recorded", by=by, membership=membership, why=source_title)
    public_changed.send(sender=Council, instance=council)
    return membership


@transaction.atomic
def approve_wording(wording: EndorsementWording, *, by: User, approved_by_name: str) -> None:
    """Record who approved a wording for the network: from now on it may be sent."""
    wording.approved_by_name = approved_by_name
    wording.approved_on = timezone.localdate()
    wording.save(update_fields=["approved_by_name", "approved_on"])
    Event.objects.record("wording.approved", by=by, wording=wording, why=approved_by_name)


# ---- Shared -------------------------------------------------------------------------


def _locked(sign_up: SignUp) -> SignUp:
    """The row, read again under a lock. Every act takes this lock first, so that two acts
    wait for one another instead of dying in a deadlock."""
    rows = SignUp.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=sign_up.pk)


def _locked_to_edit(sign_up: SignUp) -> SignUp:
    """The same, for what the council may still change. Raises: Refused."""
    sign_up = _locked(sign_up)
    if not sign_up.is_editable:
        raise Refused("This sign-up has been sent and can no longer be changed here.")
    return sign_up


def _locked_request(request: EndorsementRequest) -> EndorsementRequest:
    """The request, read again under its sign-up's lock."""
    sign_up = _locked(SignUp(pk=request.sign_up_id))
    request = EndorsementRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    request.sign_up = sign_up
    return request
