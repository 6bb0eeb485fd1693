"""Loading the register from a file: what would change, then the change.

Rows are matched by `key` alone, so that a new name, slug or GSS code is a change of the
same council. Nothing is ever deleted (product.md, row 98).
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from councils.choices import DomainKind, Kind, Region, SuccessionKind
from councils.models import Council, CouncilAlias, CouncilDomain, Succession
from portal.signals import public_changed

# The register as it is kept with the code (data/README.md says where each fact is from).
DATA = Path(__file__).parent / "data"
TEXTS = [
    "slug",
    "name",
    "official_name",
    "gss_code",
    "kind",
    "region",
    "website",
    "former_gss_codes",
]
NUMBERS = ["population", "population_year", "hex_q", "hex_r"]
POINTS = ["latitude", "longitude"]
DATES = ["started_on", "ended_on"]
LINKED = ["upper_tier", "email_domains", "aliases", "successors", "change"]
COLUMNS = ["key", *TEXTS, *NUMBERS, *POINTS, *DATES, *LINKED]

Done = TypeVar("Done")


class RegisterProblem(Exception):
    """The file cannot be loaded; says where and why."""


@dataclass
class Row:
    """One line of the file, read."""

    key: str
    fields: dict[str, object]
    upper_tier: str
    domains: dict[str, tuple[str, str]]
    aliases: set[str]
    successors: set[str]
    change: str


@dataclass
class Difference:
    """What loading a file changes, in words, and whether it does."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        """One line a change, readable by people."""
        yield from (f"new      {text}" for text in self.new)
        yield from (f"changed  {text}" for text in self.changed)
        yield from (f"not in the file, kept as it is  {text}" for text in self.missing)
        yield (
            f"{len(self.new)} new, {len(self.changed)} changed, {len(self.missing)} not in the file"
        )


def read(path: Path) -> list[Row]:
    """Read and check a register file (UTF-8 CSV with the columns COLUMNS).

    Raises: RegisterProblem, naming the line, for a missing column, an unknown value,
    a key given twice, or a key that nothing has.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if absent := set(COLUMNS) - set(reader.fieldnames or []):
            raise RegisterProblem(f"{path.name} has no column {', '.join(sorted(absent))}")
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
        )
    except ValueError as problem:
        raise RegisterProblem(f"line {line}: {problem}") from problem


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _domain(text: str) -> tuple[str, tuple[str, str]]:
    domain, kind, evidence = (*text.split(":"), "", "")[:3]
    return domain.lower(), (DomainKind(kind).value, evidence)


def _check_keys(rows: list[Row]) -> None:
    keys = [row.key for row in rows]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise RegisterProblem(f"key given twice: {', '.join(sorted(twice))}")
    named = {row.upper_tier for row in rows if row.upper_tier}
    named |= {key for row in rows for key in row.successors}
    known = {*keys, *Council.objects.values_list("key", flat=True)}
    if unknown := named - known:
        raise RegisterProblem(f"no council has the key {', '.join(sorted(unknown))}")


def load(rows: list[Row], *, dry_run: bool = False) -> Difference:
    """Make the register equal to `rows`, all or nothing; with `dry_run` only compare."""
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
        _link_councils(row, existing)
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
    """Change the fields that differ. Returns each change in words."""
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
    """Add aliases and domains that are new; those that staff added stay."""
    known_aliases = {alias.name for alias in council.aliases.all()}
    known_domains = {domain.domain for domain in council.domains.all()}
    new_aliases = sorted(row.aliases - known_aliases)
    new_domains = sorted(set(row.domains) - known_domains)
    CouncilAlias.objects.bulk_create(
        CouncilAlias(council=council, name=name) for name in new_aliases
    )
    CouncilDomain.objects.bulk_create(
        CouncilDomain(
            council=council,
            domain=domain,
            kind=row.domains[domain][0],
            evidence=row.domains[domain][1],
        )
        for domain in new_domains
    )
    return [f"alias {name!r}" for name in new_aliases] + [
        f"domain {domain}" for domain in new_domains
    ]


@transaction.atomic
def write_alias(alias: CouncilAlias, write: Callable[[], Done]) -> Done:
    """Do `write`, which adds, changes or deletes `alias`; what it returns.

    Each council that the alias belonged to before or belongs to then is found by other
    names from now on, so search is told.
    """
    was = CouncilAlias.objects.filter(pk=alias.pk).values_list("council", flat=True)
    councils = {*was, alias.council_id}
    done = write()
    for council in Council.objects.filter(pk__in=councils):
        public_changed.send(sender=Council, instance=council)
    return done


def _link_councils(row: Row, existing: dict[str, Council]) -> None:
    council = existing[row.key]
    upper = existing[row.upper_tier] if row.upper_tier else None
    if council.upper_tier_id != (upper.pk if upper else None):
        council.upper_tier = upper
        council.save(update_fields=["upper_tier"])
    if not row.successors:
        return
    known = {s.successor.key for s in council.successions.all()}
    Succession.objects.bulk_create(
        Succession(
            predecessor=council,
            successor=existing[key],
            kind=row.change or SuccessionKind.MERGED,
            on=council.ended_on,
        )
        for key in sorted(row.successors - known)
    )
