"""Permissions of every action, for every role and state of a sign-up."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.utils import timezone

from conftest import person
from councils.models import Council, CouncilDomain
from councils.tests.factories import make_council
from network import actions
from network.actions import (
    check_ins,
    claims,
    cohorts,
    decisions,
    departures,
    member_messages,
    memberships,
    notes,
    offices,
    people,
    personal_data,
    profiles,
    questions,
    requests,
    reviews,
    sign_ups,
    signing,
    tasks,
    trustees,
    wordings,
)
from network.choices import (
    ChampionKind,
    Office,
    ProfilePart,
    RepresentativeRole,
    RequestStatus,
    Route,
    SignUpTask,
    TrusteeAct,
    UploadKind,
)
from network.models import (
    Absence,
    AccessRequest,
    AskerBlock,
    Champion,
    CheckIn,
    Claim,
    Cohort,
    Endorsement,
    EndorsementRequest,
    EndorsementWording,
    Event,
    FormalDecision,
    Invitation,
    LaterEndorsement,
    MemberMessage,
    Membership,
    Note,
    OfficeChange,
    ProfileChange,
    Question,
    Refused,
    Removal,
    Representative,
    SignUp,
    TrusteeRequest,
    Withdrawal,
)
from network.models.member_messages import fingerprint
from network.profile import waiting_words
from network.tests.factories import (
    ABOUT_YOU,
    ENDORSERS,
    EVIDENCE,
    Story,
    approve_wording,
    hour_of,
    nell,
)
from network.upload_validation import FitFile
from portal.models import User
from portal.personal_data.registry import person_of

ROLES = {
    "S": "stranger",
    "I": "invited to the sign-up",
    "O": "officer who leads the sign-up, and then for the member",
    "C": "colleague on the sign-up, and then for the member",
    "V": "viewer of the member",
    "L": "lead of another council's sign-up",
    "M": "manager",
    "P": "manager with a part in it: once worked on it",
    "E": "editor",
    "U": "superuser",
    "X": "manager whose account is closed",
}
STATES = (
    "draft",
    "awaiting",  # the leader has signed, the chief executive is asked
    "submitted",
    "in review",
    "changes",
    "accepted",  # and not announced yet
    "announced",
    "declined",
    "withdrawn",
    "left",  # announced, and then left the network
)

# One column a state. + done, or done before; r refused, because of the state; - not allowed;
# . is about nothing that this state has. Nobody else than an action's lines name is allowed;
# * is everyone else.
TABLE = """
                                        dra awa sub rev cha acc ann dec wit lef
check_ins.confirm                  OC    .   .   .   .   .   r   +   .   .   -
check_ins.extend                   OC    .   .   .   .   .   r   +   .   .   -
check_ins.extend_by_staff          MU    .   .   .   .   .   r   +   .   .   r
check_ins.publish_lines            MU    .   .   .   .   .   r   +   .   .   r
check_ins.record_by_phone          MU    .   .   .   .   .   r   +   .   .   r
check_ins.save_answers             OC    .   .   .   .   .   r   +   .   .   -

claims.accept_claim                I     .   .   .   .   .   r   +   .   .   r
claims.cancel_claim                MU    .   .   .   .   .   +   +   .   .   +
claims.invite_to_claim             MU    .   .   .   .   .   r   +   .   .   r
claims.refuse_claim                I     .   .   .   .   .   r   +   .   .   r
claims.send_claim_again            MU    .   .   .   .   .   r   +   .   .   r

cohorts.add_to_cohort              MU    .   .   .   .   .   +   r   .   .   r
cohorts.announce_cohort            MU    .   .   .   .   .   +   r   .   .   r
cohorts.announce_cohort            P     .   .   .   .   .   -   r   .   .   r
cohorts.make_cohort                MU    .   .   .   .   .   +   r   .   .   r
cohorts.move_cohort                MU    .   .   .   .   .   +   r   .   .   r
cohorts.move_cohort                P     .   .   .   .   .   -   r   .   .   r

decisions.confirm_decision         MU    +   +   +   +   +   r   r   r   r   r

departures.ask_to_leave            O     .   .   .   .   .   r   +   .   .   -
departures.cancel_leaving          O     .   .   .   .   .   .   +   .   .   -
departures.cancel_leaving          MU    .   .   .   .   .   .   +   .   .   r
departures.check_statement         MU    .   .   .   .   .   .   +   .   .   +
departures.confirm_leave_decision  MU    .   .   .   .   .   .   +   .   .   r
departures.decide_removal          MU    .   .   .   .   .   .   +   .   .   .
departures.open_removal            MU    .   .   .   .   .   r   +   .   .   r
departures.open_removal            P     .   .   .   .   .   r   r   .   .   r
departures.respond_to_removal      O     .   .   .   .   .   .   +   .   .   .
departures.send_leave_link         O     .   .   .   .   .   .   +   .   .   -

member_messages.choose_emails      O     +   +   +   +   +   +   +   +   +   +
member_messages.discard            MPU   .   .   .   .   .   .   +   .   .   .
member_messages.pause              MPU   .   .   .   .   .   .   +   .   .   .
member_messages.resume             MPU   .   .   .   .   .   .   +   .   .   .
member_messages.rewrite            MPU   .   .   .   .   .   .   +   .   .   .
member_messages.send               MPU   .   .   .   .   .   .   +   .   .   .
member_messages.send_test          MPU   .   .   .   .   .   .   +   .   .   .
member_messages.stop               MPU   .   .   .   .   .   .   +   .   .   .
member_messages.write              MPU   .   .   .   .   .   r   +   .   .   r

memberships.postpone               MU    .   .   .   .   .   +   r   .   .   r
memberships.record_existing_membership MPU r r   r   r   r   r   r   +   +   +

notes.do_next_step                 MPU   +   +   +   +   +   +   +   +   +   +
notes.erase_note                   MPU   +   +   +   +   +   +   +   +   +   +
notes.write_note                   MPU   +   +   +   +   +   +   +   +   +   +

offices.ask_office_holder          OMPU  .   .   .   .   .   .   +   .   .   .
offices.name_champion              O     .   .   .   .   .   r   +   .   .   -
offices.name_champion              MPU   .   .   .   .   .   r   +   .   .   r
offices.put_back_champion          OMPU  .   .   .   .   .   .   +   .   .   .
offices.record_office_change       O     .   .   .   .   .   r   +   .   .   -
offices.record_office_change       MPU   .   .   .   .   .   r   +   .   .   r

people.accept_invitation           I     +   +   +   +   +   r   r   r   r   r
people.accept_invitation member    I     .   .   .   .   .   +   +   .   .   .
people.change_role                 O     .   .   .   .   .   +   +   .   .   -
people.ask_access                  OC    r   r   r   r   r   r   r   r   r   r
people.ask_access                  SIVLMPEU  +   +   +   +   +   +   +   r   r   r
people.cancel_invitation           OC    +   +   +   +   +   r   r   r   r   r
people.grant_access                O     +   +   +   +   +   +   +   r   r   r
people.grant_access                *     -   -   -   -   -   -   -   r   r   r
people.grant_access late           OMPU  +   +   +   +   +   +   +   r   r   r
people.grant_access late           *     -   -   -   -   -   -   -   r   r   r
people.grant_the_lead              O     +   +   +   +   +   r   r   r   r   r
people.grant_the_lead              *     -   -   -   -   -   -   -   r   r   r
people.hand_over                   O     +   +   +   +   +   r   r   r   r   r
people.hand_over_member            O     .   .   .   .   .   +   +   .   .   -
people.invite                      OC    +   +   +   +   +   r   r   r   r   r
people.invite_representative       O     .   .   .   .   .   +   +   .   .   -
people.remove_representative       O     .   .   .   .   .   +   +   .   .   -
people.stop_representing           O     .   .   .   .   .   r   r   .   .   -
people.stop_representing           CV    .   .   .   .   .   +   +   .   .   -
people.leave                       O     r   r   r   r   r   r   r   r   r   r
people.leave                       C     +   +   +   +   +   +   +   +   +   +
people.record_asker_call_back      MU    +   +   +   +   +   +   +   r   r   r
people.record_asker_call_back      *     -   -   -   -   -   -   -   r   r   r
people.merge_people                MPU   +   +   +   +   +   +   +   +   +   +
personal_data.copy                 MPU   +   +   +   +   +   +   +   +   +   +
personal_data.erase                MPU   +   +   +   +   +   +   +   +   +   +
people.refuse_access               O     +   +   +   +   +   +   +   r   r   r
people.refuse_access               *     -   -   -   -   -   -   -   r   r   r
people.refuse_invitation           I     +   +   +   +   +   r   r   r   r   r
people.remove_colleague            O     +   +   +   +   +   +   +   +   +   +

profiles.discard                   OC    .   .   .   .   .   .   +   .   .   .
profiles.publish                   MU    .   .   .   .   .   .   +   .   .   .
profiles.publish_words             MU    .   .   .   .   .   .   +   .   .   .
profiles.put_back                  OMU   .   .   .   .   .   .   +   .   .   .
profiles.save_part                 OC    .   .   .   .   .   r   +   .   .   -
profiles.send_back                 MU    .   .   .   .   .   .   +   .   .   .
profiles.write_from_source         MU    .   .   .   .   .   r   +   .   .   r

questions.ask                      SL   .   .   .   .   .   r   +   .   .   r
questions.block_asker              MPU  +   +   +   +   +   +   +   +   +   +
questions.let_ask                  OC   .   .   .   .   .   r   +   .   .   -
questions.settle_report            MPU  .   .   .   .   .   +   +   .   .   +
questions.unblock_asker            MPU  +   +   +   +   +   +   +   +   +   +

requests.ask_endorsers             OC    +   +   r   r   +   r   r   r   r   r
requests.ask_instead               OC    +   +   +   +   +   +   r   r   r   r
requests.cancel_request            OC    +   +   r   r   r   r   r   r   r   r
requests.confirm_address           OC    +   +   r   r   +   r   r   r   r   r
requests.keep_letter               OC    +   +   r   r   +   r   r   r   r   r
requests.remind                    OC    r   +   r   r   r   r   r   r   r   r
requests.save_endorser             OC    +   +   r   r   r   r   r   r   r   r
requests.send_new_link             OC    r   +   r   r   r   r   r   r   r   r

reviews.accept                     MU    r   r   r   +   r   r   r   r   r   r
reviews.assign                     MU    r   r   +   +   +   r   r   r   r   r
reviews.be_away                    MPU   +   +   +   +   +   +   +   +   +   +
reviews.be_back                    MPU   +   +   +   +   +   +   +   +   +   +
reviews.decline                    MU    r   r   r   +   r   r   r   r   r   r
reviews.record_call_back           MU    +   +   +   +   +   r   r   r   r   r
reviews.release                    MU    r   r   +   +   +   r   r   r   r   r
reviews.request_changes            MU    r   r   r   +   r   r   r   r   r   r
reviews.take_back_decline          MU    r   r   r   r   r   r   r   +   r   r
reviews.take_on                    MU    r   r   +   r   r   r   r   r   r   r
reviews.write_to_council           MU    +   +   +   +   +   +   +   r   r   r
reviews.accept alone               U     r   r   r   +   r   r   r   r   r   r
reviews.decline alone              U     r   r   r   +   r   r   r   r   r   r
reviews.record_call_back alone     MPU   +   +   +   +   +   r   r   r   r   r
reviews.request_changes alone      MPU   r   r   r   +   r   r   r   r   r   r
reviews.take_on alone              MPU   r   r   +   r   r   r   r   r   r   r
reviews.write_to_council alone     MPU   +   +   +   +   +   +   +   r   r   r

sign_ups.start_sign_up             SIOCVLMPEU r  r   r   r   r   r   r   +   +   +
sign_ups.submit                    OC    r   +   +   +   +   +   +   +   r   +
sign_ups.withdraw                  O     +   +   +   +   +   +   r   r   r   r
sign_ups.withdraw                  MPU   +   +   -   -   +   -   -   -   -   -

signing.confirm_signature          MU    .   +   +   +   +   +   +   +   +   +
signing.confirm_signature later    MU    .   .   .   .   .   .   +   .   .   .
signing.strike_out                 MU    .   +   +   +   +   +   +   +   +   +
signing.strike_out later           MU    .   .   .   .   .   .   +   .   .   .

tasks.keep_upload                  OC    +   +   r   r   +   r   r   r   r   r
tasks.remove_upload                OC    +   +   r   r   +   r   r   r   r   r
tasks.save_task                    OC    +   +   r   r   +   r   r   r   r   r

trustees.ask_trustee               MP    .   .   .   .   .   .   +   .   .   .
trustees.ask_trustee review        MP    r   r   r   +   r   r   r   r   r   r
trustees.send_trustee_link         MPU   +   +   +   +   +   +   +   +   +   +
trustees.withdraw_from_trustee     MPU   +   +   +   +   +   +   +   +   +   +

wordings.approve_wording           MPU   +   +   +   +   +   +   +   +   +   +
wordings.confirm_approval          MPU   +   +   +   +   +   +   +   +   +   +
wordings.move_to_wording           MU    r   +   +   +   +   r   r   r   r   r
wordings.rewrite_wording           MPU   +   +   +   +   +   +   +   +   +   +
wordings.write_wording             MPU   +   +   +   +   +   +   +   +   +   +
"""

# Public functions of network/actions that nobody with an account calls as an action.
BY_THE_TICK = {
    "check_ins.carry_on_due",
    "check_ins.open_due",
    "claims.expire_claims",
    "questions.end_unanswered",
    "questions.erase_old",
    "departures.expire_leavings",
    "departures.leave_due",
    "trustees.expire_trustee_links",
    "trustees.remind_trustees",
    "trustees.settle_trustee_requests",
    "locks.expire",
    "memberships.announce_due",
    "notes.erase_old_notes",
    "offices.expire_again_links",
    "offices.remind_of_offices",
    "people.expire_invitations",
    "people.tell_staff_who_waits",
    "requests.chase_due",
    "reviews.send_digests",
    "requests.expire_links",
    "sign_ups.expire_idle",
    "sign_ups.remind_idle",
    "tasks.sweep_orphans",
}
BY_THE_MAIL = {
    "claims.handle_claim_bounce",
    "questions.handle_question_bounce",
    "departures.handle_leave_bounce",
    "locks.record_bounce",
    "member_messages.stop_news",
    "offices.handle_again_bounce",
    "requests.handle_request_bounce",
    "trustees.handle_trustee_bounce",
}
BY_COMMANDS = {"profiles.publish_from_source"}
BY_LINK = {  # its holder has no account; `departures.send_leave_link` is for both
    "departures.confirm_leaving",
    "departures.decline_leaving",
    "member_messages.stop_emails",
    "questions.say_no",
    "questions.say_yes",
    "signing.endorse",
    "signing.not_the_right_person",
    "signing.report_signature",
    "signing.say_no",
    "signing.send_link_on_file",
    "trustees.confirm_as_trustee",
    "trustees.decline_as_trustee",
}
IN_ACTIONS = {  # parts of actions, which have asked for permission
    "check_ins.lapse",
    "decisions.keep_decision",
    "decisions.keep_route",
    "departures.end_membership",
    "locks.locked",
    "locks.locked_membership",
    "locks.locked_row",
    "locks.locked_signature",
    "locks.locked_to_answer",
    "locks.locked_to_ask",
    "locks.locked_to_save",
    "memberships.announce",
    "memberships.announce_cohort_due",
    "memberships.put_in_cohort",
    "memberships.reschedule",
    "offices.ask_afresh",
    "offices.send_link",
    "people.join",
    "people.represent",
    "requests.keep_endorsers",
    "requests.send_link",
    "sign_ups.end_links",
    "sign_ups.end_the_rest",
    "tasks.keep_about_you",
    "tasks.keep_champions",
    "tasks.keep_columns",
    "tasks.keep_practice",
    "tasks.register_keepers",
}
QUESTIONS = {
    "personal_data.first",
    "questions.reason_to_wait",
    "requests.what_would_leave",
    "tasks.in_json",
    "tasks.newest_save",
    "trustees.may_do",
    "trustees.needs_trustee",
}


@dataclass
class World:
    """Leeming's sign-up in one state, and one person for each role."""

    state: str
    roles: dict[str, User]
    pk: int

    @property
    def sign_up(self) -> SignUp:
        return SignUp.objects.get(pk=self.pk)

    @property
    def membership(self) -> Membership:
        return Membership.objects.get(sign_up=self.pk)

    @property
    def invitation(self) -> Invitation:
        return Invitation.objects.get(email=self.roles["I"].email)

    @property
    def asked(self) -> AccessRequest:
        return AccessRequest.objects.get(user__email="asker@leeming.gov.uk")

    @property
    def chief(self) -> EndorsementRequest:
        return EndorsementRequest.objects.filter(office=Office.CHIEF_EXECUTIVE).latest("pk")


def build(state: str, council, officer: User, roles: dict[str, User]) -> World:
    """Bring a sign-up to a state through the actions."""
    story = Story(council, officer)
    sign_up = story.filled_in()
    for role in "CP":
        invitation = people.invite(sign_up, by=officer, email=roles[role].email)
        people.accept_invitation(invitation, by=roles[role])
    people.leave(sign_up, by=roles["P"])
    people.invite(sign_up, by=roles["C"], email=roles["I"].email)
    asker = person("asker@leeming.gov.uk")
    people.ask_access(sign_up, by=asker, name="Ask", job_title="x", message="")
    sign_ups.start_sign_up(make_council(), by=roles["L"])
    approve_wording()
    world = World(state, roles, sign_up.pk)
    steps: dict[str, Callable[[], object]] = {
        "draft": lambda: None,
        "awaiting": lambda: sign(world, Office.LEADER),
        "withdrawn": lambda: sign_ups.withdraw(world.sign_up, by=officer),
        "submitted": lambda: submit(world, officer),
        "in review": lambda: reviews.take_on(world.sign_up, by=nell()),
        "changes": lambda: reviews.request_changes(world.sign_up, by=nell(), wanted="x"),
        "declined": lambda: reviews.decline(world.sign_up, by=nell(), reason="x"),
        "accepted": lambda: accept(world, days=3),
        "announced": lambda: accept(world, days=0),
        "left": lambda: leave(world),
    }
    before = {"awaiting": "draft", "submitted": "awaiting", "withdrawn": "awaiting"}
    before |= {"in review": "submitted", "left": "announced"}
    way = [state]
    while way[0] != "draft":
        way.insert(0, before.get(way[0], "in review"))
    for step in way:
        steps[step]()
    return world


def sign(world: World, office: Office) -> None:
    if world.sign_up.status == "draft":
        requests.ask_endorsers(world.sign_up, by=world.roles["O"])
    who = {name: ENDORSERS[office][name] for name in ("name", "role")}
    request = world.sign_up.request_of(office)
    signing.endorse(request, **who, shown=world.sign_up.fingerprint)


def submit(world: World, by: User) -> None:
    sign(world, Office.CHIEF_EXECUTIVE)
    sign_ups.submit(world.sign_up, by=by)


def accept(world: World, days: int) -> None:
    day = timezone.localdate() + timedelta(days=days)
    made = reviews.accept(world.sign_up, by=nell(), announce_at=hour_of(day))
    people.represent(made, world.roles["V"], RepresentativeRole.VIEWER)


def leave(world: World) -> None:
    leaving = withdrawal(world)
    departures.confirm_leaving(leaving, name="Lena Leader", role="Leader")
    Withdrawal.objects.update(ends_on=timezone.localdate())
    assert departures.leave_due() == 1


def withdrawal(world: World, **changes: str) -> Withdrawal:
    """Return the withdrawal that ended the membership, or an open one."""
    if world.state != "left" or not Withdrawal.objects.exists():
        who = ENDORSERS[Office.LEADER] | {"office": Office.LEADER}
        wish = {"effective_on": timezone.localdate(), "statement": "We thank you."}
        departures.ask_to_leave(world.membership, by=world.roles["O"], **wish, **who)
        Withdrawal.objects.update(**changes)
    return Withdrawal.objects.get()


def removal(world: World) -> Removal:
    made = departures.open_removal(world.membership, by=nell(), grounds="x", told_how="A letter")
    Removal.objects.update(decide_from=timezone.localdate(), opened_at=PAST())
    return Removal.objects.get(pk=made.pk)


def another(world: World) -> Membership:
    """Return a membership that waits to be announced beside this one, of another council."""
    sign_up = Story(make_council(), world.roles["L"]).in_review(nell())
    reviews.record_call_back(sign_up, by=nell(), how="x")
    return reviews.accept(sign_up, by=nell(), announce_at=hour_of(TOMORROW()))


def beside_another(world: World) -> Membership:
    another(world)
    return world.membership


def in_cohort(world: World) -> Cohort:
    made = Cohort.objects.create(name="Spring")
    membership = world.membership
    membership.cohort = made
    membership.save()
    return made


def beside_cohort(world: World) -> Membership:
    """Return this membership beside a cohort of one that waits."""
    other = another(world)
    other.cohort = Cohort.objects.create(name="Spring")
    other.save()
    return world.membership


def waiting_elsewhere(it: Membership) -> Membership:
    return Membership.objects.to_announce().exclude(pk=it.pk).get()


def TOMORROW():
    return timezone.localdate() + timedelta(days=1)


def PAST():
    return timezone.now() - timedelta(days=30)


def late(world: World) -> AccessRequest:
    AccessRequest.objects.update(asked_at=PAST())
    return world.asked


def reported(world: World) -> Endorsement:
    Endorsement.objects.update(reported_at=timezone.now())
    return Endorsement.objects.get(request__office=Office.LEADER)


NEW = {"name": "Noor Newman", "role": "Leader", "email": "noor@leeming.gov.uk"}


def change(world: World) -> OfficeChange:
    today = timezone.localdate()
    by = world.roles["O"]
    return offices.record_office_change(
        world.membership, by=by, office=Office.LEADER, since=today, **NEW
    )


def later(world: World) -> LaterEndorsement:
    asked = change(world)
    return signing.endorse(asked, name="Noor Newman", role="Leader", shown=asked.fingerprint)


def decided(world: World) -> SignUp:
    today = timezone.localdate()
    wording = EndorsementWording.objects.first()
    SignUp.objects.filter(pk=world.pk).update(route=Route.BOTH, wording=wording)
    FormalDecision.objects.create(
        sign_up=world.sign_up,
        body="cabinet",
        body_name="Cabinet",
        decided_on=today,
        takes_effect_on=today,
        minute_reference="CAB-42",
        wording_matches=True,
        wording=wording,
    )
    return world.sign_up


def declined(world: World) -> EndorsementRequest:
    EndorsementRequest.objects.filter(pk=world.chief.pk).update(status=RequestStatus.DECLINED)
    return world.chief


def draft(world: World) -> EndorsementWording:
    return wordings.write_wording(by=nell(), text="On behalf of {council}, we agree")


def recorded_approval(world: World) -> EndorsementWording:
    made, evidence = draft(world), "Minutes of the board, 1 March 2026"
    wordings.approve_wording(made, by=nell(), approved_by_name="Nell", evidence=evidence)
    return made


def newest() -> EndorsementWording:
    return EndorsementWording.objects.latest("version")


def with_newer_wording(world: World) -> SignUp:
    approve_wording(draft(world))
    return world.sign_up


def by_decision(world: World) -> Withdrawal:
    nobody = {"office": "", "name": "", "role": "", "email": "", "generation": 0}
    no_link = {"sent_at": None, "link_ends_at": None}
    address = "https://leeming.gov.uk/decision"
    return withdrawal(world, decision_url=address, **nobody, **no_link)


def asker() -> User:
    return User.objects.get(email="asker@leeming.gov.uk")


def noor() -> User:
    """Return a manager who is nobody in the table."""
    return User.objects.get_or_create(email="noor@network.example", is_superuser=True)[0]


def away(world: World) -> Absence:
    today = timezone.localdate()
    return reviews.be_away(noor(), by=nell(), since=today, until=today)


def owned(world: World) -> SignUp:
    SignUp.objects.filter(pk=world.pk).update(owner=nell())
    return world.sign_up


def note(world: World) -> Note:
    step = {"next_step": "Call", "next_step_on": timezone.localdate()}
    return notes.write_note(world.sign_up.council, by=nell(), text="x", **step)


def elsewhere(world: World) -> Membership:
    """Return the membership, once the domain of some of the roles is another council's."""
    other = Council.objects.exclude(pk=world.sign_up.council_id).earliest("pk")
    CouncilDomain.objects.create(council=other, domain="elsewhere.example", kind="website")
    return world.membership


def reported_question(world: World) -> Question:
    now = timezone.now()
    return Question.objects.create(
        membership=world.membership,
        by=world.roles["S"],
        asker_council=world.sign_up.council,
        status="declined",
        ended_at=now,
        reported_at=now,
    )


def blocked(world: World) -> AskerBlock:
    return questions.block_asker(asker(), by=nell(), why="x")


def sign_up(world: World) -> SignUp:
    return world.sign_up


CHAMPION = {"kind": ChampionKind.POLITICAL, "since": date.today(), "name": "Nia New", "role": "x"}


def replaced_champion(world: World) -> Champion:
    offices.name_champion(world.membership, by=world.roles["O"], **CHAMPION)
    return world.membership.earlier_champions().get()


def invite_to_member(world: World) -> Invitation:
    who = {"email": world.roles["I"].email, "role": RepresentativeRole.CONTRIBUTOR}
    return people.invite_representative(world.membership, by=world.roles["O"], **who)


def representing(world: World) -> Representative:
    return world.membership.representatives.get(user=world.roles["C"])


def waiting(world: World) -> ProfileChange:
    answers = {"profile": "We buy from the village"}
    return profiles.save_part(
        world.membership, ProfilePart.TEXT, by=world.roles["O"], answers=answers, send=True
    )


def public(world: World) -> ProfileChange:
    answers = {"contact_link": "https://leeming.gov.uk/local"}
    return profiles.save_part(
        world.membership, ProfilePart.LINKS, by=world.roles["O"], answers=answers, send=True
    )


def check_in(world: World) -> CheckIn:
    today = timezone.localdate()
    return CheckIn.objects.create(membership=world.membership, due_on=today, answer_by=today)


def confirmed(world: World) -> CheckIn:
    made = check_in(world)
    CheckIn.objects.update(status="confirmed", confirmed_at=timezone.now())
    return made


def without_a_lead(world: World) -> Membership:
    leads = world.membership.representatives.filter(role=RepresentativeRole.LEAD)
    leads.update(ended_at=timezone.now(), ended_why="Left the council")
    return world.membership


def claim(world: World) -> Claim:
    made = Claim.objects.create(
        membership=without_a_lead(world), by=nell(), email=world.roles["I"].email
    )
    made.renew_link()
    return made


MESSAGE = {"to": "all", "about": "membership", "subject": "x", "text": "x"}


def message(world: World) -> MemberMessage:
    return member_messages.write(by=nell(), memberships=[world.membership], **MESSAGE)


def sent_message(world: World) -> MemberMessage:
    made = message(world)
    member_messages.send(made, by=nell(), shown=fingerprint(made.audience()))
    return made


def paused_message(world: World) -> MemberMessage:
    made = sent_message(world)
    member_messages.pause(made, by=nell())
    return made


def with_nobody(world: World) -> Membership:
    people = world.membership.representatives
    people.update(ended_at=timezone.now(), ended_why="Left the council")
    return world.membership


def with_parts(world: World) -> SignUp:
    """Give the last manager without one a part in it."""
    Event.objects.record("sign_up.about_you", by=world.roles["M"], sign_up=world.sign_up)
    return world.sign_up


def opened_by_the_manager(world: World) -> Removal:
    made = departures.open_removal(world.membership, by=world.roles["M"], grounds="x")
    Removal.objects.update(decide_from=timezone.localdate())
    return made


TRUSTEE = {"name": "Dana", "role": "Chair", "email": "dana@trust.example"}


def ask_trustee(act: str, row, by: User, **answers: object) -> None:
    trustees.ask_trustee(act, row, by=by, answers=answers, said=[], why="x", **TRUSTEE)


def asked_trustee(world: World) -> TrusteeRequest:
    made = recorded_approval(world)
    asked = TrusteeRequest(act=TrusteeAct.APPROVE_WORDING, row_pk=made.pk, wording=made, **TRUSTEE)
    asked.asked_by = nell()
    asked.save()
    asked.renew_link()
    return asked


def access(world: World) -> AccessRequest:
    return world.asked


def signed(world: World) -> SignUp:
    if world.state == "awaiting":
        sign(world, Office.CHIEF_EXECUTIVE)
    return world.sign_up


def colleague() -> User:
    return User.objects.get(email=COLLEAGUE)


COLLEAGUE = "cara@leeming.gov.uk"
FILE = FitFile("logo.png", b"x", "image/png")
ASK = {"name": "Some Body", "job_title": "x", "message": ""}
CHIEF = ENDORSERS[Office.CHIEF_EXECUTIVE] | {"name": "Other Chief"}
# What each action is about, which is arranged first; and the action on that.
CALLS: dict[str, tuple[Callable[[World], object], Callable[..., object]]] = {
    "check_ins.confirm": (check_in, lambda it, by: check_ins.confirm(it, by=by, answers={})),
    "check_ins.extend": (check_in, lambda it, by: check_ins.extend(it, by=by)),
    "check_ins.extend_by_staff": (
        check_in,
        lambda it, by: check_ins.extend_by_staff(
            it, by=by, until=timezone.localdate() + timedelta(days=30), why="x"
        ),
    ),
    "check_ins.publish_lines": (confirmed, lambda it, by: check_ins.publish_lines(it, by=by)),
    "check_ins.record_by_phone": (
        check_in,
        lambda it, by: check_ins.record_by_phone(it, by=by, answers={}, spoke_to="x"),
    ),
    "check_ins.save_answers": (
        check_in,
        lambda it, by: check_ins.save_answers(it, by=by, answers={"conversation": "same"}),
    ),
    "claims.accept_claim": (claim, lambda it, by: claims.accept_claim(it, by=by)),
    "claims.cancel_claim": (claim, lambda it, by: claims.cancel_claim(it, by=by)),
    "claims.invite_to_claim": (
        without_a_lead,
        lambda it, by: claims.invite_to_claim(
            it, by=by, name="x", job_title="x", email="new@leeming.gov.uk", verified_how="x"
        ),
    ),
    "claims.refuse_claim": (claim, lambda it, by: claims.refuse_claim(it, by=by)),
    "claims.send_claim_again": (claim, lambda it, by: claims.send_claim_again(it, by=by)),
    "cohorts.add_to_cohort": (
        beside_cohort,
        lambda it, by: cohorts.add_to_cohort(
            Cohort.objects.get(), by=by, memberships=[it], why="x"
        ),
    ),
    "cohorts.announce_cohort": (
        in_cohort,
        lambda it, by: cohorts.announce_cohort(it, by=by),
    ),
    "cohorts.make_cohort": (
        beside_another,
        lambda it, by: cohorts.make_cohort(
            [it, waiting_elsewhere(it)],
            by=by,
            name="Spring",
            announce_at=hour_of(TOMORROW()),
            why="x",
        ),
    ),
    "cohorts.move_cohort": (
        in_cohort,
        lambda it, by: cohorts.move_cohort(it, by=by, announce_at=hour_of(TOMORROW()), why="x"),
    ),
    "decisions.confirm_decision": (
        decided,
        lambda it, by: decisions.confirm_decision(it, by=by, how="x"),
    ),
    "departures.ask_to_leave": (
        lambda w: w.membership,
        lambda it, by: departures.ask_to_leave(
            it, by=by, effective_on=timezone.localdate(), decision_url="https://x.example/"
        ),
    ),
    "departures.cancel_leaving": (
        withdrawal,
        lambda it, by: departures.cancel_leaving(it, by=by, why="x"),
    ),
    "departures.check_statement": (
        withdrawal,
        lambda it, by: departures.check_statement(it, by=by),
    ),
    "departures.confirm_leave_decision": (
        by_decision,
        lambda it, by: departures.confirm_leave_decision(it, by=by, how="x"),
    ),
    "departures.decide_removal": (
        removal,
        lambda it, by: departures.decide_removal(it, by=by, remove=True, why="x"),
    ),
    "departures.open_removal": (
        lambda w: w.membership,
        lambda it, by: departures.open_removal(it, by=by, grounds="x"),
    ),
    "departures.respond_to_removal": (
        removal,
        lambda it, by: departures.respond_to_removal(it, by=by, text="x"),
    ),
    "departures.send_leave_link": (
        withdrawal,
        lambda it, by: departures.send_leave_link(it, by=by),
    ),
    "member_messages.choose_emails": (
        lambda w: w.roles["O"],
        lambda it, by: member_messages.choose_emails(it, by=by, wanted=[]),
    ),
    "member_messages.discard": (message, lambda it, by: member_messages.discard(it, by=by)),
    "member_messages.pause": (sent_message, lambda it, by: member_messages.pause(it, by=by)),
    "member_messages.resume": (paused_message, lambda it, by: member_messages.resume(it, by=by)),
    "member_messages.rewrite": (
        message,
        lambda it, by: member_messages.rewrite(it, by=by, **MESSAGE),
    ),
    "member_messages.send": (
        message,
        lambda it, by: member_messages.send(it, by=by, shown=fingerprint(it.audience())),
    ),
    "member_messages.send_test": (message, lambda it, by: member_messages.send_test(it, by=by)),
    "member_messages.stop": (sent_message, lambda it, by: member_messages.stop(it, by=by)),
    "member_messages.write": (
        lambda w: w.membership,
        lambda it, by: member_messages.write(by=by, memberships=[it], **MESSAGE),
    ),
    "memberships.postpone": (
        lambda w: w.membership,
        lambda it, by: memberships.postpone(it, by=by, announce_at=None, why="x"),
    ),
    "memberships.record_existing_membership": (
        lambda w: w.sign_up.council,
        lambda it, by: memberships.record_existing_membership(
            it, by=by, joined_on=None, joined_precision="not_known"
        ),
    ),
    "notes.do_next_step": (note, lambda it, by: notes.do_next_step(it, by=by)),
    "notes.erase_note": (note, lambda it, by: notes.erase_note(it, by=by, why="x")),
    "notes.write_note": (
        lambda w: w.sign_up.council,
        lambda it, by: notes.write_note(it, by=by, text="x"),
    ),
    "offices.ask_office_holder": (change, lambda it, by: offices.ask_office_holder(it, by=by)),
    "offices.name_champion": (
        lambda w: w.membership,
        lambda it, by: offices.name_champion(it, by=by, **CHAMPION),
    ),
    "offices.put_back_champion": (
        replaced_champion,
        lambda it, by: offices.put_back_champion(it, by=by),
    ),
    "offices.record_office_change": (
        lambda w: w.membership,
        lambda it, by: offices.record_office_change(
            it, by=by, office=Office.LEADER, since=timezone.localdate(), **NEW
        ),
    ),
    "people.accept_invitation": (
        lambda w: w.invitation,
        lambda it, by: people.accept_invitation(it, by=by),
    ),
    "people.accept_invitation member": (
        invite_to_member,
        lambda it, by: people.accept_invitation(it, by=by),
    ),
    "people.change_role": (
        representing,
        lambda it, by: people.change_role(it, by=by, role=RepresentativeRole.VIEWER),
    ),
    "people.invite_representative": (
        lambda w: w.membership,
        lambda it, by: people.invite_representative(
            it, by=by, email="x@x.example", role=RepresentativeRole.VIEWER
        ),
    ),
    "people.remove_representative": (
        representing,
        lambda it, by: people.remove_representative(it, by=by),
    ),
    "people.stop_representing": (
        lambda w: w.membership,
        lambda it, by: people.stop_representing(it, by=by),
    ),
    "people.ask_access": (sign_up, lambda it, by: people.ask_access(it, by=by, **ASK)),
    "people.cancel_invitation": (
        lambda w: w.invitation,
        lambda it, by: people.cancel_invitation(it, by=by),
    ),
    "people.grant_access": (access, lambda it, by: people.grant_access(it, by=by)),
    "people.grant_access late": (late, lambda it, by: people.grant_access(it, by=by)),
    "people.grant_the_lead": (access, lambda it, by: people.grant_the_lead(it, by=by)),
    "people.hand_over": (sign_up, lambda it, by: people.hand_over(it, by=by, to=colleague())),
    "people.hand_over_member": (
        lambda w: w.membership,
        lambda it, by: people.hand_over_member(it, by=by, to=colleague()),
    ),
    "people.invite": (sign_up, lambda it, by: people.invite(it, by=by, email="x@x.example")),
    "people.leave": (sign_up, lambda it, by: people.leave(it, by=by)),
    "people.record_asker_call_back": (
        access,
        lambda it, by: people.record_asker_call_back(it, by=by),
    ),
    "people.merge_people": (
        lambda w: w.roles["C"],
        lambda it, by: people.merge_people(asker(), it, by=by, how="x"),
    ),
    "personal_data.copy": (
        lambda w: w.roles["C"],
        lambda it, by: personal_data.copy(person_of(it), by=by),
    ),
    "personal_data.erase": (
        lambda w: w.roles["C"],
        lambda it, by: personal_data.erase(person_of(it), by=by, why="x"),
    ),
    "people.refuse_access": (access, lambda it, by: people.refuse_access(it, by=by)),
    "people.refuse_invitation": (
        lambda w: w.invitation,
        lambda it, by: people.refuse_invitation(it, by=by),
    ),
    "people.remove_colleague": (
        sign_up,
        lambda it, by: people.remove_colleague(it, by=by, person=colleague()),
    ),
    "profiles.discard": (
        waiting,
        lambda it, by: profiles.discard(it.membership, it.part, by=by),
    ),
    "profiles.publish": (waiting, lambda it, by: profiles.publish(it, by=by)),
    "profiles.publish_words": (
        lambda w: waiting(w).membership,
        lambda it, by: profiles.publish_words(it, by=by, shown=waiting_words(it).fingerprint),
    ),
    "profiles.put_back": (public, lambda it, by: profiles.put_back(it, by=by)),
    "profiles.save_part": (
        lambda w: w.membership,
        lambda it, by: profiles.save_part(
            it, ProfilePart.TEXT, by=by, answers={"profile": "We buy from the village"}
        ),
    ),
    "profiles.send_back": (waiting, lambda it, by: profiles.send_back(it, by=by, why="x")),
    "profiles.write_from_source": (
        with_nobody,
        lambda it, by: profiles.write_from_source(
            it, ProfilePart.TEXT, by=by, answers={"profile": "x"}, source_title="x"
        ),
    ),
    "requests.ask_endorsers": (sign_up, lambda it, by: requests.ask_endorsers(it, by=by)),
    "requests.ask_instead": (declined, lambda it, by: requests.ask_instead(it, by=by)),
    "requests.cancel_request": (
        lambda w: w.chief,
        lambda it, by: requests.cancel_request(it, by=by),
    ),
    "requests.confirm_address": (
        lambda w: w.chief,
        lambda it, by: requests.confirm_address(it, by=by),
    ),
    "requests.keep_letter": (
        sign_up,
        lambda it, by: requests.keep_letter(it, by=by, messages={"leader": "x"}),
    ),
    "requests.remind": (lambda w: w.chief, lambda it, by: requests.remind(it, by=by)),
    "requests.save_endorser": (
        sign_up,
        lambda it, by: requests.save_endorser(it, by=by, office=Office.CHIEF_EXECUTIVE, **CHIEF),
    ),
    "requests.send_new_link": (
        lambda w: w.chief,
        lambda it, by: requests.send_new_link(it, by=by),
    ),
    "reviews.accept": (
        sign_up,
        lambda it, by: reviews.accept(it, by=by, announce_at=timezone.now()),
    ),
    "reviews.assign": (sign_up, lambda it, by: reviews.assign(it, by=by, to=noor())),
    "reviews.be_away": (
        lambda w: noor(),
        lambda it, by: reviews.be_away(
            it, by=by, since=timezone.localdate(), until=timezone.localdate()
        ),
    ),
    "reviews.be_back": (away, lambda it, by: reviews.be_back(it, by=by)),
    "reviews.decline": (sign_up, lambda it, by: reviews.decline(it, by=by, reason="x")),
    "reviews.record_call_back": (
        sign_up,
        lambda it, by: reviews.record_call_back(it, by=by, how="x"),
    ),
    "reviews.release": (owned, lambda it, by: reviews.release(it, by=by)),
    "reviews.write_to_council": (
        sign_up,
        lambda it, by: reviews.write_to_council(it, by=by, text="x"),
    ),
    "reviews.request_changes": (
        sign_up,
        lambda it, by: reviews.request_changes(it, by=by, wanted="x"),
    ),
    "reviews.take_back_decline": (
        sign_up,
        lambda it, by: reviews.take_back_decline(it, by=by, why="x"),
    ),
    "reviews.take_on": (sign_up, lambda it, by: reviews.take_on(it, by=by)),
    "sign_ups.start_sign_up": (
        lambda w: w.sign_up.council,
        lambda it, by: sign_ups.start_sign_up(it, by=by),
    ),
    "sign_ups.submit": (signed, lambda it, by: sign_ups.submit(it, by=by)),
    "sign_ups.withdraw": (sign_up, lambda it, by: sign_ups.withdraw(it, by=by)),
    "signing.confirm_signature": (
        reported,
        lambda it, by: signing.confirm_signature(it, by=by, how="x"),
    ),
    "questions.ask": (
        elsewhere,
        lambda it, by: questions.ask(
            it,
            by=by,
            council=Council.objects.get(domains__domain="elsewhere.example"),
            name="x",
            job_title="x",
            text="How?",
        ),
    ),
    "questions.block_asker": (
        lambda world: asker(),
        lambda it, by: questions.block_asker(it, by=by, why="x"),
    ),
    "questions.let_ask": (
        lambda w: w.membership,
        lambda it, by: questions.let_ask(it, by=by, on=False),
    ),
    "questions.settle_report": (
        reported_question,
        lambda it, by: questions.settle_report(it, by=by),
    ),
    "questions.unblock_asker": (blocked, lambda it, by: questions.unblock_asker(it, by=by)),
    "signing.confirm_signature later": (
        later,
        lambda it, by: signing.confirm_signature(it, by=by, how="x"),
    ),
    "signing.strike_out": (reported, lambda it, by: signing.strike_out(it, by=by, why="x")),
    "signing.strike_out later": (later, lambda it, by: signing.strike_out(it, by=by, why="x")),
    "tasks.keep_upload": (
        sign_up,
        lambda it, by: tasks.keep_upload(it, by=by, kind=UploadKind.LOGO, file=FILE),
    ),
    "tasks.remove_upload": (
        sign_up,
        lambda it, by: tasks.remove_upload(it, by=by, kind=UploadKind.LOGO),
    ),
    "tasks.save_task": (
        sign_up,
        lambda it, by: tasks.save_task(it, SignUpTask.ABOUT_YOU, by=by, answers=ABOUT_YOU),
    ),
    "reviews.accept alone": (
        with_parts,
        lambda it, by: reviews.accept(it, by=by, announce_at=timezone.now()),
    ),
    "reviews.decline alone": (with_parts, lambda it, by: reviews.decline(it, by=by, reason="x")),
    "reviews.record_call_back alone": (
        with_parts,
        lambda it, by: reviews.record_call_back(it, by=by, how="x"),
    ),
    "reviews.request_changes alone": (
        with_parts,
        lambda it, by: reviews.request_changes(it, by=by, wanted="x"),
    ),
    "reviews.take_on alone": (with_parts, lambda it, by: reviews.take_on(it, by=by)),
    "reviews.write_to_council alone": (
        with_parts,
        lambda it, by: reviews.write_to_council(it, by=by, text="x"),
    ),
    "trustees.ask_trustee": (
        opened_by_the_manager,
        lambda it, by: ask_trustee(TrusteeAct.DECIDE_REMOVAL, it, by, remove=True, why="x"),
    ),
    "trustees.ask_trustee review": (
        with_parts,
        lambda it, by: ask_trustee(
            TrusteeAct.ACCEPT, it, by, announce_at=timezone.now().isoformat()
        ),
    ),
    "trustees.send_trustee_link": (
        asked_trustee,
        lambda it, by: trustees.send_trustee_link(it, by=by),
    ),
    "trustees.withdraw_from_trustee": (
        asked_trustee,
        lambda it, by: trustees.withdraw_from_trustee(it, by=by),
    ),
    "wordings.approve_wording": (
        draft,
        lambda it, by: wordings.approve_wording(it, by=by, approved_by_name="x", evidence=EVIDENCE),
    ),
    "wordings.confirm_approval": (
        recorded_approval,
        lambda it, by: wordings.confirm_approval(it, by=by),
    ),
    "wordings.move_to_wording": (
        with_newer_wording,
        lambda it, by: wordings.move_to_wording(it, newest(), by=by, why="x"),
    ),
    "wordings.rewrite_wording": (
        draft,
        lambda it, by: wordings.rewrite_wording(it, by=by, text="x"),
    ),
    "wordings.write_wording": (sign_up, lambda it, by: wordings.write_wording(by=by, text="x")),
}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcomes(world: World, name: str) -> dict[str, str]:
    """Return the outcome of an action for each role."""
    arrange, act = CALLS[name]
    with undone():
        try:
            about = arrange(world)
        except (ObjectDoesNotExist, Refused, PermissionDenied):
            return dict.fromkeys(ROLES, ".")
        return {role: outcome(act, about, user) for role, user in world.roles.items()}


def outcome(act: Callable[..., object], about, by: User) -> str:
    with undone():
        try:
            act(type(about)._base_manager.get(pk=about.pk), by)
        except PermissionDenied:
            return "-"
        except Refused:
            return "r"
        return "+"


def expected() -> dict[tuple[str, str], list[str]]:
    """Return the cells of the table by action and role."""
    cells: dict[tuple[str, str], list[str]] = {}
    for line in TABLE.strip().splitlines()[1:]:
        if not line:
            continue
        name, roles, row = re.fullmatch(r"(\S+(?: [a-z]+)?) +([A-Z]+|\*) +(.+)", line).groups()
        others = [role for role in ROLES if (name, role) not in cells]
        for role in others if roles == "*" else roles:
            cells[name, role] = row.split()
    for name in CALLS:
        row = next(cells[action, role] for action, role in cells if action == name)
        for role in ROLES:
            cells.setdefault((name, role), ["." if cell == "." else "-" for cell in row])
    return cells


@pytest.mark.parametrize("state", STATES)
def test_every_action_by_every_role_is_as_the_table_says(state, council, officer, stranger, db):
    staff = {"group": "Network managers"}
    roles = {
        "S": stranger,
        "I": person("iris@leeming.gov.uk"),
        "O": officer,
        "C": person(COLLEAGUE),
        "V": person("vera@leeming.gov.uk"),
        "L": person("lou@elsewhere.example"),
        "M": person("mo@network.example", **staff),
        "P": person("pat@network.example", **staff),
        "E": person("edith@network.example", group="Publishers"),
        "U": User.objects.create(email="una@network.example", is_superuser=True),
        "X": person("xan@network.example", **staff),
    }
    User.objects.filter(pk=roles["X"].pk).update(is_active=False)
    roles["X"].refresh_from_db()
    world = build(state, council, officer, roles)

    cells, column = expected(), STATES.index(state)
    found = {(name, role): cell for name in CALLS for role, cell in outcomes(world, name).items()}
    assert found == {key: row[column] for key, row in cells.items()}


def public_functions() -> dict[str, Callable[..., object]]:
    """Return every public function of `network/actions` as "module.function"."""
    found = {}
    for module in iter_modules(actions.__path__):
        loaded = import_module(f"{actions.__name__}.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                found[f"{module.name}.{name}"] = function
    return found


def test_every_public_action_is_in_the_table_or_nobody_with_an_account_calls_it():
    in_table = {name.split()[0] for name, _ in expected()}
    beside = [BY_THE_TICK, BY_THE_MAIL, BY_COMMANDS, BY_LINK, IN_ACTIONS, QUESTIONS]
    assert sum(map(len, beside), len(in_table)) == len(in_table.union(*beside))
    assert public_functions().keys() == in_table.union(*beside)
    assert in_table == {name.split()[0] for name in CALLS}


def test_every_action_is_done_somewhere_in_the_table():
    done = {name for (name, _), row in expected().items() if "+" in row}
    assert done == set(CALLS)


@pytest.mark.parametrize("name", sorted(BY_THE_TICK | BY_THE_MAIL | BY_COMMANDS | BY_LINK))
def test_actions_without_an_account_take_no_user(name):
    by = inspect.signature(public_functions()[name]).parameters.get("by")
    assert by is None or by.annotation is str


def test_views_call_no_part_of_an_action():
    views = "".join(path.read_text() for path in Path("network/views").rglob("*.py"))
    called = set(re.findall(r"\b([a-z_]+\.[a-z_]+)\(", views.replace("_actions.", ".")))
    assert called & IN_ACTIONS == set()
    assert called & BY_LINK  # so that they are found
