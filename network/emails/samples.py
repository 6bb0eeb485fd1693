"""Invented people and rows for samples of emails. No row is ever saved."""

from datetime import timedelta

from django.utils import timezone

from councils.models import Council
from network import models
from network.choices import AskerEvidence, ChampionKind, Office, QuestionStatus, Route, SignUpTask
from network.models.signing import Contact
from network.task_list import Answer
from portal.models import User
from principles.models import Principle

MONTH = timedelta(days=30)
LEADER = {
    "office": Office.LEADER,
    "name": "Cllr Lee Sample",
    "role": "Leader of the Council",
    "email": "leader@sampleford.example",
}
CHAMPIONS = {
    ChampionKind.POLITICAL: ("Cllr Chris Sample", "Cabinet Member for Communities"),
    ChampionKind.OFFICER: ("Pat Sample", "Director of Adult Social Care"),
}
SIX = [
    "Think about the whole system and not individual service silos",
    "Coordinate services at the neighbourhood level",
    "Increase local spend to invest in the local economy",
    "Focus on early intervention now to save costs tomorrow",
    "Commit to your community and proactively support local organisations",
    "Commission services simply and collaboratively so they are “local by default”",
]


def person() -> User:
    return User(first_name="Robin", last_name="Sample", email="robin@sampleford.example")


def erasure() -> models.Event:
    return models.Event(what="person.erased", at=timezone.now(), by_label="Nell")


def council() -> Council:
    return Council(name="Sampleford", official_name="Sampleford Borough Council", slug="sampleford")


def wording() -> models.EndorsementWording:
    text = "On behalf of {council}, we endorse the principles."
    return models.EndorsementWording(version=1, text=text)


def sign_up() -> models.SignUp:
    return models.SignUp(
        council=council(),
        reference="KIL-2000-0000",
        wording=wording(),
        route=Route.BOTH,
        applicant_name="Sam Sample",
        applicant_job_title="Head of Communities",
        decision_reason="The council is asked to hold its community conversation first.",
    )


def contact() -> Contact:
    return Contact(
        name="Sam Sample",
        job_title="Head of Communities",
        email="sam@sampleford.example",
        phone="01632 960001",
        is_known=True,
    )


def principles() -> list[Principle]:
    return [Principle(number=number, name=name) for number, name in enumerate(SIX, start=1)]


def champions() -> list[models.Champion]:
    found = CHAMPIONS.items()
    return [models.Champion(kind=kind, name=name, role=role) for kind, (name, role) in found]


def other_champions() -> list[models.Champion]:
    """Return the same with another councillor."""
    councillor, officer = champions()
    councillor.name, councillor.role = "Cllr Ash Sample", "Cabinet Member for Finance"
    return [councillor, officer]


def sections() -> list[tuple[str, list[Answer]]]:
    """Return what `task_list.answers` would, shortened."""
    named = [Answer(c.get_kind_display(), f"{c.name}, {c.role}") for c in champions()]
    return [("About you", [Answer("Your name", "Sam Sample")]), ("Champions", named)]


def wanted_changes() -> list[models.WantedChange]:
    note = "Please name the cabinet member in full."
    return [models.WantedChange(task=SignUpTask.CHAMPIONS, note=note)]


def message() -> models.Message:
    text = "Thank you for your application. Which cabinet meeting will discuss it, and when?"
    by = User(first_name="Nell", last_name="Sample", email="nell@network.example")
    return models.Message(sign_up=sign_up(), by=by, text=text)


def member_message(about: str = "membership") -> models.MemberMessage:
    by = User(first_name="Nell", last_name="Sample", email="nell@network.example")
    text = "Our champions meet online on 12 May, from 2pm to 3:30pm. Will yours come?"
    subject = "Champions of Sampleford and other councils meet in May"
    return models.MemberMessage(pk=1, subject=subject, text=text, about=about, to="leads", by=by)


def representative() -> User:
    """Return someone who acts for a member, as the audience of a message to members has them."""
    found = person()
    role = models.Representative(membership=membership(), user=found, role="lead")
    found.acts_for = [role]  # type: ignore[attr-defined]
    return found


def membership() -> models.Membership:
    return models.Membership(council=council(), sign_up=sign_up())


def signed_change(**more: object) -> models.OfficeChange:
    return later_endorsement(**more).change


def accepted(*, announced_in_days: int) -> models.SignUp:
    found = sign_up()
    day = timezone.localtime() + timedelta(days=announced_in_days)
    at = day.replace(hour=9 if announced_in_days else 0, minute=0, second=0, microsecond=0)
    found.membership = models.Membership(announce_at=at)
    return found


def request(**more: object) -> models.EndorsementRequest:
    now = timezone.now()
    times = {"sent_at": now, "link_ends_at": now + MONTH}
    more |= {"answer_by": timezone.localdate(now) + timedelta(days=14)}
    return models.EndorsementRequest(sign_up=sign_up(), **LEADER, **times, **more)


def endorsement(**more: object) -> models.Endorsement:
    asked = request()
    of = {"sign_up": asked.sign_up, "request": asked, "office": asked.office}
    return models.Endorsement(**of, **_signed(asked), **more)


def _signed(asked: models.EndorsementRequest | models.OfficeChange) -> dict[str, object]:
    """Return the fields of a signature by the person who was asked."""
    named = [{"kind": c.get_kind_display(), "name": c.name, "role": c.role} for c in champions()]
    snapshot = {"draft": True, "council": council().official_name, "champions": named}
    who = {"name": asked.name, "role": asked.role}
    return {**who, "wording": wording(), "signed_at": timezone.now(), "snapshot": snapshot}


def change() -> models.OfficeChange:
    now = timezone.now()
    holder = {"name": "Cllr Noor Sample", "email": "noor@sampleford.example", "status": "asked"}
    return models.OfficeChange(
        membership=membership(),
        wording=wording(),
        since=timezone.localdate(now),
        recorded_at=now,
        link_ends_at=now + MONTH,
        **LEADER | holder,
    )


def later_endorsement(**more: object) -> models.LaterEndorsement:
    asked = change()
    return models.LaterEndorsement(change=asked, **_signed(asked), **more)


def invitation() -> models.Invitation:
    link_ends_at = timezone.now() + MONTH
    return models.Invitation(sign_up=sign_up(), by=person(), link_ends_at=link_ends_at)


def member_invitation() -> models.Invitation:
    link_ends_at = timezone.now() + MONTH
    of = {"membership": membership(), "role": "contributor"}
    return models.Invitation(**of, by=person(), link_ends_at=link_ends_at)


def access_request() -> models.AccessRequest:
    return models.AccessRequest(
        pk=1,
        sign_up=sign_up(),
        name="Robin Sample",
        job_title="Procurement Lead",
        email_evidence="matched",
    )


def withdrawal(**more: object) -> models.Withdrawal:
    ends_on = timezone.localdate() + MONTH
    return models.Withdrawal(
        pk=1,
        membership=membership(),
        asked_by=person(),
        effective_on=ends_on,
        ends_on=ends_on,
        link_ends_at=timezone.now() + MONTH,
        confirmed_name="Lee Sample",
        confirmed_role=LEADER["role"],
        statement="We put our work with neighbourhoods into a programme of our own.",
        **LEADER,
        **more,
    )


def merge() -> models.PersonMerge:
    by = User(first_name="Nell", last_name="Sample", email="nell@network.example")
    return models.PersonMerge(kept=person(), closed=User(email="x@x.example"), by=by)


def removal() -> models.Removal:
    return models.Removal(
        pk=1,
        membership=membership(),
        grounds="The council has told us in writing that it no longer works by the principles.",
        decide_from=timezone.localdate() + timedelta(days=14),
        decided_at=timezone.now(),
        decision_why="It has not said anything else since.",
        status="removed",
    )


def profile_change(**more: object) -> models.ProfileChange:
    return models.ProfileChange(
        pk=1,
        membership=membership(),
        part="text",
        by=person(),
        answers={"profile": "We have worked with our community anchors for years."},
        note="Please leave out the name of the resident.",
        **more,
    )


def check_in(status: str = "open") -> models.CheckIn:
    """Return a check-in that waits for an answer, or that was confirmed."""
    today = timezone.localdate()
    found = membership()
    found.next_check_in_on = today + timedelta(days=365)
    leader = ["Leader", f"{LEADER['name']}, {LEADER['role']}"]
    return models.CheckIn(
        pk=1,
        membership=found,
        due_on=today + MONTH,
        answer_by=today + MONTH,
        status=status,
        confirmed_at=timezone.now(),
        confirmed_by=person(),
        confirmed=[{"title": "Leader and chief executive", "lines": [leader]}],
        answers={"conversation": "same", "case_study": "none"},
    )


def check_in_lines() -> list[models.CheckInLine]:
    text = "We pay small suppliers within 14 days now. We have not started on lots."
    return [models.CheckInLine(principle=principles()[2], text=text)]


def claim() -> models.Claim:
    return models.Claim(
        pk=1,
        membership=check_in().membership,
        name="Robin Sample",
        job_title="Head of Communities",
        email="robin@sampleford.example",
        by=person(),
        link_ends_at=timezone.now() + MONTH,
        answer_why="Please ask Pat Sample.",
    )


def question() -> models.Question:
    other = Council(name="Otherford", official_name="Otherford City Council", slug="otherford")
    return models.Question(
        pk=1,
        membership=check_in().membership,
        by=person(),
        asker_council=other,
        asker_name="Alex Sample",
        asker_job_title="Commissioning Manager",
        asker_email="alex@otherford.example",
        evidence=AskerEvidence.DOMAIN,
        text="How did you decide which contracts to split into lots?\nAnd who had to agree?",
        name="Pat Sample",
        role="Director of Adult Social Care",
        email="pat@sampleford.example",
        status=QuestionStatus.INTRODUCED,
        link_ends_at=timezone.now() + timedelta(days=14),
    )


def trustee_request(**more: object) -> models.TrusteeRequest:
    now = timezone.now()
    of = {
        "membership": membership(),
        "act": "decide_removal",
        "row_pk": 1,
        "answers": {"remove": True},
    }
    by = User(first_name="Nell", last_name="Sample", email="nell@network.example")
    return models.TrusteeRequest(
        pk=1,
        **of,
        asked_by=by,
        asked_at=now,
        answered_at=now,
        name="Dana Sample",
        role="Chair of the trustees",
        email="dana@trust.example",
        why="I made this proposal, and there is no other network manager at the moment.",
        link_ends_at=now + MONTH,
        **more,
    )
