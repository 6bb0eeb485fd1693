"""Management command `seed_demo`: invented councils and people, made through the actions."""

from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

import campaign.seed
from councils.choices import Kind, Region
from councils.models import Council, CouncilDomain
from network.actions import (
    check_ins,
    member_messages,
    notes,
    requests,
    reviews,
    sign_ups,
    signing,
    tasks,
)
from network.actions import people as people_actions
from network.choices import (
    ConversationStatus,
    DecisionBody,
    Governance,
    Interest,
    MessageAbout,
    MessageTo,
    Office,
    Route,
    SignUpTask,
)
from network.models import Membership, SignUp
from network.models.member_messages import fingerprint
from portal.management import demo_accounts
from portal.models import User

# Invented, with names that no one can take for real.
COUNCILS = [
    ("exampleshire", "Exampleshire", "Exampleshire County Council", Kind.COUNTY),
    ("samplebury", "Samplebury", "Samplebury Borough Council", Kind.DISTRICT),
    ("testford", "Testford", "Testford City Council", Kind.UNITARY),
    ("pretendham", "Pretendham", "Pretendham Borough Council", Kind.DISTRICT),
    ("fictionwick", "Fictionwick", "Fictionwick District Council", Kind.DISTRICT),
    ("inventon", "Inventon", "Inventon City Council", Kind.UNITARY),
    ("mockington", "Mockington", "Mockington Metropolitan Council", Kind.METROPOLITAN),
]
PEOPLE = {
    Office.LEADER: ("Lee Example", "Leader of the Council", "leader"),
    Office.CHIEF_EXECUTIVE: ("Chris Example", "Chief Executive", "chief.executive"),
}
ABOUT_YOU = {"name": "Demo Officer", "job_title": "Policy Officer (invented)", "phone": ""}
CHAMPIONS = {
    "political_name": "Pat Example",
    "political_role": "Cabinet Member for Communities (invented)",
    "political_may_be_published": True,
    "officer_name": "Sam Example",
    "officer_role": "Director of Communities (invented)",
    "officer_may_be_published": True,
    "political_email": "",
    "political_may_be_told": False,
    "officer_email": "sam.example@demo.example",
    "officer_may_be_told": True,
}
ABOUT_COUNCIL = {
    "governance": Governance.LEADER,
    "profile": "This council is invented, and so is what it says of itself here.",
    "profile_may_be_published": True,
    "strategy_title": "Our Place, Our Plan (invented)",
    "strategy_link": "https://demo.example/plan",
    "strategy_may_be_published": True,
}
PRACTICE = {f"principle_{number}": "" for number in range(1, 7)} | {
    "principle_1": "We ask before we buy. (invented)",
    "principle_1_may_be_published": True,
    "principle_2": "Small grants without a tender, up to a limit. (invented)",
    "principle_2_may_be_published": True,
}
CORRECTED = "We ask local groups what they need before we buy anything. (invented)"
PUBLICITY = {
    "quote": "We spend where we live, and we ask first. (invented)",
    "quote_by": "Lee Example, Leader of the Council",
    "quote_approved_by": "Lee Example",
    "quote_may_be_published": True,
    "publish_from": None,
    "logo_rights": "",
    "logo_may_be_published": False,
}
CONVERSATION = {
    "conversation": ConversationStatus.PLANNED,
    "conversation_partners": "The Exampleshire Community Alliance (invented)",
    "conversation_outcome": "",
    "conversation_may_be_published": True,
    "partners_may_be_published": True,
    "outcome_may_be_published": False,
}


class Command(BaseCommand):
    """Make the demonstration: each council's sign-up in a transaction of its own."""

    help = "Seed invented councils and people through the actions. Never in production."

    def handle(self, **options):
        """Make what is missing; raise CommandError outside DEBUG."""
        if not settings.DEBUG:
            raise CommandError("The demonstration is for DEBUG only.")
        people = demo_accounts.make()
        for council in _councils():
            story = STORIES.get(council.key)
            if story is None or council.sign_ups.exists():
                continue
            with transaction.atomic():
                story(council, people)
            self.stdout.write(f"demonstration: {council.name} has its story")
        _talk_to(Council.objects.get(key="demo-mockington"), people["manager"])
        if campaign.seed.invent_events():
            self.stdout.write("demonstration: events are there")
        if campaign.seed.invent_supporters():
            self.stdout.write("demonstration: supporters are there")
        if campaign.seed.invent_picture():
            self.stdout.write("demonstration: a picture is there")
        self.stdout.write("demonstration: ready")


def _councils() -> list[Council]:
    made = []
    for key, name, official, kind in COUNCILS:
        council, created = Council.objects.get_or_create(
            key=f"demo-{key}",
            defaults={
                "slug": f"demo-{key}",
                "name": f"{name} (demonstration)",
                "official_name": f"{official} (demonstration)",
                "kind": kind,
                "region": Region.WEST_MIDLANDS,
                "is_demonstration": True,
            },
        )
        if created:
            CouncilDomain.objects.create(council=council, domain="demo.example", kind="website")
        made.append(council)
    return made


def _save(sign_up: SignUp, by: User, task: SignUpTask, answers: dict) -> None:
    tasks.save_task(sign_up, task, by=by, answers=answers, is_finished=True)


def _started(council: Council, officer: User) -> SignUp:
    sign_up = sign_ups.start_sign_up(council, by=officer)
    _save(sign_up, officer, SignUpTask.ABOUT_YOU, ABOUT_YOU)
    _save(sign_up, officer, SignUpTask.CHAMPIONS, CHAMPIONS)
    return sign_up


def _filled_in(council: Council, officer: User) -> SignUp:
    sign_up = _started(council, officer)
    for office, (name, role, box) in PEOPLE.items():
        email = f"{box}@{council.slug}.demo.example"
        requests.save_endorser(
            sign_up, by=officer, office=office, name=name, role=role, email=email
        )
    requests.ask_endorsers(sign_up, by=officer)
    return SignUp.objects.get(pk=sign_up.pk)


def _sign(sign_up: SignUp, *offices: Office) -> None:
    for office in offices:
        request = sign_up.request_of(office)
        signing.endorse(request, name=request.name, role=request.role, shown=sign_up.fingerprint)


def _with_a_colleague(sign_up: SignUp, officer: User, colleague: User) -> None:
    """Let two people edit, so that the history has something to show."""
    invitation = people_actions.invite(sign_up, by=officer, email=colleague.email)
    people_actions.accept_invitation(invitation, by=colleague)
    _save(sign_up, colleague, SignUpTask.ABOUT_COUNCIL, ABOUT_COUNCIL)
    _save(sign_up, officer, SignUpTask.PRACTICE, PRACTICE)
    _save(sign_up, colleague, SignUpTask.PRACTICE, PRACTICE | {"principle_1": CORRECTED})
    planned = CONVERSATION | {"conversation_on": timezone.localdate() + timedelta(days=60)}
    _save(sign_up, officer, SignUpTask.CONVERSATION, planned)
    people_actions.invite(sign_up, by=officer, email="a.third.person@demo.example")


def _waiting_for_the_leader(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    _sign(sign_up, Office.CHIEF_EXECUTIVE)
    _with_a_colleague(sign_up, people["officer"], people["colleague"])


def _submitted(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    _sign(sign_up, *Office)
    sign_ups.submit(sign_up, by=people["officer"])


def _submitted_and_somebody_asks(council: Council, people: dict[str, User]) -> None:
    _submitted(council, people)
    people_actions.ask_access(
        council.sign_ups.get(),
        by=people["colleague"],
        name="Casey Colleague",
        job_title="Procurement Lead (invented)",
        message="I am to look after this with you. (invented)",
    )


def _talk_to(council: Council, manager: User) -> None:
    """Write an entry into a council's log, which has none yet."""
    if council.notes.exists():
        return
    notes.write_note(
        council,
        by=manager,
        who="Jo Example, Head of Communities (invented)",
        text="They read the principles with interest, and will ask their cabinet. (invented)",
        stage=Interest.INTERESTED,
        next_step="Call about the cabinet meeting (invented)",
        next_step_on=timezone.localdate() + timedelta(days=5),
    )


def _announced(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    _sign(sign_up, *Office)
    _save(sign_up, people["officer"], SignUpTask.ABOUT_COUNCIL, ABOUT_COUNCIL)
    _save(sign_up, people["officer"], SignUpTask.PRACTICE, PRACTICE)
    _save(sign_up, people["officer"], SignUpTask.PUBLICITY, PUBLICITY)
    planned = CONVERSATION | {"conversation_on": timezone.localdate() + timedelta(days=60)}
    _save(sign_up, people["officer"], SignUpTask.CONVERSATION, planned)
    sign_up = SignUp.objects.get(pk=sign_up.pk)
    sign_ups.submit(sign_up, by=people["officer"])
    reviews.take_on(sign_up, by=people["manager"])
    made = reviews.accept(sign_up, by=people["manager"], announce_at=timezone.now())
    # As if it had joined 11 months ago, to show its yearly check-in.
    soon = timezone.localdate() + timedelta(days=30)
    Membership.objects.filter(pk=made.pk).update(next_check_in_on=soon)
    check_ins.open_due()
    _write_to(made, people["manager"])


def _write_to(membership: Membership, manager: User) -> None:
    """Send a message to the people of a member."""
    message = member_messages.write(
        by=manager,
        memberships=[membership],
        to=MessageTo.ALL,
        about=MessageAbout.NEWS,
        subject="Our champions meet online in spring (invented)",
        text="Champions of all members meet online in spring. (invented)\n\nWill yours come?",
    )
    member_messages.send(message, by=manager, shown=fingerprint(message.audience()))


def _said_no_and_not_me(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    why = "I should like to hear our scrutiny committee first. (invented)"
    signing.say_no(sign_up.request_of(Office.LEADER), why=why)
    signing.not_the_right_person(
        sign_up.request_of(Office.CHIEF_EXECUTIVE),
        name="Robin Example",
        role="Interim Head of Paid Service",
        email="head.of.paid.service@demo.example",
    )


def _signed_by_an_assistant(council: Council, people: dict[str, User]) -> None:
    sign_up = _filled_in(council, people["officer"])
    _sign(sign_up, Office.CHIEF_EXECUTIVE)
    asked = sign_up.request_of(Office.LEADER)
    assistant = signing.Assistant(
        assistant_name="Ali Example",
        agreed_how="By telephone, after reading the wording (invented)",
        agreed_on=timezone.localdate(),
    )
    signing.endorse(
        asked, name=asked.name, role=asked.role, shown=sign_up.fingerprint, assistant=assistant
    )
    sign_ups.submit(sign_up, by=people["officer"])
    reviews.take_on(SignUp.objects.get(pk=sign_up.pk), by=people["manager"])


def _decided_with_call_in_open(council: Council, people: dict[str, User]) -> None:
    officer, today = people["officer"], timezone.localdate()
    sign_up = _started(council, officer)
    _save(sign_up, officer, SignUpTask.ROUTE, {"route": Route.DECISION})
    decision = {
        "body": DecisionBody.CABINET,
        "body_name": "Cabinet (invented)",
        "decided_on": today - timedelta(days=2),
        "published_on": today - timedelta(days=1),
        "call_in_ends_on": today + timedelta(days=5),
        "takes_effect_on": today + timedelta(days=6),
        "minute_reference": "CAB-0042 (invented)",
        "link": "https://demo.example/decisions/42",
        "wording_matches": True,
    }
    _save(sign_up, officer, SignUpTask.DECISION, decision)
    sign_ups.submit(sign_up, by=officer)
    reviews.take_on(SignUp.objects.get(pk=sign_up.pk), by=people["manager"])


STORIES = {
    "demo-exampleshire": _waiting_for_the_leader,
    "demo-samplebury": _announced,
    "demo-testford": _submitted_and_somebody_asks,
    "demo-pretendham": _said_no_and_not_me,
    "demo-fictionwick": _signed_by_an_assistant,
    "demo-inventon": _decided_with_call_in_open,
    # Mockington has no sign-up, so that people can start one.
}
