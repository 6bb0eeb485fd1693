"""Loading of the register from a CSV file, and changes to aliases.

Rows are matched by `key` alone, so that a new name, slug or GSS code is a change of the same
council. Nothing is ever deleted (product.md, row 98).
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from councils.choices import DomainKind, Kind, Region, SuccessionKind
from councils.models import Council, CouncilAlias, CouncilDomain, Succession
from portal.signals import public_changed

# The register's files (data/README.md has the source of each fact).
DATA = Path(__file__).parent / "data"
TEXTS = ["slug", "name", "official_name", "gss_code", "kind", "region", "website"]
TEXTS += ["former_gss_codes"]
NUMBERS = ["population", "population_year", "hex_q", "hex_r"]
POINTS = ["latitude", "longitude"]
DATES = ["started_on", "ended_on"]
LINKED = ["upper_tier", "email_domains", "aliases", "successors", "change", "change_source"]
COLUMNS = ["key", *TEXTS, *NUMBERS, *POINTS, *DATES, *LINKED]

Done = TypeVar("Done")

_TOLD = "register.told"  # the cache's key of the day on which `tell_of_dates` last ran
_LOOK_BACK = timedelta(days=31)  # if the cache has lost it


class RegisterError(Exception):
    """Raised when a file cannot be loaded; the message says where and why."""


@dataclass
class Row:
    """One line of the file, with typed values.

    Attributes:
        fields: Values of the council's own fields.
        domains: `kind` and `evidence` by domain.
    """

    key: str
    fields: dict[str, object]
    upper_tier: str
    domains: dict[str, dict[str, str]]
    aliases: set[str]
    successors: set[str]
    change: str
    change_source: str


@dataclass
class Difference:
    """What a file changes, in words: one text for each council."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        """Yield one line for each council, then the totals."""
        yield from (f"new      {text}" for text in self.new)
        yield from (f"changed  {text}" for text in self.changed)
        yield from (f"not in the file, kept as it is  {text}" for text in self.missing)
        yield (
            f"{len(self.new)} new, {len(self.changed)} changed, {len(self.missing)} not in the file"
        )


def read(path: Path) -> list[Row]:
    """Read and check a register file: UTF-8 CSV with the columns COLUMNS.

    Raises:
        RegisterError: For a missing column, an unknown value (with its line), a key that
            appears twice, or a link to an unknown key.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if absent := set(COLUMNS) - set(reader.fieldnames or []):
            raise RegisterError(f"{path.name} has no column {', '.join(sorted(absent))}")
        rows = [_read_row(line, raw) for line, raw in enumerate(reader, start=2)]
    _check_keys(rows)
    return rows


def _read_row(line: int, raw: dict[str, str]) -> Row:
    try:
        fields: dict[str, object] = {name: raw[name].strip() for name in TEXTS}
        fields |= {name: int(raw[name]) if raw[name] else None for name in NUMBERS}
        fields |= {name: float(raw[name]) if raw[name] else None for name in POINTS}
        fields |= {name: date.fromisoformat(raw[name]) if raw[name] else None for name in DATES}
        Kind(raw["kind"].strip())
        Region(raw["region"].strip())
        if raw["change"]:
            SuccessionKind(raw["change"])
        return Row(
            key=raw["key"].strip(),
            fields=fields,
            upper_tier=raw["upper_tier"],
            domains=dict(_domain(part) for part in _parts(raw["email_domains"])),
            aliases=set(_parts(raw["aliases"])),
            successors=set(_parts(raw["successors"])),
            change=raw["change"],
            change_source=raw["change_source"].strip(),
        )
    except ValueError as problem:
        raise RegisterError(f"line {line}: {problem}") from problem


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _domain(text: str) -> tuple[str, dict[str, str]]:
    domain, kind, evidence = (*text.split(":"), "", "")[:3]
    return domain.lower(), {"kind": DomainKind(kind).value, "evidence": evidence}


def _check_keys(rows: list[Row]) -> None:
    keys = [row.key for row in rows]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise RegisterError(f"key given twice: {', '.join(sorted(twice))}")
    named = {row.upper_tier for row in rows if row.upper_tier}
    named |= {key for row in rows for key in row.successors}
    known = {*keys, *Council.objects.values_list("key", flat=True)}
    if unknown := named - known:
        raise RegisterError(f"no council has the key {', '.join(sorted(unknown))}")


def load(rows: list[Row], *, dry_run: bool = False) -> Difference:
    """Make the register equal to `rows` in one transaction, and return what changed.

    Args:
        rows: The whole file.
        dry_run: Roll back, so that nothing changes.
    """
    with transaction.atomic():
        difference = _apply(rows)
        if dry_run:
            transaction.set_rollback(True)
    return difference


def _apply(rows: list[Row]) -> Difference:
    existing = {
        council.key: council
        for council in Council.objects.select_related("upper_tier").prefetch_related(
            "aliases", "domains", "successions__successor"
        )
    }
    difference = Difference(missing=_missing(rows, existing))
    touched: list[Council] = []
    for row in rows:
        council = existing.get(row.key)
        if council is None:
            council = existing[row.key] = Council.objects.create(key=row.key, **row.fields)
            difference.new.append(f"{row.key}: {council.official_name}")
            _link_words(council, row)
            touched.append(council)
        elif changes := [*_update(council, row), *_link_words(council, row)]:
            difference.changed.append(f"{row.key}: {'; '.join(changes)}")
            touched.append(council)
    for row in rows:
        council = existing[row.key]
        if linked := _link_councils(row, existing):
            if council not in touched:
                difference.changed.append(f"{row.key}: {'; '.join(linked)}")
            touched += [each for each in (council, *linked.values()) if each not in touched]
    for council in touched:
        public_changed.send(sender=Council, instance=council)
    return difference


def _missing(rows: list[Row], existing: dict[str, Council]) -> list[str]:
    keys = {row.key for row in rows}
    return [
        f"{council.key}: {council.official_name}"
        for council in existing.values()
        if council.key not in keys and not council.is_demonstration and council.is_council
    ]


def _update(council: Council, row: Row) -> list[str]:
    """Update the fields that differ, and return each change in words."""
    changes = [
        f"{name} {getattr(council, name)!r} -> {value!r}"
        for name, value in row.fields.items()
        if getattr(council, name) != value
    ]
    if changes:
        for name, value in row.fields.items():
            setattr(council, name, value)
        council.save()
    return changes


def _link_words(council: Council, row: Row) -> list[str]:
    """Add new aliases and domains, and return them in words. What staff added stays."""
    aliases = sorted(row.aliases - {alias.name for alias in council.aliases.all()})
    domains = sorted(row.domains.keys() - {domain.domain for domain in council.domains.all()})
    CouncilAlias.objects.bulk_create(CouncilAlias(council=council, name=name) for name in aliases)
    CouncilDomain.objects.bulk_create(
        CouncilDomain(council=council, domain=name, **row.domains[name]) for name in domains
    )
    return [f"alias {name!r}" for name in aliases] + [f"domain {name}" for name in domains]


def tell_of_dates() -> int:
    """Job: send `public_changed` for councils that have begun or ended since it last ran.

    On such a day nobody writes to the register, but copies of what it says become wrong.

    Returns:
        How many councils there were.
    """
    today = timezone.localdate()
    last = cache.get(_TOLD) or today - _LOOK_BACK
    if last >= today:
        return 0
    ended = Q(ended_on__gte=last, ended_on__lt=today)
    begun = Q(started_on__gt=last, started_on__lte=today)
    with transaction.atomic():
        councils = list(Council.objects.filter(ended | begun))
        for council in councils:
            public_changed.send(sender=Council, instance=council)
    cache.set(_TOLD, today, timeout=None)
    return len(councils)


@transaction.atomic
def write_alias(alias: CouncilAlias, write: Callable[[], Done]) -> Done:
    """Call `write` and send `public_changed` for each council that gains or loses the alias.

    Args:
        alias: The alias that `write` adds, changes or deletes.
        write: Writes to the database.

    Returns:
        What `write` returns.
    """
    was = CouncilAlias.objects.filter(pk=alias.pk).values_list("council", flat=True)
    councils = {*was, alias.council_id}
    done = write()
    for council in Council.objects.filter(pk__in=councils):
        public_changed.send(sender=Council, instance=council)
    return done


def _link_councils(row: Row, existing: dict[str, Council]) -> dict[str, Council]:
    """Set the county and add new successions.

    Returns:
        The other councils concerned, by what changed in words.
    """
    council = existing[row.key]
    changes: dict[str, Council] = {}
    upper = existing[row.upper_tier] if row.upper_tier else None
    if council.upper_tier_id != (upper.pk if upper else None):
        council.upper_tier = upper
        council.save(update_fields=["upper_tier"])
        changes[f"county {row.upper_tier or 'none'}"] = upper or council
    if not row.successors:
        return changes
    known = {s.successor.key for s in council.successions.all()}
    for key in sorted(row.successors - known):
        Succession.objects.create(
            predecessor=council,
            successor=existing[key],
            kind=row.change or SuccessionKind.MERGED,
            on=council.ended_on,
            source=row.change_source,
        )
        changes[f"successor {key}"] = existing[key]
    return changes
