"""What is held about people: in which fields, why, for how long, and what erasure does to it.

Each app declares its own in `AppConfig.ready()`. A test fails for a field that could hold a
person and is neither declared nor excepted with a reason.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, partial, reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import EmailField, Field, Model, Q, QuerySet, TextField
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateformat import format as format_date

from portal.models import User

ERASED = "[erased]"
NOBODY = "erased@erased.invalid"
# Shorter words are in too many texts that are about others.
SHORTEST_NAME = 5


class Fate(Enum):
    """What erasure does with a row."""

    DELETED = "Deleted"
    EMPTIED = "Kept without the person’s details"
    STAYS = "Kept"


@dataclass(frozen=True)
class Person:
    """Someone whose data is looked for: their accounts, email addresses and names."""

    accounts: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> list[str]:
        """Addresses and names as texts may quote them, the longest first."""
        names = {name for name in self.names if len(name) >= SHORTEST_NAME}
        return sorted({*self.addresses, *names}, key=len, reverse=True)

    def redacted(self, value: Any) -> Any:
        """Return a text, or JSON, in which neither an address nor a name is left."""
        if isinstance(value, str):
            if not self.words:
                return value
            # Not inside another word or address: "ann@x.uk" is not in "joann@x.uk".
            found = rf"(?<![\w.+-])(?:{'|'.join(map(re.escape, self.words))})(?![\w-]|\.\w)"
            return re.compile(found, re.IGNORECASE).sub(ERASED, value)
        if isinstance(value, Mapping):
            # A field that says nothing else is empty, so that no page shows "[erased]" for it.
            new = {key: self.redacted(each) for key, each in value.items()}
            return {key: "" if each == ERASED else each for key, each in new.items()}
        if isinstance(value, list | tuple):
            return [self.redacted(each) for each in value]
        return value


NONE = Q(pk__in=[])


def nothing(person: Person) -> Q:
    """Find no row by other means than the declared fields."""
    return NONE


@dataclass(frozen=True)
class Held:
    """Rows of one model that are about people.

    Attributes:
        what: What they are, for the person to read, in the plural.
        model: "app.Model".
        why: What they are kept for.
        kept: How long.
        fate: What erasure does.
        stays: Why something is left, unless they are deleted.
        found_by: Fields that lead to a person: accounts, email addresses, names. May span
            relations.
        mentions: Texts that can name anyone. Erasure takes the person's name and address out
            of them, unless the rows stay.
        shows: Further fields for the copy that the person gets.
        empties: What erasure writes into which field.
        only: Which rows of the model.
        finds: Finds rows in another way.
        is_for_staff: Whether the person gets them on asking staff only, because they can be about
            others too.
    """

    what: str
    model: str
    why: str
    kept: str
    fate: Fate
    stays: str = ""
    found_by: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    empties: Mapping[str, object] = field(default_factory=dict)
    only: Q = field(default_factory=Q)
    finds: Callable[[Person], Q] = nothing
    is_for_staff: bool = False

    @property
    def rows(self) -> QuerySet[Any]:
        """Every row, of whoever."""
        return apps.get_model(self.model)._default_manager.filter(self.only)

    def fields(self) -> Iterator[str]:
        """Yield the names of its own fields that it accounts for."""
        for name in (*self.found_by, *self.mentions, *self.shows, *self.empties):
            if "__" not in name:
                yield name

    def of(self, person: Person) -> QuerySet[Any]:
        """Return the rows that lead to one of someone's accounts or addresses."""
        return self._where(self._leads_to(person) | self._mention(person.addresses))

    def _leads_to(self, person: Person) -> Q:
        """Match rows with one of someone's accounts or addresses in a field of its own."""
        found = self.finds(person)
        for name in self.found_by:
            target = _field(self.model, name)
            if target.related_model is User or (target.model is User and target.primary_key):
                found |= Q(**{f"{name}__in": person.accounts})
            elif isinstance(target, EmailField):
                found |= _any(f"{name}__iexact", person.addresses)
        return found

    def _named(self, person: Person) -> Q:
        """Match rows with one of someone's names in a field of its own."""
        found = NONE
        for name in self.found_by:
            target = _field(self.model, name)
            if not (target.is_relation or target.primary_key or isinstance(target, EmailField)):
                found |= _any(f"{name}__iexact", person.names)
        return found

    def _where(self, found: Q) -> QuerySet[Any]:
        """Return each row once, with what is read of it, although a relation can repeat it."""
        named = [name for name in self.found_by if "__" not in name]
        read = [n for n in (*named, *self.shows) if _field(self.model, n).many_to_one]
        searched = self.rows.alias(
            **{f"{name}_text": Cast(name, TextField()) for name in self.mentions}
        )
        rows = self.rows.filter(pk__in=searched.filter(found).values("pk"))
        return rows.select_related(*read).order_by("pk") if read else rows.order_by("pk")

    def _mention(self, words: Iterable[str]) -> Q:
        """Match texts, or JSON in whichever spelling, that hold one of these words."""
        spelled = {form for word in words for form in (word, json.dumps(word)[1:-1])}
        return reduce(
            or_, (_any(f"{name}_text__icontains", spelled) for name in self.mentions), NONE
        )

    def perhaps_of(self, person: Person) -> QuerySet[Any]:
        """Return the rows that only name someone, who may be another person of that name."""
        found = self._mention(name for name in person.names if len(name) >= SHORTEST_NAME)
        found |= self._named(person)
        return self._where(found).exclude(pk__in=self.of(person).values("pk"))

    def erase(self, rows: Iterable[Model], person: Person) -> int:
        """Do to rows what erasure does, and return how many it changed.

        Each is saved by itself, so that pages that remember it are made again.
        """
        theirs = self.rows.filter(self._leads_to(person) | self._named(person))
        own = set(theirs.values_list("pk", flat=True)) if self.empties else set()
        done = 0
        for row in rows:
            if self.fate is Fate.DELETED:
                for file in self._files(row):
                    transaction.on_commit(partial(file.storage.delete, str(file.name)))
                row.delete()
                done += 1
            elif self.fate is Fate.EMPTIED:
                done += self._empty(row, person, own=row.pk in own)
        return done

    def _files(self, row: Any) -> list[FieldFile]:
        values = (getattr(row, name, None) for name in self.shows)
        return [each for each in values if isinstance(each, FieldFile) and each.name]

    def _empty(self, row: Any, person: Person, *, own: bool) -> bool:
        """Empty the fields of a row that is about someone; of others', take out their words."""
        new = {name: person.redacted(getattr(row, name)) for name in self.mentions}
        new |= self.empties if own else {}
        changed = [name for name, value in new.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, new[name])
        if changed:
            redact = getattr(row, "redact", None)  # of rows that cannot be saved again
            redact(changed) if redact else row.save(update_fields=changed)
        return bool(changed)


@dataclass(frozen=True)
class Found:
    """What one declaration found about someone."""

    held: Held
    rows: list[Any]
    perhaps: list[Any]

    @property
    def facts(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of a field in words and what it says."""
        return [_facts(self.held, row) for row in self.rows]

    def addresses_of(self, keys: Collection[str]) -> set[str]:
        """Return the email addresses in rows that only name them and that these keys choose."""
        named = [
            n for n in self.held.found_by if isinstance(_field(self.held.model, n), EmailField)
        ]
        rows = [row for row in self.perhaps if key_of(row) in keys]
        return {said for row in rows for name in named if (said := _said(row, name))} - {NOBODY}

    @property
    def possible(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each row that only names them, with a key to choose it by."""
        return [(key_of(row), _facts(self.held, row)) for row in self.perhaps]


def chosen(found: Iterable[Found], keys: Collection[str]) -> list[Found]:
    """Return what was found, with the rows that only name them if these keys choose them."""
    each_with = (
        Found(each.held, [*each.rows, *(r for r in each.perhaps if key_of(r) in keys)], [])
        for each in found
    )
    return [each for each in each_with if each.rows]


def key_of(row: Model) -> str:
    """Return a key by which a form names a row."""
    return f"{row._meta.label_lower}:{row.pk}"


_held: list[Held] = []
_other_accounts: list[Callable[[set[int]], Iterable[int]]] = []


def register(
    held: Iterable[Held], other_accounts: Callable[[set[int]], Iterable[int]] | None = None
) -> None:
    """Declare what an app holds.

    Args:
        held: In the order in which people read it.
        other_accounts: Returns further accounts of the people with these ones.
    """
    _held.extend(each for each in held if each not in _held)
    if other_accounts and other_accounts not in _other_accounts:
        _other_accounts.append(other_accounts)


def every() -> list[Held]:
    """Return everything that is declared."""
    return list(_held)


def person_with(address: str, *names: str) -> Person:
    """Return who has an email address, with their accounts and the names of these.

    Args:
        address: Any of their addresses.
        names: Names by which to look for them too.
    """
    address = address.lower()
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True)
    mine = Q(email__iexact=address) | Q(pk__in=confirmed.values("user"))
    accounts = set(User.objects.filter(mine).values_list("pk", flat=True))
    for more in _other_accounts:
        accounts |= set(more(accounts))
    users = User.objects.filter(pk__in=accounts)
    addresses = {address, *(user.email.lower() for user in users)}
    others = EmailAddress.objects.filter(user__in=accounts, verified=True)
    addresses |= {each.lower() for each in others.values_list("email", flat=True)}
    called = {name.strip() for name in (*names, *(user.get_full_name() for user in users))}
    real = {each for each in addresses if each and not each.endswith(".invalid")}
    return Person(frozenset(accounts), frozenset(real), frozenset(called - {""}))


def person_of(user: User) -> Person:
    """Return the person with an account."""
    return person_with(user.email)


def find(person: Person, *, for_staff: bool) -> list[Found]:
    """Return everything that is held about someone; without what only names them if not for staff.

    Args:
        for_staff: Include what a person gets on asking staff only.
    """
    found = []
    for held in every():
        if held.is_for_staff and not for_staff:
            continue
        perhaps = list(held.perhaps_of(person)) if for_staff else []
        each = Found(held, list(held.of(person)), perhaps)
        if each.rows or each.perhaps:
            found.append(each)
    return found


def as_data(found: Iterable[Found], person: Person) -> dict[str, object]:
    """Return a copy for the person, as data that becomes JSON."""
    return {
        "site": settings.SITE_URL,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "email_addresses": sorted(person.addresses),
        "held": [
            {
                "what": each.held.what,
                "why": each.held.why,
                "kept": each.held.kept,
                "on_erasure": each.held.fate.value,
                "why_something_stays": each.held.stays,
                "rows": [dict(facts) for facts in each.facts],
            }
            for each in found
            if each.rows
        ],
    }


def as_rows(found: Iterable[Found]) -> Iterator[list[str]]:
    """Yield a copy for the person as the rows of a spreadsheet."""
    yield ["What it is", "Number", "Field", "Content", "Why we keep it", "How long"]
    for each in found:
        for number, facts in enumerate(each.facts, start=1):
            for name, value in facts:
                yield [each.held.what, str(number), name, value, each.held.why, each.held.kept]


def _any(lookup: str, values: Iterable[str]) -> Q:
    return reduce(or_, (Q(**{lookup: value}) for value in values), NONE)


def _field(model: str, name: str) -> Field[Any, Any]:
    """Return the field at the end of a lookup."""
    owner: Any = apps.get_model(model)
    *relations, last = name.split("__")
    for relation in relations:
        owner = owner._meta.get_field(relation).related_model
    found = owner._meta.pk if last == "pk" else owner._meta.get_field(last)
    return found


def _facts(held: Held, row: Any) -> list[tuple[str, str]]:
    names = dict.fromkeys((*held.found_by, *held.mentions, *held.shows))
    facts = [(_label(held, name), _said(row, name)) for name in names]
    return list(dict.fromkeys((label, said) for label, said in facts if said))


def _label(held: Held, name: str) -> str:
    if name == "id":
        return "Number"
    return str(_field(held.model, name).verbose_name).capitalize()


def _said(row: Any, name: str) -> str:
    choice = getattr(row, f"get_{name}_display", None)
    if choice:
        return str(choice())
    for part in name.split("__"):
        value: Any = row.__dict__[part] if part in row.__dict__ else getattr(row, part, None)
        if hasattr(value, "all"):
            return ", ".join(str(each) for each in value.all())
        if value is None:
            return ""
        row = value
    if hasattr(value, "tzinfo"):
        return format_date(timezone.localtime(value), "j F Y, H:i")
    if isinstance(value, Mapping | list):
        return "; ".join(_flat(value))
    return str(value)


def _flat(value: Any, name: str = "") -> Iterator[str]:
    """Yield the content of JSON as "name: value"."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, str(key).replace("_", " "))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each, name)
    elif value not in ("", None):
        yield f"{name}: {value}" if name else str(value)
