"""What the admin's catalogue shows of each mail: invented people, rows that are never saved."""

from datetime import timedelta

from django.utils import timezone

from councils.models import Council
from network.choices import ChampionKind, Office, Route
from network.emails.recipients import about
from network.models import (
    Champion,
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
    Event,
    Membership,
    SignUp,
)
from network.task_list import Answer
from portal.links import absolute
from portal.mail import outbox
from portal.mail.outbox import SAMPLE_TOKEN, Letter

APPLICANT, MANAGERS = "The applicant", "Each network manager"
OFFICE_HOLDER = "The leader or the chief executive"


def _wording() -> EndorsementWording:
    return EndorsementWording(version=1, text="On behalf of {council}, we endorse the principles.")


def _sign_up() -> SignUp:
    council = Council(
        name="Sampleford", official_name="Sampleford Borough Council", slug="sampleford"
    )
    return SignUp(
        council=council,
        reference="KIL-2000-0000",
        wording=_wording(),
        route=Route.BOTH,
        applicant_name="Sam Sample",
        applicant_job_title="Head of Communities",
        decision_reason="The council is asked to hold its community conversation first.",
    )


def _request(**changes: object) -> EndorsementRequest:
    now = timezone.now()
    return EndorsementRequest(
        sign_up=_sign_up(),
        office=Office.LEADER,
        name="Cllr Lee Sample",
        role="Leader of the Council",
        email="leader@sampleford.example",
        sent_at=now,
        link_ends_at=now + timedelta(days=30),
        **changes,
    )


def _champions() -> list[Champion]:
    return [
        Champion(
            kind=ChampionKind.POLITICAL,
            name="Cllr Chris Sample",
            role="Cabinet Member for Communities",
        ),
        Champion(
            kind=ChampionKind.OFFICER, name="Pat Sample", role="Director of Adult Social Care"
        ),
    ]


def sample_endorsement(**changes: object) -> Endorsement:
    request = _request()
    champions = [
        {"kind": c.get_kind_display(), "name": c.name, "role": c.role} for c in _champions()
    ]
    return Endorsement(
        sign_up=request.sign_up,
        request=request,
        office=Office.LEADER,
        name=request.name,
        role=request.role,
        wording=_wording(),
        signed_at=timezone.now(),
        snapshot={
            "draft": True,
            "council": request.sign_up.council.official_name,
            "route": Route.BOTH.label,
            "champions": champions,
        },
        **changes,
    )


def _link(view: str) -> str:
    return absolute(f"network:{view}", SAMPLE_TOKEN)


def plain(template: str, **more: object) -> Letter:
    return Letter(template, about(_sign_up()) | more)


def _of_request(template: str, row: EndorsementRequest, **more: object) -> Letter:
    more |= {
        "request": row,
        "office": row.get_office_display().lower(),
        "sign_off": absolute("network:sign_up_sign_off", row.sign_up.reference),
    }
    return Letter(template, about(row.sign_up) | more)


def _of_signature(template: str, row: Endorsement, **more: object) -> Letter:
    return _of_request(template, row.request, endorsement=row, **more)


def _asking(template: str) -> Letter:
    row = _request(message="We would be glad to have your support before the summer.")
    more = {"link": _link("endorse"), "wording": row.sign_up.wording, "before": None}
    return _of_request(template, row, signed_before=None, **more)


# ---- To the council's officers -----------------------------------------------------------
@outbox.sample("network.sign_up_started", "Started: the way back in", to=APPLICANT)
def _started() -> Letter:
    return plain("sign_up_started")


@outbox.sample("network.sign_up_submitted", "Sent: we have it", to=APPLICANT)
def _submitted() -> Letter:
    sections = [
        ("About you", [Answer("Your name", "Sam Sample")]),
        ("Champions", [Answer(c.get_kind_display(), f"{c.name}, {c.role}") for c in _champions()]),
    ]
    return plain("sign_up_submitted", sections=sections)


@outbox.sample("network.sign_up_withdrawn", "Withdrawn", to=APPLICANT)
def _withdrawn() -> Letter:
    return plain(
        "sign_up_withdrawn", reason="We wait for the election.", join=absolute("network:join")
    )


@outbox.sample("network.sign_up_accepted", "Accepted", to=APPLICANT)
def _accepted() -> Letter:
    day = timezone.localdate() + timedelta(days=7)
    return plain("sign_up_accepted", membership=Membership(announce_on=day))


@outbox.sample("network.announcement_moved", "The announcement has moved", to=APPLICANT)
def _announcement_moved() -> Letter:
    day = timezone.localdate() + timedelta(days=14)
    why = "The leader asked us to wait until the council has met."
    return plain("announcement_moved", membership=Membership(announce_on=day), why=why)


@outbox.sample("network.announcement_waits", "An announcement waits for us", to=MANAGERS)
def _announcement_waits() -> Letter:
    doubts = ["The council’s way of endorsing is not complete."]
    return plain("announcement_waits", doubts=doubts, review=_review())


@outbox.sample("network.sign_up_declined", "Not accepted, and why", to=APPLICANT)
def _declined() -> Letter:
    return plain("sign_up_declined", join=absolute("network:join"))


@outbox.sample("network.membership_announced", "Announced: public now", to=APPLICANT)
def _announced() -> Letter:
    return plain("membership_announced", profile=absolute("network:council", "sampleford"))


@outbox.sample("network.endorsement_signed", "Somebody has signed", to=APPLICANT)
def _signed() -> Letter:
    return _of_signature("endorsement_signed", sample_endorsement(), waiting=["chief executive"])


@outbox.sample("network.endorsement_refused", "Somebody said no, or “not me”", to=APPLICANT)
def _refused() -> Letter:
    row = _request(answer_why="We would like to see the costs of our own time first.")
    return _of_request("endorsement_refused", row, is_no=True)


@outbox.sample("network.endorsement_waiting", "Still no answer", to=APPLICANT)
def _waiting() -> Letter:
    return _of_request("endorsement_waiting", _request())


@outbox.sample("network.endorsement_expired", "A link has ended unanswered", to=APPLICANT)
def _expired() -> Letter:
    return _of_request("endorsement_expired", _request())


@outbox.sample("network.endorsement_bounced", "A mail came back", to=APPLICANT)
def _bounced() -> Letter:
    return _of_request("endorsement_bounced", _request())


@outbox.sample("network.signature_questioned", "A signature is in question", to=APPLICANT)
def _questioned() -> Letter:
    return _of_signature("signature_questioned", sample_endorsement())


@outbox.sample("network.signature_struck_out", "A signature was struck out", to=APPLICANT)
def _struck_out() -> Letter:
    row = sample_endorsement(struck_out_why="It was given by mistake.")
    return _of_signature("signature_struck_out", row)


@outbox.sample("network.wording_moved", "Another wording is signed", to=APPLICANT)
def _wording_moved() -> Letter:
    event = Event(why="The network has approved another wording.")
    return plain("wording_moved", asked=[_request()], event=event)


# ---- To those who sign -------------------------------------------------------------------
@outbox.sample("network.endorsement_request", "Asked to endorse", to=OFFICE_HOLDER)
def _asked() -> Letter:
    return _asking("endorsement_request")


@outbox.sample("network.endorsement_chaser", "Reminded to endorse", to=OFFICE_HOLDER)
def _chased() -> Letter:
    return _asking("endorsement_chaser")


@outbox.sample("network.endorsement_copy", "A copy of what was signed", to=OFFICE_HOLDER)
def _copy() -> Letter:
    row = sample_endorsement()
    return _of_signature(
        "endorsement_copy",
        row,
        wording=row.wording,
        text=row.signed_text,
        privacy=absolute("wagtail_serve", "privacy/"),
        report=_link("endorse_report"),
    )


@outbox.sample("network.champions_changed", "Other champions than signed beside", to=OFFICE_HOLDER)
def _champions_changed() -> Letter:
    contact = absolute("wagtail_serve", "contact/")
    return _of_signature(
        "champions_changed", sample_endorsement(), champions=_champions(), contact=contact
    )


# ---- To staff ----------------------------------------------------------------------------
@outbox.sample("network.sign_up_to_review", "Something to review", to=MANAGERS)
def _to_review() -> Letter:
    return plain("sign_up_to_review", review=_review())


@outbox.sample("network.signature_reported", "“This was not me”", to=MANAGERS)
def _reported() -> Letter:
    return _of_signature("signature_reported", sample_endorsement(), review=_review())


def _review() -> str:
    return absolute("network_review:sign_up", _sign_up().reference)
