"""The matter that a trustee is asked to confirm: everything about it, in words, on one page.

No email address or phone number of people at the council is in it, because an emailed link can
be forwarded; only that of an officer whom the manager wants to invite, where this is the matter.
"""

import hashlib
import json
import re
from collections.abc import Callable

from django.utils import timezone
from django.utils.dateformat import format as format_date

from network import profile, task_list
from network.choices import SignUpTask
from network.forms.profiles import PART_FORMS
from network.models import (
    CheckIn,
    Endorsement,
    EndorsementWording,
    LaterEndorsement,
    Membership,
    ProfileChange,
    Removal,
    SignUp,
    TrusteeRequest,
    Withdrawal,
)
from network.readiness import Readiness, checks_of
from portal.models import User

Rows = list[tuple[str, str]]
Sections = list[tuple[str, Rows]]
# What holds addresses and phone numbers of officers, office holders and champions.
WITHOUT = {SignUpTask.ABOUT_YOU.label, SignUpTask.ENDORSERS.label, SignUpTask.CHAMPIONS.label}
OPTIONAL = " (optional)"  # which the council read, and a trustee need not
ADDRESS = re.compile(r"[^\s<>(),;]+@[^\s<>(),;]+")


def sections_of(request: TrusteeRequest) -> Sections:
    """Return titles with their rows: what would be done, and everything that it is about."""
    row = request.row
    about: Callable[..., Sections] = _ABOUT[type(row)]
    would = [("What would be done", request.title)]
    would += [(question, answer) for question, answer in request.said]
    return [("What you are asked to confirm", would), *about(row)]


def fingerprint_of(request: TrusteeRequest) -> str:
    """Return a hash of what the trustee reads: another one if anything of it has changed."""
    return hashlib.sha256(json.dumps(sections_of(request)).encode()).hexdigest()


def _who(person: User | None) -> str:
    """Return someone's name, and never their address."""
    return (person.get_full_name() if person else "") or "someone whose name we do not hold"


def _day(at) -> str:
    return format_date(timezone.localtime(at), "j F Y")


def _of_wording(wording: EndorsementWording) -> Sections:
    approval = [
        ("Approved for the network by", wording.approved_by_name),
        ("Where that is written", wording.approval_evidence),
        ("Recorded by", _who(wording.approval_recorded_by)),
        (
            "What follows",
            "Councils are asked to sign this text. An approval cannot be taken back.",
        ),
    ]
    return [
        ("The approval", approval),
        ("The wording", [("Text", wording.text_for("[name of the council]"))]),
    ]


def _of_removal(removal: Removal) -> Sections:
    rows = [
        ("Proposed by", f"{_who(removal.opened_by)}, on {_day(removal.opened_at)}"),
        ("Grounds", removal.grounds),
    ]
    if removal.told_how:
        rows.append(("How the council was told", removal.told_how))
    responses = removal.responses.select_related("by")
    rows += [(f"Response of {_who(each.by)}, {_day(each.at)}", each.text) for each in responses]
    if not responses:
        rows.append(("Response of the council", "None"))
    rows.append(
        ("What follows", "If the membership ends, it ends straight away. The council can appeal.")
    )
    return [("The proposal", rows), *_of_member(removal.membership)]


def _of_member(membership: Membership) -> Sections:
    rows = [("Council", membership.council.official_name)]
    if membership.announced_at:
        rows.append(("Member", membership.since_text))
    else:
        rows.append(("Announcement", membership.announcement_text))
    if lead := membership.lead():
        rows.append(("Lead contact", _who(lead)))
    return [("The council", rows)]


def _of_sign_up(sign_up: SignUp) -> Sections:
    who = f"{sign_up.applicant_name}, {sign_up.applicant_job_title}".strip(", ")
    rows = [("Reference", sign_up.reference), ("Applicant", who)]
    rows += [(each.get_office_display(), _signed(each)) for each in sign_up.counting_endorsements()]
    rows += [
        (each.get_kind_display(), f"{each.name}, {each.role}")
        for each in sign_up.current_champions()
    ]
    checks = checks_of(Readiness(sign_up))
    met = [(question, "Yes" if is_met else "No") for question, is_met in checks.items()]
    answers = [
        (
            title,
            [
                (row.key.removesuffix(OPTIONAL), ADDRESS.sub("(email address)", str(row.value)))
                for row in rows
            ],
        )
        for title, rows in task_list.answers(sign_up)
        if title not in WITHOUT
    ]
    return [("The application", rows), ("Checks", met), *answers]


def _signed(signature: Endorsement | LaterEndorsement) -> str:
    words = f"{signature.name}, {signature.role}, signed on {_day(signature.signed_at)}"
    if isinstance(signature, Endorsement) and signature.assistant_name:
        words += f". Filled in by {signature.assistant_name}: {signature.agreed_how}"
    if signature.is_disputed:
        words += ". Someone has reported: this was not me"
    return words


def _of_signature(signature: Endorsement | LaterEndorsement) -> Sections:
    asked = f"{signature.asked.name}, {signature.asked.role}"
    rows = [
        ("Role", signature.get_office_display()),
        ("Asked", asked),
        ("Signature", _signed(signature)),
        ("Wording", f"Version {signature.wording.version}"),
    ]
    return [("The signature", rows)]


def _of_withdrawal(withdrawal: Withdrawal) -> Sections:
    rows = [
        ("Asked by", f"{_who(withdrawal.asked_by)}, on {_day(withdrawal.asked_at)}"),
        ("Leaving from", format_date(withdrawal.effective_on, "j F Y")),
    ]
    if withdrawal.by_decision:
        rows.append(("Published decision", withdrawal.decision_url))
    else:
        rows.append((withdrawal.office_name, f"{withdrawal.name}, {withdrawal.role}"))
    rows.append(("The council’s statement", withdrawal.statement or "None"))
    return [("The request to leave", rows), *_of_member(withdrawal.membership)]


def _of_profile(change: ProfileChange) -> Sections:
    form = PART_FORMS[change.part](answers=change.answers)
    public = profile.answers_now(change.membership, change.part)
    both = form.side_by_side(public, change.answers)
    rows = [
        (question, f"Public now: {was or 'nothing'}\n\nSent: {sent or 'nothing'}")
        for question, was, sent in both
    ]
    return [(f"The change: {change.get_part_display()}", rows)]


def _of_check_in(check_in: CheckIn) -> Sections:
    rows = [("Answer wanted by", format_date(check_in.answer_by, "j F Y"))]
    rows += [
        (str(each.principle), each.text) for each in check_in.lines.select_related("principle")
    ]
    return [("The check-in", rows), *_of_member(check_in.membership)]


_ABOUT: dict[type, Callable[..., Sections]] = {
    EndorsementWording: _of_wording,
    Removal: _of_removal,
    Membership: _of_member,
    SignUp: _of_sign_up,
    Endorsement: _of_signature,
    LaterEndorsement: _of_signature,
    Withdrawal: _of_withdrawal,
    ProfileChange: _of_profile,
    CheckIn: _of_check_in,
}
