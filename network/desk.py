"""The desk of a network manager: what waits for them, what is due soon, what is in doubt.

The admin's first page, the numbers in its menu and the weekday email all read it here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import (
    CharField,
    DateField,
    F,
    IntegerField,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network import permissions
from network.choices import TrusteeAct
from network.models import (
    Absence,
    AccessRequest,
    CheckIn,
    Endorsement,
    EndorsementWording,
    LaterEndorsement,
    Membership,
    Note,
    OfficeChange,
    ProfileChange,
    Question,
    Removal,
    SignUp,
    TrusteeRequest,
    Withdrawal,
    periods,
)
from network.permissions import managers
from network.readiness import Readiness
from portal.mail import outbox
from portal.models import OutboxMessage, User

AIM = timedelta(days=14)  # in which we mean to decide about an application
FORTNIGHT = timedelta(days=14)
SHOWN = 10  # lines of each kind
NOTHING = Value("")


@dataclass(frozen=True)
class Row:
    """What one line is about, as the database gives it."""

    kind: str
    key: str
    council: str
    day: date | None
    more: str


@dataclass(frozen=True)
class Line:
    """One thing on the desk: what it is about, what is to do, where, and whether it is late."""

    title: str
    what: str
    address: str
    is_late: bool = False


@dataclass
class Panel:
    """Some of the desk: its lines, and how many more there are of each kind."""

    title: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0
    empty: str = ""  # what an empty panel says; without words it is not shown


@dataclass(frozen=True)
class Kind:
    """Things of one kind that stand on the desk.

    Attributes:
        panel: Title of the panel.
        find: Rows of this kind for a manager on a day, in order.
        key: Field that its address takes.
        council: Field with the council's name; an expression otherwise.
        day: Field or expression of the day that counts.
        what: What is to do, from the row and today.
        address: Name of the page.
        more: Field with what else the words need.
        is_late: Whether a row is late.
    """

    panel: str
    find: Callable[[User, date], QuerySet]
    what: Callable[[Row, date], str]
    address: str
    day: str
    council: Combinable | str = "council__name"
    key: str = "pk"
    more: Combinable | str = NOTHING
    is_late: Callable[[Row, date], bool] = lambda row, today: False

    def rows(self, kind: str, user: User, today: date) -> QuerySet:
        """Return the first of them as rows of one shape, so that one query reads all kinds."""
        found = self.find(user, today)
        first = found.order_by(F(self.day).asc(nulls_last=True), "pk").values("pk")[:SHOWN]
        text = CharField()
        as_day = TruncDate(self.day) if self.day.endswith("at") else F(self.day)
        return (
            found.model._default_manager.filter(pk__in=first)
            .order_by()
            .values_list(
                Cast(Value(kind), text),
                Cast(self.key, text),
                Cast(self.council, text),
                Cast(as_day, DateField()),
                Cast(self.more, text),
            )
        )


def waits(words: str) -> Callable[[Row, date], str]:
    return lambda row, today: f"{words}, {_for_days(row.day, today)}"


def _for_days(since: date | None, today: date) -> str:
    """Return how long something has waited, in words."""
    days = periods.working_days_between(since, today) if since else 0
    if not days:
        return "since today" if since == today else "since the last working day"
    return f"for {days} working day{'s' * (days > 1)}"


def _others(user: User) -> QuerySet:
    return managers().exclude(pk=user.pk)


def _on(row: Row) -> str:
    return format_date(row.day, "l j F Y") if row.day else "on hold: no day is set"


def _is_past(row: Row, today: date) -> bool:
    return row.day is not None and row.day < today


WAITING, SOON, DOUBT = "Waiting for us", "Due this fortnight", "In doubt"
ACCESS, WORDING, MAIL = "Access requests", "Wording", "Failed email"
UNCLAIMED = "unclaimed"

KINDS = {
    "queue": Kind(
        WAITING,
        lambda user, today: SignUp.objects.for_manager(user),
        waits("Application"),  # with its next step, from `_applications`
        "network_staff:sign_up",
        "submitted_at",
        key="reference",
        is_late=lambda row, today: row.day is not None and row.day < today - AIM,
    ),
    "withdrawals": Kind(
        WAITING,
        lambda user, today: Withdrawal.objects.for_staff(),
        waits("Leaving: something to check"),
        "network_staff:withdrawal",
        "asked_at",
        council="membership__council__name",
    ),
    "removals": Kind(
        WAITING,
        lambda user, today: Removal.objects.to_decide(user, _others(user)).exclude(
            TrusteeRequest.objects.waiting_about(TrusteeAct.DECIDE_REMOVAL)
        ),
        waits("A proposal to end a membership, to decide"),
        "network_staff:removal",
        "decide_from",
        council="membership__council__name",
    ),
    "profile_changes": Kind(
        WAITING,
        lambda user, today: ProfileChange.objects.waiting(),
        waits("A change of the public page to read"),
        "network_staff:profile_change",
        "at",
        council="membership__council__name",
    ),
    "check-ins to read": Kind(
        WAITING,
        lambda user, today: CheckIn.objects.with_lines_to_read(),
        waits("What a council said in its check-in, to read"),
        "network_staff:words",
        "confirmed_at",
        council="membership__council__name",
        key="membership__council__slug",
    ),
    "announcements": Kind(
        SOON,
        lambda user, today: Membership.objects.to_announce(),
        lambda row, today: "Announcement",  # with its hour, from `_announcement`
        "network_staff:sign_up",
        "announce_at",
        key="sign_up__reference",
        is_late=_is_past,
    ),
    "log": Kind(
        SOON,
        lambda user, today: Note.objects.due_by(today + FORTNIGHT),
        lambda row, today: f"{row.more}, {_on(row)}",
        "network_staff:member",
        "next_step_on",
        key="council__slug",
        more="next_step",
        is_late=_is_past,
    ),
    "check_ins": Kind(
        SOON,
        lambda user, today: CheckIn.objects.due_by(today + FORTNIGHT),
        lambda row, today: f"Check-in asked for by {_on(row)}",
        "network_staff:check_in",
        "answer_by",
        council="membership__council__name",
        key="membership__council__slug",
    ),
    "check-ins late": Kind(
        SOON,
        lambda user, today: CheckIn.objects.overdue(),
        lambda row, today: f"Check-in overdue: it was asked for by {_on(row)}",
        "network_staff:check_in",
        "answer_by",
        council="membership__council__name",
        key="membership__council__slug",
        is_late=lambda row, today: True,
    ),
    "leaving soon": Kind(
        SOON,
        lambda user, today: Withdrawal.objects.due(today + FORTNIGHT),
        lambda row, today: f"Leaves the network, {_on(row)}",
        "network_staff:withdrawal",
        "ends_on",
        council="membership__council__name",
    ),
    "removals soon": Kind(
        SOON,
        lambda user, today: Removal.objects.open().filter(
            decide_from__gt=today, decide_from__lte=today + FORTNIGHT
        ),
        lambda row, today: f"A proposal to end a membership can be decided, {_on(row)}",
        "network_staff:removal",
        "decide_from",
        council="membership__council__name",
    ),
    "signatures": Kind(
        DOUBT,
        lambda user, today: Endorsement.objects.to_confirm(),
        lambda row, today: f"Confirm the signature of {row.more}",
        "network_staff:sign_up",
        "signed_at",
        council="sign_up__council__name",
        key="sign_up__reference",
        more="name",
    ),
    "office_changes": Kind(
        DOUBT,
        lambda user, today: LaterEndorsement.objects.to_confirm(),
        lambda row, today: f"Confirm the signature of {row.more}",
        "network_staff:member_offices",
        "signed_at",
        council="change__membership__council__name",
        key="change__membership__council__slug",
        more="name",
    ),
    "offices late": Kind(
        DOUBT,
        lambda user, today: OfficeChange.objects.current().overdue(),
        lambda row, today: "A new office holder has not answered for 6 months",
        "network_staff:member_offices",
        "recorded_at",
        council="membership__council__name",
        key="membership__council__slug",
        is_late=lambda row, today: True,
    ),
    "questions reported": Kind(
        DOUBT,
        lambda user, today: Question.objects.reported(),
        waits("A question the council reported as abuse"),
        "network_staff:question",
        "reported_at",
        council="membership__council__name",
    ),
    "trustees": Kind(
        DOUBT,
        lambda user, today: TrusteeRequest.objects.waiting(),
        lambda row, today: f"Waiting for {row.more}, as a trustee. The link works until {_on(row)}",
        "network_staff:trustee_request",
        "link_ends_at",
        council=Coalesce("membership__council__name", "sign_up__council__name", Value("Wording")),
        more="name",
        is_late=_is_past,
    ),
    "mail": Kind(
        MAIL,
        lambda user, today: OutboxMessage.objects.filter(status=OutboxMessage.Status.FAILED),
        lambda row, today: f"{outbox.title_of(row.more)}, {_on(row)}",
        "mail:inspect",
        "created_at",
        council="concerns",
        more="kind",
    ),
    "access_requests": Kind(
        ACCESS,
        lambda user, today: AccessRequest.objects.for_staff(
            user, periods.before_working_days(today, permissions.STAFF_STEP_IN_AFTER)
        ),
        lambda row, today: f"{row.more} asks for access, {_for_days(row.day, today)}",
        "network_staff:access_request",
        "asked_at",
        council=Coalesce("sign_up__council__name", "membership__council__name"),
        more="name",
    ),
    "wordings": Kind(
        WORDING,
        lambda user, today: EndorsementWording.objects.to_confirm(user, _others(user)).exclude(
            TrusteeRequest.objects.waiting_about(TrusteeAct.APPROVE_WORDING)
        ),
        lambda row, today: "An approval to confirm",
        "network_staff:wordings",
        "made_at",
        council=Value("Wording"),
        key="version",
    ),
}
WITHOUT_KEY = {"network_staff:wordings"}


def register(kinds: Mapping[str, Kind]) -> None:
    """Add what another app has for the managers' desk. Called when the apps are ready."""
    KINDS.update(kinds)


class _Number(Subquery):
    """How many rows a query has, as a part of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def numbers(user: User) -> dict[str, int]:
    """Return how many of each kind stand on the desk, and are unclaimed, with one query."""
    today = timezone.localdate()
    rows = {name: kind.find(user, today) for name, kind in KINDS.items()}
    rows[UNCLAIMED] = Membership.objects.unclaimed()
    counts = [_Number(found.order_by().values("pk")) for found in rows.values()]
    found = User.objects.filter(pk=user.pk).values_list(*counts)
    return dict(zip(rows, found.get(), strict=True))


def panels(user: User, counted: Mapping[str, int] | None = None) -> list[Panel]:
    """Return a manager's desk: panels with lines, most urgent first; with four queries.

    Args:
        counted: What `numbers` returned, if it has been asked.
    """
    today = timezone.localdate()
    every = {name: kind.rows(name, user, today) for name, kind in KINDS.items()}
    first, *others = every.values()
    rows = [Row(*row) for row in first.union(*others, all=True)]
    applications = _applications(row.key for row in rows if row.kind in {"queue", "announcements"})
    found = {
        title: Panel(title)
        for title in dict.fromkeys([WAITING, SOON, DOUBT, *(k.panel for k in KINDS.values())])
    }
    found[WAITING].empty = "Nothing is waiting for us."
    found[SOON].empty = "Nothing is due in the next 14 days."
    counted = counted or numbers(user)
    for name in KINDS:
        of_kind = sorted((row for row in rows if row.kind == name), key=_in_order)
        panel = found[KINDS[name].panel]
        more = counted[name] - SHOWN
        for row in of_kind:
            line = _line(row, today)
            is_far = panel.title == SOON and row.day is not None and row.day > today + FORTNIGHT
            if name == "queue":
                line = _application(line, row, applications[row.key], user)
            elif name == "announcements":
                if doubts := applications[row.key].doubts():
                    found[DOUBT].lines.append(Line(row.council, " ".join(doubts), line.address))
                line = _announcement(line, applications[row.key])
            if is_far:
                more = 0  # what comes after it is later still
            else:
                panel.lines.append(line)
        panel.more += max(0, more)
    return [panel for panel in found.values() if panel.lines or panel.empty]


def unclaimed(counted: Mapping[str, int]) -> Panel:
    """Return how many members have nobody here; without lines if there are none.

    It is on the first page alone: nothing is due about them, so no email says it.
    """
    panel = Panel("Members that no one acts for")
    if number := counted[UNCLAIMED]:
        what = "invite an officer of each to claim its page"
        address = f"{reverse('network_staff:check_ins')}?standing=unclaimed"
        members = f"{number} member{'s' * (number > 1)}"
        panel.lines.append(Line(members, what, address))
    return panel


def _in_order(row: Row) -> tuple[bool, date, str]:
    return row.day is None, row.day or date.max, row.council


def _line(row: Row, today: date) -> Line:
    kind = KINDS[row.kind]
    at = () if kind.address in WITHOUT_KEY else (row.key,)
    address, is_late = reverse(kind.address, args=at), kind.is_late(row, today)
    return Line(row.council, kind.what(row, today), address, is_late)


def _application(line: Line, row: Row, sign_up: SignUp, user: User) -> Line:
    """Say what is next in an application, how long we have had it, and who has it."""
    who, _, step = Readiness(sign_up).next_action.partition(": ")
    what = step[:1].upper() + step[1:] if who == "Us" else f"{who}: {step}"
    what += f". With us {_for_days(row.day, timezone.localdate())}"
    if sign_up.owner and sign_up.owner != user:
        what += f" (for {sign_up.owner}, who is away)"
    return Line(line.title, what, line.address, line.is_late)


def _announcement(line: Line, sign_up: SignUp) -> Line:
    """Say when a council is announced, and with whom."""
    membership = sign_up.membership
    at = membership.announce_text or "on hold: no day and time are set"
    others = f" together with others (“{membership.cohort}”)" if membership.cohort else ""
    address = membership.cohort.staff_url if membership.cohort else line.address
    return Line(line.title, f"Announcement{others}, {at}", address, line.is_late)


def _applications(references: Iterator[str]) -> dict[str, SignUp]:
    """Return the sign-ups of some lines, with what their words need."""
    found = SignUp.objects.filter(reference__in=list(references))
    found = found.select_related("council", "owner", "decision", "membership__cohort")
    return {each.reference: each for each in found.with_signatures()}


def nobody_until(sign_up: SignUp) -> date | None:
    """Return until when nobody can work on an application, because of absences; else None."""
    away = {each.user_id: each for each in Absence.objects.today()}
    if not away:
        return None
    owner = sign_up.owner_id
    concerned = [owner] if owner else list(managers().values_list("pk", flat=True))
    for person in concerned:
        deputy = away[person].deputy_id if person in away else person
        if deputy and deputy not in away:
            return None
    return min((away[person].until for person in concerned), default=None)
