"""Facets of a list: what can be chosen, how much each choice finds, and its address.

Case studies, councils and search results are filtered with them: "or" within a facet, "and"
across facets. The counts of a facet ignore its own choices, so they say what one more box would
add. The address holds everything. Values that do not exist choose nothing, and pages name them.

django-filter, which staff's lists use, would do only what is one `filter(region__in=…)` here: it
has no counts, no addresses and no words, and search results are not a queryset.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Self, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

VALUE = re.compile(r"[a-z0-9-]{1,80}\Z")  # of a facet without a closed list
MOST_VALUES = 20  # of one such facet: nobody chooses more by hand
MOST_UNKNOWN, MOST_LETTERS = 3, 80  # of unknown values, in a message
FIRST = 3  # facets that are not folded away

Labels = Mapping[str, str]  # of one facet: values and what people read, in the order shown
Known = Mapping[str, Labels]  # by facet
Counts = Mapping[str, Mapping[str, int]]  # by facet and value
Columns = Mapping[str, Sequence[object]]  # by facet, the value of each thing
T = TypeVar("T")


@dataclass(frozen=True)
class Option:
    """One checkbox. `count`: what it finds, other choices in its facet lifted."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of checkboxes. `is_open`: not folded away."""

    name: str
    label: str
    options: Sequence[Option]
    is_open: bool

    @property
    def chosen(self) -> int:
        """The number of ticked boxes."""
        return sum(option.checked for option in self.options)


@dataclass(frozen=True)
class Chip:
    """One choice in force, and the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Choices:
    """What an address asks of a list, and the addresses beside it. These begin at page 1.

    Attributes:
        q: Search words.
        chosen: The chosen values of each facet, in the order shown.
        settings: Other parameters that differ from their defaults, such as the order.
        unknown: A few of the values that do not exist, for a message.
    """

    q: str
    chosen: Mapping[str, tuple[str, ...]]
    settings: Labels = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        given: QueryDict,
        known: Mapping[str, Labels | None],
        *,
        q: str = "",
        settings: Mapping[str, Sequence[str]] | None = None,
    ) -> Self:
        """Read a query string.

        Args:
            given: The request's query.
            known: The possible values by facet; None takes any that looks like a slug.
            q: The search words, cleaned.
            settings: The possible values of other parameters, each with its default first.
        """
        chosen, unknown = {}, set()
        for name, labels in known.items():
            asked = dict.fromkeys(given.getlist(name))
            if labels is None:
                chosen[name] = tuple(value for value in asked if VALUE.match(value))[:MOST_VALUES]
            else:
                chosen[name] = tuple(value for value in labels if value in asked)
            unknown |= {value for value in asked if value and not _is_known(value, labels)}
        others = {
            name: value
            for name, values in (settings or {}).items()
            if (value := given.get(name, "")) in values[1:]
        }
        return cls(q, chosen, others, tuple(sorted(map(_shown, unknown))[:MOST_UNKNOWN]))

    @property
    def is_narrowed(self) -> bool:
        """Whether there are search words or choices."""
        return bool(self.q) or any(self.chosen.values())

    @property
    def number(self) -> int:
        """How many values are chosen."""
        return sum(map(len, self.chosen.values()))

    def allows(self, name: str, value: str) -> bool:
        """Whether a facet's choices include this value; no choice includes all."""
        return not self.chosen[name] or value in self.chosen[name]

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """Return name and value of each parameter but these, for forms and addresses."""
        found = [("q", self.q)] if self.q else []
        found += [(name, value) for name, values in self.chosen.items() for value in values]
        found += self.settings.items()
        return [(name, value) for name, value in found if name not in without]

    @property
    def url(self) -> str:
        """The query string with its question mark, the same for any order of choices."""
        return f"?{urlencode(self.fields())}"

    @property
    def before_page(self) -> str:
        """The query string before a page number, with "&" at its end unless it is empty."""
        return f"{urlencode(self.fields())}&".removeprefix("&")

    def address(self, page: int) -> str:
        """Return the query string of one page, without what changes nothing; "" for none."""
        query = f"{self.before_page}{f'page={page}' if page > 1 else ''}".removesuffix("&")
        return query and f"?{query}"

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the form of the facets sends along unseen."""
        return self.fields(*self.chosen)

    @property
    def kept_by_words(self) -> list[tuple[str, str]]:
        """What the form of the search words sends along unseen."""
        return self.fields("q")

    def without(self, name: str, value: str = "") -> Self:
        """Return these without one choice, without a facet's choices, or without words ("q")."""
        if name == "q":
            return replace(self, q="")
        left = tuple(v for v in self.chosen[name] if value and v != value)
        return replace(self, chosen={**self.chosen, name: left})

    def cleared(self) -> Self:
        """Return these without any choice in a facet."""
        return replace(self, chosen=dict.fromkeys(self.chosen, ()))

    def links(self, name: str, labels: Labels) -> list[dict[str, object]]:
        """Return a link for each value of a setting, the one in force marked.

        Args:
            name: The parameter.
            labels: Its values and what people read; the default first.
        """
        default = next(iter(labels))
        links = []
        for value, label in labels.items():
            settings = {**self.settings, name: value}
            if value == default:
                del settings[name]
            is_now = value == self.settings.get(name, default)
            url = replace(self, settings=settings).url
            links.append({"label": label, "url": url, "is_now": is_now})
        return links

    def in_words(self, known: Known) -> str:
        """Return the choices, with "or" within a facet and "and" between facets."""
        groups = [
            " or ".join(known[name][value] for value in values)
            for name, values in self.chosen.items()
            if values
        ]
        return ", and ".join(groups)

    def chips(self, known: Known) -> list[Chip]:
        """Return the choices in force, each with the address that removes it."""
        return [
            Chip(known[name][value], self.without(name, value).url)
            for name, values in self.chosen.items()
            for value in values
            if value in known[name]
        ]

    @property
    def words_chip(self) -> list[Chip]:
        """The search words, with the address that removes them; none without words."""
        return [Chip(f"“{self.q}”", self.without("q").url)] if self.q else []

    def facets(
        self, labels: Labels, known: Known, counts: Counts, first: int = FIRST
    ) -> list[Facet]:
        """Return the facets that have something to tick, in their order.

        Options that find nothing are left out, unless they are chosen.

        Args:
            labels: What each facet is called.
            known: The values and labels of each.
            counts: What each value finds.
            first: How many facets are open; of the others, those with a choice.
        """
        shown: list[Facet] = []
        for name, label in labels.items():
            options = [
                Option(value, text, counts[name].get(value, 0), value in self.chosen[name])
                for value, text in known[name].items()
                if counts[name].get(value) or value in self.chosen[name]
            ]
            if self.chosen[name] or len(options) > 1:
                is_open = bool(self.chosen[name]) or len(shown) < first
                shown.append(Facet(name, label, options, is_open))
        return shown


def tally(columns: Columns, choices: Choices) -> tuple[dict[str, Counter[str]], int]:
    """Count the values of facets, each without its own choices, and all that fits every choice.

    Works by columns, because at 10,000 things that takes a quarter of the time.

    Args:
        columns: By facet, the value of each thing: one, None, or a tuple of several.
        choices: What is chosen.
    """
    fits = _fits(columns, choices)
    fitted = [sum(each) for each in zip(*fits.values(), strict=True)]
    counts: dict[str, Counter[str]] = {}
    for name, column in columns.items():
        left: Sequence[object] = column
        if own := fits.get(name):  # without its own answer, a thing must fit all the others
            left = [
                v for v, n, yes in zip(column, fitted, own, strict=True) if n - yes >= len(fits) - 1
            ]
        elif fits:
            left = [v for v, n in zip(column, fitted, strict=True) if n == len(fits)]
        counts[name] = Counter()
        for value, number in Counter(left).items():
            for one in _each(value):
                counts[name][one] += number
    return counts, fitted.count(len(fits)) if fits else len(next(iter(columns.values())))


def fitting(things: Sequence[T], columns: Columns, choices: Choices) -> Sequence[T]:
    """Return the things that fit every choice, in their order.

    Args:
        things: As long as each of the columns.
        columns: As `tally` takes them.
        choices: What is chosen.
    """
    fits = _fits(columns, choices).values()
    return tuple(compress(things, map(all, zip(*fits, strict=True)))) if fits else things


def _fits(columns: Columns, choices: Choices) -> dict[str, list[bool]]:
    """Return, for each facet with a choice, which things fit it."""
    fits = {}
    for name, column in columns.items():
        if chosen := set(choices.chosen[name]):
            answers = {value: not chosen.isdisjoint(_each(value)) for value in set(column)}
            fits[name] = [answers[value] for value in column]
    return fits


def _each(value: object) -> Sequence[str]:
    """Return the values of a thing in one facet."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (str(value),)


def _is_known(value: str, labels: Labels | None) -> bool:
    return bool(VALUE.match(value)) if labels is None else value in labels


def _shown(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value[:MOST_LETTERS]).strip()
