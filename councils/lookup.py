"""Council lookup, by any name people use or by the domain of an email address."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.dateformat import format as format_date
from rapidfuzz import process
from rapidfuzz.distance import OSA

from councils.choices import Kind
from councils.models import Council, CouncilDomain, CouncilQuerySet, RegisterStamp

PLACES = Path(__file__).parent / "data" / "places.csv"  # data/README.md: where from
MOST = 50  # answers; more would not help
NEAR = 8  # guesses
LONGEST = 100  # characters searched for
ALIKE = 0.66  # of 1: "Bristle" is 0.71 like "Bristol"
SURELY = 0.8  # "Stockprt" is 0.89 like "Stockport"
CLEARLY = 0.08  # how much better than the next

# Words for a type of council are optional, and ignored if wrong.
KIND_WORDS = frozenset(
    re.findall(
        r"\w+",
        """council councils cncl corporation authority unitary ua county co cc city borough boro
        bc district dist dc metropolitan metro met mb mbc mdc royal rb rbc london lb lbc
        local government govt the of and upon on in with under by""",
    )
)
SPELLED_OUT = frozenset(word for word in KIND_WORDS if len(word) > 5)
SHORT = {
    "n": "north",
    "nth": "north",
    "s": "south",
    "sth": "south",
    "e": "east",
    "w": "west",
    "ne": "north east",
    "nw": "north west",
    "se": "south east",
    "sw": "south west",
    "gt": "great",
    "saint": "st",
    "beds": "bedfordshire",
    "berks": "berkshire",
    "bucks": "buckinghamshire",
    "cambs": "cambridgeshire",
    "derbys": "derbyshire",
    "glos": "gloucestershire",
    "gloucs": "gloucestershire",
    "hants": "hampshire",
    "herts": "hertfordshire",
    "lancs": "lancashire",
    "leics": "leicestershire",
    "lincs": "lincolnshire",
    "northants": "northamptonshire",
    "northumb": "northumberland",
    "notts": "nottinghamshire",
    "oxon": "oxfordshire",
    "salop": "shropshire",
    "shrops": "shropshire",
    "staffs": "staffordshire",
    "warks": "warwickshire",
    "wilts": "wiltshire",
    "worcs": "worcestershire",
    "yorks": "yorkshire",
}
TOGETHER = re.compile(r", and |, | and | with ")
BESIDE = re.compile(r"[ -](?:upon|on|under|in)[ -]")


@dataclass(frozen=True)
class Answer:
    """A council, the name that matched, and why if its own name does not show it."""

    pk: int
    called: str = ""
    why: str = ""


@dataclass(frozen=True)
class LookedUp:
    """Results of a lookup, best first.

    Attributes:
        one: The intended council, if it is clear.
        is_exact: Whether the name matches. If not, names start with it or are similar.
        is_guess: Whether names are only similar in spelling.
    """

    answers: Sequence[Answer] = ()
    one: int | None = None
    is_exact: bool = False
    is_guess: bool = False

    @property
    def councils(self) -> CouncilQuerySet:
        """Councils with `rank` (best first), and `why` if their name does not show it."""
        rank = [When(pk=each.pk, then=Value(n)) for n, each in enumerate(self.answers)]
        why = [When(pk=each.pk, then=Value(each.why)) for each in self.answers if each.why]
        return Council.objects.filter(pk__in=[each.pk for each in self.answers]).annotate(
            rank=Case(*rank, default=Value(MOST)), why=Case(*why, default=Value(""))
        )

    def best_first(self) -> CouncilQuerySet:
        """Return the councils in order of rank."""
        return self.councils.order_by("rank")  # type: ignore[misc]  # annotated


def look_up(text: str) -> LookedUp:
    """Find real councils by name, abolished ones included.

    Args:
        text: As typed: with or without the words for a type of council, misspelled, a short
            form, a town, a former council, a GSS code.
    """
    return _index().find(text[:LONGEST]) if text else LookedUp()


def _tokens(text: str) -> list[str]:
    """Return the words in lower case without accents, with abbreviations expanded."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    plain = re.sub(r"^\s*(https?://)?(www\.)?|\.gov\.uk\b.*|[.'’‘`´]|[\u0300-\u036f]", "", plain)
    words = re.findall(r"[a-z0-9]+", plain)
    return " ".join(SHORT.get(word, word) for word in words).split()


def _core(words: Sequence[str]) -> str:
    """Return the words that tell councils apart; all of them for "City of London"."""
    telling = [word for word in words if word not in KIND_WORDS]
    return " ".join(telling or [w for w in words if w in ("city", "london")] or words)


class Known(NamedTuple):
    """Facts about one council in the index."""

    pk: int
    key: str
    slug: str
    name: str
    official_name: str
    gss_code: str
    kind: str
    upper_tier: int | None
    website: str
    started_on: date | None
    ended_on: date | None
    today: date

    @property
    def has_ended(self) -> bool:
        return self.ended_on is not None and self.ended_on < self.today

    @property
    def last_day(self) -> str:
        return format_date(self.ended_on, "j F Y") if self.ended_on else ""

    @property
    def news(self) -> str:
        """What people should hear of it beside its name: an end or a start to come."""
        if self.ended_on and not self.has_ended:
            return f"Ends on {self.last_day}"
        if self.started_on and self.started_on > self.today:
            return f"Begins on {format_date(self.started_on, 'j F Y')}"
        return ""


@dataclass
class Index:
    """All names in the register, each without the words for types of council."""

    councils: dict[int, Known] = field(default_factory=dict)
    successors: dict[int, list[int]] = field(default_factory=dict)
    names: dict[str, list[Answer]] = field(default_factory=dict)
    others: dict[str, list[Answer]] = field(default_factory=dict)
    spaced: dict[str, str] = field(default_factory=dict)
    vocabulary: set[str] = field(default_factory=set)

    def add(self, names: dict[str, list[Answer]], core: str, answer: Answer) -> None:
        """Add a name. If a council has it twice, the first counts."""
        if key := core.replace(" ", ""):
            answers = names.setdefault(key, [])
            if answer.pk not in [each.pk for each in answers]:
                answers.append(answer)
            self.spaced.setdefault(key, core)
            self.vocabulary |= set(core.split())

    def find(self, text: str) -> LookedUp:
        """Return exact matches, else names that start with it, else similar ones."""
        words = _tokens(text)
        core = _core([w for w in words if not self._is_kind(w)] or words)
        key = core.replace(" ", "")
        if not key:
            return LookedUp()
        exact = self._alike_named(words, key)
        direct = [each for each in exact if not self.councils[each.pk].has_ended]
        begun = self._begun(core)
        answers = [*self._with_successors(exact), *self._with_successors(begun)]
        if len(direct) == 1:
            answers += self._districts_of(direct[0].pk)
        found = _once(answers)[:MOST]
        if exact:
            # A town in a county may look for either council there.
            kinds = [self.councils[each.pk].kind for each in direct]
            plain = len(direct) == 1 and (key in self.names or kinds != [Kind.COUNTY])
            return LookedUp(found, direct[0].pk if plain else None, is_exact=True)
        if found:
            return LookedUp(found, found[0].pk if len(found) == 1 else None)
        tells = any(word not in KIND_WORDS for word in words)
        return self._spelled_like(key) if tells else LookedUp()

    def _is_kind(self, word: str) -> bool:
        """Whether the word names a type of council, even misspelled: "Counsil"."""
        if word in KIND_WORDS:
            return True
        if len(word) < 5 or word in self.vocabulary:
            return False
        return any(OSA.normalized_similarity(word, kind) >= SURELY for kind in SPELLED_OUT)

    def _alike_named(self, words: Sequence[str], key: str) -> list[Answer]:
        """Return councils with exactly this name; both, if a city and its county share it."""
        found = list(self.names.get(key) or self.others.get(key) or [])
        county = self.names.get(f"{key}shire", ())
        counties = [
            each
            for each in county
            if self.councils[each.pk].kind == Kind.COUNTY and not self.councils[each.pk].has_ended
        ]
        if counties and "county" in words:
            return counties
        above = {self.councils[each.pk].upper_tier for each in found}
        shared = [each for each in counties if each.pk in above]
        if shared and not {"city", "borough", "district", "bc", "dc"} & set(words):
            found += [replace(each, why="The county council for the same place") for each in shared]
        return found

    def _begun(self, core: str) -> list[Answer]:
        """Those with a name whose words begin as these do, the whole name's beginning first.

        One letter is too little to begin any but the first word of a council's own name.
        """
        if len(core) == 1:
            keys = sorted(key for key in self.names if key.startswith(core))
            begun = [each for key in keys for each in self.names[key]]
            return sorted(begun, key=lambda each: self.councils[each.pk].has_ended)
        starts = [f" {word}" for word in core.split()]
        for names in (self.names, self.others):
            fits = [
                (not name.startswith(core), name, names[key])
                for key in names
                if all(start in f" {(name := self.spaced[key])}" for start in starts)
            ]
            if fits:
                ordered = [
                    each for _, _, answers in sorted(fits, key=lambda f: f[:2]) for each in answers
                ]
                return sorted(ordered, key=lambda each: self.councils[each.pk].has_ended)
        return []

    def _with_successors(self, answers: Iterable[Answer]) -> list[Answer]:
        """Return current councils, then successors of abolished ones, then the abolished ones."""
        ended = [each for each in answers if self.councils[each.pk].has_ended]
        after = []
        for each in ended:
            was = self.councils[each.pk]
            why = f"Replaced {was.official_name}, which ended on {was.last_day}"
            after += [Answer(pk, each.called or was.name, why) for pk in self._after(each.pk)]
        standing = [
            replace(each, why=". ".join(filter(None, (each.why, self.councils[each.pk].news))))
            for each in answers
            if each not in ended
        ]
        return [*standing, *after, *ended]

    def _after(self, pk: int) -> list[int]:
        """Return a council's current successors, any number of steps away."""
        found, steps = [], list(self.successors.get(pk, ()))
        for each in steps:
            if each in self.councils and not self.councils[each].has_ended:
                found.append(each)
            steps += [more for more in self.successors.get(each, ()) if more not in steps]
        return found

    def _districts_of(self, county: int) -> list[Answer]:
        why = f"District council in {self.councils[county].name}"
        return [
            Answer(pk, why=why)
            for pk, row in self.councils.items()
            if row.upper_tier == county and not row.has_ended
        ]

    def _spelled_like(self, key: str) -> LookedUp:
        like: list[tuple[float, Answer]] = []
        for names, at_least, bonus in ((self.names, ALIKE, CLEARLY / 2), (self.others, SURELY, 0)):
            near = process.extract(
                key,
                names.keys(),
                scorer=OSA.normalized_similarity,
                score_cutoff=at_least,
                limit=NEAR,
            )
            like += [(score + bonus, each) for name, score, _ in near for each in names[name]]
        like.sort(key=lambda pair: -pair[0])
        if not like:
            return LookedUp(is_guess=True)
        best = like[0][0]
        answers = _once(self._with_successors([a for score, a in like if score > best - 0.15]))[
            :NEAR
        ]
        rivals = [score for score, each in like if each.pk != like[0][1].pk]
        plain = best >= SURELY and (not rivals or best - rivals[0] >= CLEARLY)
        one = like[0][1].pk if plain and not self.councils[like[0][1].pk].has_ended else None
        return LookedUp(answers, one, is_guess=True)


def _once(answers: Iterable[Answer]) -> list[Answer]:
    first: dict[int, Answer] = {}
    for each in answers:
        first.setdefault(each.pk, each)
    return list(first.values())


def _index() -> Index:
    """The index over the register as it is now, rebuilt if that has changed. One query.

    The stamp is read before the rows: what changes in between shows at the next look-up.
    """
    stamp = RegisterStamp.objects.values_list("stamp", flat=True).first()
    now = (stamp, timezone.localdate())
    held = _held.get("index")
    if held is None or stamp is None or held[0] != now:
        known = [name for name in Known._fields if name != "today"]
        linked = ["aliases__name", "successions__successor", "successions__on"]
        register = Council.objects.real().order_by("pk", "aliases__pk", "successions__pk")
        held = _held["index"] = (now, _build(register.values_list(*known, *linked), now[1]))
    return held[1]


_held: dict[str, tuple[tuple[str | None, date], Index]] = {}


def _build(register: Iterable[tuple], today: date) -> Index:
    rows, aliases = [], []
    index = Index()
    for *facts, alias, successor, on in register:
        row = Known._make([*facts, today])
        if row.pk not in index.councils:
            rows.append(row)
        index.councils[row.pk] = row
        if alias:
            aliases.append((row.pk, alias))
        if successor and not (on and on >= today):
            after = index.successors.setdefault(row.pk, [])
            after += [] if successor in after else [successor]
    rows.sort(key=lambda row: row.has_ended)

    def called(names: dict, text: str, pk: int, other: str = "", why: str = "") -> None:
        index.add(names, _core(_tokens(text)), Answer(pk, other, why))

    for row in rows:
        for name in (row.name, row.official_name, row.slug, row.gss_code):
            called(index.names, name, row.pk)
    for pk, name in aliases:
        called(index.names, name, pk, name, f"Also called “{name}”")
    for row in rows:
        for part in (BESIDE.split(each)[0] for each in TOGETHER.split(row.name)):
            called(index.names, part, row.pk, "", f"“{part}” is part of its name")
    by_key = {row.key: row.pk for row in rows}
    for name, key in _places():
        if key in by_key:
            council = index.councils[by_key[key]].name
            called(index.others, name, by_key[key], name, f"{name} is in {council}")
    for row in rows:
        called(index.others, row.website, row.pk)
        for name in (row.name, row.official_name):
            words = [w for w in _tokens(name) if w not in ("of", "the", "and", "upon", "on")]
            initials = "".join(word[0] for word in words)
            if len(initials) > 2:
                letters = initials.upper()
                index.add(index.others, initials, Answer(row.pk, letters, f"“{letters}” for short"))
    return index


@cache
def _places() -> list[tuple[str, str]]:
    with PLACES.open(encoding="utf-8", newline="") as lines:
        return [(row["name"], row["key"]) for row in csv.DictReader(lines)]


def domain_of(email: str) -> str:
    """Return the domain after the last @, in lower case and ASCII; "" if there is none."""
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    try:
        return domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        return ""


def councils_of(email: str):
    """Return councils that use the address's domain or a parent domain.

    x.bradford.gov.uk is Bradford's; notbradford.gov.uk is not (product.md 4.7).
    """
    labels = domain_of(email).split(".")
    candidates = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    matches = CouncilDomain.objects.filter(domain__in=candidates)
    return Council.objects.filter(domains__in=matches).distinct()


def is_of(email: str, council: Council) -> bool:
    """Whether the address is on one of this council's domains."""
    return councils_of(email).filter(pk=council.pk).exists()
