"""Letters about who works on a sign-up or represents a member."""

from network import permissions
from network.choices import AccessStatus, InvitationStatus
from network.emails.recipients import about, managers, sign_up_row
from network.models import AccessRequest, Event, Invitation, Membership, SignUp
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.models import User


def invitation(row: Invitation) -> None:
    """To the colleague: the link. One mail a generation."""
    outbox.post(
        "network.invitation",
        to=row.email,
        event=f"invitation:{row.pk}:{row.generation}",
        invitation=row.pk,
        generation=row.generation,
    )


@outbox.mail("network.invitation")
def _write_invitation(invitation: int, generation: int) -> Letter | None:
    row = Invitation.objects.select_related("sign_up__council", "by").get(pk=invitation)
    if row.generation != generation or row.status != InvitationStatus.SENT:
        return None
    link = absolute("network:invited", row.token)
    return Letter("invitation", about(row.sign_up) | {"invitation": row, "link": link})


def invitation_accepted(row: Invitation, person: User) -> None:
    """To who invited them: they work on it now."""
    _tell_colleague("invitation_accepted", row.by, row.sign_up, person, row.pk)


@outbox.mail("network.invitation_accepted")
def _write_invitation_accepted(sign_up: int, person: int) -> Letter:
    return _about_a_person("invitation_accepted", sign_up, person)


def colleague_left(sign_up: SignUp, person: User, event: Event) -> None:
    """To the lead: somebody works on it no longer."""
    _tell_colleague("colleague_left", sign_up.lead(), sign_up, person, event.pk)


@outbox.mail("network.colleague_left")
def _write_colleague_left(sign_up: int, person: int) -> Letter:
    return _about_a_person("colleague_left", sign_up, person)


def colleague_removed(sign_up: SignUp, person: User, event: Event) -> None:
    """To who was removed."""
    _tell_colleague("colleague_removed", person, sign_up, person, event.pk)


@outbox.mail("network.colleague_removed")
def _write_colleague_removed(sign_up: int, person: int) -> Letter:
    letter = _about_a_person("colleague_removed", sign_up, person)
    letter.context["contact"] = absolute("wagtail_serve", "contact/")
    return letter


def lead_changed(sign_up: SignUp, lead: User, event: Event) -> None:
    """To who leads it from now on."""
    _tell_colleague("lead_changed", lead, sign_up, lead, event.pk)


@outbox.mail("network.lead_changed")
def _write_lead_changed(sign_up: int, person: int) -> Letter:
    return _about_a_person("lead_changed", sign_up, person)


def _tell_colleague(kind: str, whom: User, sign_up: SignUp, person: User, once: int) -> None:
    """One mail about a person on a sign-up; `once` is the row that makes it one."""
    outbox.post(
        f"network.{kind}",
        to=whom.email,
        event=f"{kind}:{once}",
        sign_up=sign_up.pk,
        person=person.pk,
    )


def _about_a_person(template: str, sign_up: int, person: int) -> Letter:
    context = about(sign_up_row(sign_up)) | {"person": User.objects.get(pk=person)}
    return Letter(template, context)


def access_asked(request: AccessRequest) -> None:
    """To the lead: somebody asks to be let in. To each manager where nobody leads."""
    if lead := permissions.lead_of(request):
        _ask_to_answer(request, lead, by_staff="")
    else:
        access_waits(request)


def access_waits(request: AccessRequest) -> None:
    """To each manager: theirs to answer, as nobody leads or whoever does has not answered."""
    for manager in managers().exclude(pk=request.user_id):
        _ask_to_answer(request, manager, by_staff="yes")


def _ask_to_answer(request: AccessRequest, person: User, *, by_staff: str) -> None:
    outbox.post(
        "network.access_asked",
        to=person.email,
        event=f"access_asked:{request.pk}:{person.pk}",
        request=request.pk,
        by_staff=by_staff,
    )


@outbox.mail("network.access_asked")
def _write_access_asked(request: int, by_staff: str) -> Letter | None:
    row = _access(request)
    if row.status != AccessStatus.OPEN:
        return None
    name = "network_access:request" if by_staff else "network:access"
    more = {
        "answer": absolute(name, row.pk),
        "waits": bool(by_staff and permissions.lead_of(row)),
    }
    return Letter("access_asked", _about_access(row) | more)


def access_granted(request: AccessRequest) -> None:
    """To who asked: let in."""
    _to_asker("access_granted", request)


@outbox.mail("network.access_granted")
def _write_access_granted(request: int) -> Letter:
    return Letter("access_granted", _about_access(_access(request)))


def access_refused(request: AccessRequest) -> None:
    """To who asked: not let in, in neutral words."""
    _to_asker("access_refused", request)


@outbox.mail("network.access_refused")
def _write_access_refused(request: int) -> Letter:
    contact = absolute("wagtail_serve", "contact/")
    return Letter("access_refused", _about_access(_access(request)) | {"contact": contact})


def access_closed(request: AccessRequest) -> None:
    """To who asked: the sign-up has ended, so nobody answers any more."""
    _to_asker("access_closed", request)


@outbox.mail("network.access_closed")
def _write_access_closed(request: int) -> Letter:
    join = absolute("network:join")
    return Letter("access_closed", _about_access(_access(request)) | {"join": join})


def _to_asker(kind: str, request: AccessRequest) -> None:
    outbox.post(
        f"network.{kind}", to=request.user.email, event=f"{kind}:{request.pk}", request=request.pk
    )


def _access(pk: int) -> AccessRequest:
    rows = AccessRequest.objects.select_related("sign_up__council", "membership__council", "user")
    return rows.get(pk=pk)


def _about_access(row: AccessRequest) -> dict[str, object]:
    return {"request": row, "council": row.council, "my": absolute("network:my")}


def member_lead_changed(membership: Membership, lead: User, event: Event) -> None:
    """To who leads for the member from now on."""
    _tell_representative("member_lead_changed", membership, lead, lead, event)


def member_lead_passed_on(membership: Membership, old: User, lead: User, event: Event) -> None:
    """To who led until now."""
    _tell_representative("member_lead_passed_on", membership, old, lead, event)


def _tell_representative(
    kind: str, membership: Membership, whom: User, lead: User, event: Event
) -> None:
    outbox.post(
        f"network.{kind}",
        to=whom.email,
        event=f"{kind}:{event.pk}",
        membership=membership.pk,
        lead=lead.pk,
    )


@outbox.mail("network.member_lead_changed")
def _write_member_lead_changed(membership: int, lead: int) -> Letter:
    return _about("member_lead_changed", membership, lead)


@outbox.mail("network.member_lead_passed_on")
def _write_member_lead_passed_on(membership: int, lead: int) -> Letter:
    return _about("member_lead_passed_on", membership, lead)


def _about(template: str, membership: int, lead: int) -> Letter:
    row = Membership.objects.select_related("council").get(pk=membership)
    context = {
        "council": row.council,
        "lead": User.objects.get(pk=lead),
        "people": absolute("network:representatives", row.council.slug),
        "contact": absolute("wagtail_serve", "contact/"),
    }
    return Letter(template, context)
