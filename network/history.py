"""One history for staff: the network's events, Wagtail's logs and changes of accounts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Trim
from django.utils import timezone
from django.utils.dateformat import format as format_date
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from network.models import Event
from network.models.events import SENTENCES
from portal.models import AccountEvent

EVENT, PAGE, OTHER, ACCOUNT = "network", "page", "other", "account"
KINDS = {
    "sign_up": "Applications",
    "signing": "Endorsements and wordings",
    "membership": "Memberships and offices",
    "check_in": "Check-ins and council pages",
    "people": "People and access",
    "asked": "Case studies of members, and questions to them",
    PAGE: "Pages of the site",
    OTHER: "Anything else in the admin",
    ACCOUNT: "Accounts: changes of how people sign in",
}
#: How the events of each kind begin.
BEGINNINGS = {
    "sign_up": ("sign_up.",),
    "signing": ("endorsement", "office_change.", "wording.", "decision."),
    "membership": ("membership.", "withdrawal.", "removal."),
    "check_in": ("check_in.", "profile."),
    "people": (
        "person.",
        "invitation.",
        "access_request.",
        "claim.",
        "manager.",
        "note.",
        "trustee.",
    ),
    "asked": ("case_study.", "confirmation.", "question."),
}
# A person sees their own sign-ins. Staff see what changed.
NOT_CHANGES = [AccountEvent.Kind.SIGNED_IN, AccountEvent.Kind.WRONG_CODE]


@dataclass(frozen=True)
class Entry:
    """One entry, from wherever."""

    at: datetime
    source: str
    what: str
    who: str
    about: str
    council: str
    council_slug: str
    why: str
    old: str
    new: str
    data: str

    @property
    def at_in_words(self) -> str:
        """When it happened, in London's time."""
        return format_date(timezone.localtime(self.at), "j F Y, H:i")

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        if self.source == EVENT:
            return SENTENCES.get(self.what, self.what.replace("_", " ").replace(".", ": "))
        if self.source == ACCOUNT:
            return str(AccountEvent.Kind(self.what).label)
        log = PageLogEntry if self.source == PAGE else ModelLogEntry
        entry = log(action=self.what, data=json.loads(self.data or "{}") or {})
        if registry.action_exists(self.what):
            return str(entry.message)
        return self.what

    @property
    def subject(self) -> str:
        """What it is about: a council with its application, a page, someone's account."""
        named = ", ".join(filter(None, [self.council, self.about]))
        return named or (self.who if self.source == ACCOUNT else "The network")

    @property
    def change(self) -> str:
        """Before and after, for what has a status."""
        before_and_after = [each.replace("_", " ").capitalize() for each in (self.old, self.new)]
        return " → ".join(before_and_after) if any(before_and_after) else ""


@dataclass(frozen=True)
class Source:
    """Where entries come from: its rows, and how to read and narrow them."""

    rows: QuerySet[Any]
    day: str
    who: Sequence[str]
    council: Sequence[str]
    words: Sequence[str]
    read: Mapping[str, Any]

    def narrowed(self, asked: Mapping[str, Any], words: str) -> "QuerySet[Any]":
        """Return the rows that answer to filters and to words that are searched for."""
        rows = self.rows
        if asked.get("by_label"):
            rows = rows.filter(_any(self.who, asked["by_label"]))
        if asked.get("council"):
            rows = rows.filter(_any(self.council, asked["council"]))
        if words:
            rows = rows.filter(_any((*self.words, *self.who, *self.council), words))
        days: slice | None = asked.get("at")
        if days and days.start:
            rows = rows.filter(**{f"{self.day}__gte": days.start})
        if days and days.stop:
            rows = rows.filter(**{f"{self.day}__lte": days.stop})
        return rows

    def told(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return rows with the columns of `Entry`."""
        columns = {f"h_{name}": self.read.get(name, NOTHING) for name in Entry.__annotations__}
        return rows.annotate(**columns).values_list(*columns)


NOTHING = Value("", output_field=TextField())


def _text(expression: Any) -> Cast:
    return Cast(expression, TextField())


def _said(value: str) -> Value:
    return Value(value, output_field=TextField())


def _name(user: str) -> Any:
    first, last, email = (F(f"{user}__{each}") for each in ("first_name", "last_name", "email"))
    name = Trim(Concat(first, Value(" "), last, output_field=CharField()))
    with_address = Trim(Concat(name, Value(" "), email, output_field=CharField()))
    return Coalesce(_text(with_address), NOTHING)


def _log(model: Any, source: str) -> Source:
    people = ("user__first_name", "user__last_name", "user__email")
    return Source(
        model.objects.all(),
        "timestamp",
        people,
        ("label",),
        ("label", "action"),
        {
            "at": F("timestamp"),
            "source": _said(source),
            "what": _text("action"),
            "who": _name("user"),
            "about": _text("label"),
            "data": _text("data"),
        },
    )


def _events() -> Source:
    of_sign_up, of_member = "sign_up__council__", "membership__council__"
    councils = (f"{of_sign_up}name", f"{of_member}name")
    return Source(
        Event.objects.all(),
        "at",
        ("by_label",),
        councils,
        ("why", "sign_up__reference"),
        {
            "at": F("at"),
            "source": _said(EVENT),
            "what": _text("what"),
            "who": _text("by_label"),
            "about": Coalesce(_text("sign_up__reference"), NOTHING),
            "council": Coalesce(_text(councils[0]), _text(councils[1]), NOTHING),
            "council_slug": Coalesce(
                _text(f"{of_sign_up}slug"), _text(f"{of_member}slug"), NOTHING
            ),
            "why": _text("why"),
            "old": _text("old"),
            "new": _text("new"),
        },
    )


def _accounts() -> Source:
    return Source(
        AccountEvent.objects.exclude(kind__in=NOT_CHANGES),
        "at",
        ("user__first_name", "user__last_name", "user__email"),
        (),
        (),
        {
            "at": F("at"),
            "source": _said(ACCOUNT),
            "what": _text("kind"),
            "who": _name("user"),
            "about": NOTHING,
        },
    )


def _any(fields: Sequence[str], words: str) -> Q:
    found = Q(pk__in=[])
    for field in fields:
        found |= Q(**{f"{field}__icontains": words})
    return found


def _asked_of(asked: Mapping[str, Any]) -> Iterator[Source]:
    """Yield the sources that can answer, narrowed to a kind and to one thing that happened."""
    kind, what = asked.get("kind") or "", asked.get("what") or ""
    if what or kind in {"", *BEGINNINGS}:
        events = _events()
        rows = events.rows.filter(what=what) if what else events.rows
        if kind in BEGINNINGS:
            of_kind = Q(pk__in=[])
            for beginning in BEGINNINGS[kind]:
                of_kind |= Q(what__startswith=beginning)
            rows = rows.filter(of_kind)
        yield Source(rows, events.day, events.who, events.council, events.words, events.read)
    if what:
        return
    if kind in {"", PAGE}:
        yield _log(PageLogEntry, PAGE)
    if kind in {"", OTHER}:
        yield _log(ModelLogEntry, OTHER)
    if kind in {"", ACCOUNT} and not asked.get("council"):
        yield _accounts()


class Entries:
    """What staff asked for, in the order of time, as a paginator and a spreadsheet read it.

    Each source is read by itself, in the order of its index, and merged here: a database that
    sorts a union of 200,000 rows takes too long.
    """

    def __init__(self, asked: Mapping[str, Any], words: str = "", *, oldest_first: bool = False):
        """Narrow each source."""
        self._found = [(each, each.narrowed(asked, words)) for each in _asked_of(asked)]
        self._newest_first = not oldest_first
        self.ordered = True  # which a paginator wants to know

    @cached_property
    def _count(self) -> int:
        """How many entries there are: one question for all sources."""
        first, *more = [
            rows.order_by()
            .annotate(h_all=Value(1))
            .values("h_all")
            .annotate(h_count=Count("pk"))
            .values_list("h_count", flat=True)
            for _, rows in self._found
        ]
        return sum(first.union(*more, all=True) if more else first)

    def count(self) -> int:
        """Return how many entries there are, without reading what they say."""
        return self._count

    def __len__(self) -> int:
        """Return the same, for a spreadsheet."""
        return self._count

    def __getitem__(self, part: slice) -> list[Entry]:
        """Return a page; one of the second half is read from the end."""
        start, stop, _ = part.indices(self._count)
        if start <= self._count // 2:
            return list(islice(self._merged(self._newest_first, stop), start, stop))
        end = self._count - start
        found = islice(self._merged(not self._newest_first, end), self._count - stop, end)
        return list(found)[::-1]

    def __iter__(self) -> Iterator[Entry]:
        return self._merged(self._newest_first)

    def _merged(self, newest_first: bool, most: int | None = None) -> Iterator[Entry]:
        """Yield the entries of all sources in order, at most so many of each."""
        sign = "-" if newest_first else ""
        sources = []
        for source, rows in self._found:
            told = source.told(rows).order_by(f"{sign}{source.day}", f"{sign}pk")
            sources.append(told[:most] if most is not None else told.iterator(chunk_size=2000))
        merged = merge(*sources, key=lambda row: (row[0], row[1]), reverse=newest_first)
        return (Entry(*row) for row in merged)
