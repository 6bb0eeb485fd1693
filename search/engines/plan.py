"""The plan of a question: what it asks for, with the editors' rules applied.

Both engines answer plans, so that they ask for the same.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from search.engines.interface import WordRule
from search.engines.words import MOST_TERMS, STOPWORDS, fold, parse, spans, telling

_Tokens = tuple[str, ...]
_Index = Mapping[str, list[tuple[_Tokens, WordRule]]]


@dataclass(frozen=True)
class Expression:
    """A word, or several side by side. `as_written`: matched without stems."""

    text: str
    as_written: bool = False


@dataclass(frozen=True)
class Want:
    """One thing an entry must hold: everything `typed`, or one of `instead`.

    `is_quoted`: it was in quotation marks, so it is always required.
    """

    typed: tuple[Expression, ...]
    instead: tuple[Expression, ...] = ()
    is_quoted: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether stems may match all of it."""
        return not any(expression.as_written for expression in self.all)

    @property
    def is_number(self) -> bool:
        """Whether it is a bare number, such as a year."""
        return not self.instead and all(e.text.isdigit() for e in self.typed)

    @property
    def all(self) -> tuple[Expression, ...]:
        """Everything that matches it or a part of it."""
        return self.typed + self.instead


@dataclass(frozen=True)
class Plan:
    """A question, ready for an engine.

    `prefix`: the last word, if it may be unfinished. `unlike`: entries that hold one of these
    come last. `name`: an entry of this name comes first. `named`: the parts of the question;
    an entry with such a name comes before one that only mentions it.
    """

    wants: tuple[Want, ...] = ()
    prefix: str = ""
    unlike: tuple[str, ...] = ()
    name: str = ""
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wants)

    @property
    def is_expanded(self) -> bool:
        """Whether a rule gave equivalents."""
        return any(want.instead for want in self.wants)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """All that may be marked in an answer, once each."""
        return tuple(dict.fromkeys(e for want in self.wants for e in want.all))

    @cached_property
    def topics(self) -> tuple[Expression, ...]:
        """What may rank an entry that does not hold everything.

        No numbers if there are words, because a year is no topic.
        """
        worded = [want for want in self.wants if not want.is_number]
        return tuple(dict.fromkeys(e for want in worded or self.wants for e in want.all))

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """The words that were typed, once each."""
        return tuple(dict.fromkeys(e.text for want in self.wants for e in want.typed))


def make_plan(text: str, rules: tuple[WordRule, ...] = ()) -> Plan:
    """Return the plan for a text. It is empty if there is no word in the text."""
    terms = parse(text)
    if not terms:
        return Plan()
    matched = list(_matched(terms.loose, _index(rules)))
    known = [found for _, found in matched if found]
    words = telling([tokens[0] for tokens, found in matched if not found], others=bool(known))
    wants = [_want(tokens, found) for tokens, found in matched if found or tokens[0] in words]
    wants += [
        Want((Expression(phrase, as_written=True),), is_quoted=True) for phrase in terms.phrases
    ]
    wants = list(dict.fromkeys(wants))[:MOST_TERMS]
    return Plan(
        wants=tuple(wants),
        # A word that a rule knows is whole.
        prefix=terms.prefix if Want((Expression(terms.prefix),)) in wants else "",
        unlike=tuple(dict.fromkeys(text for found in known for r in found for text in r.unlike)),
        name=(name := fold(text)),
        named=spans(name.split()[:MOST_TERMS]),
    )


def rarity(held: int, of: int) -> float:
    """Return the weight of a want held by `held` of so many candidates: rarer weighs more.

    Counted among the candidates, because a site's short entries make common words look rare.
    """
    return math.log1p(of / (held or 0.5))


def longest_of(names: Iterable[str]) -> list[str]:
    """Return those with most words: South Gloucestershire does not mean Gloucestershire."""
    names = list(names)
    most = max((name.count(" ") for name in names), default=0)
    return [name for name in names if name.count(" ") == most]


def _matched(words: _Tokens, index: _Index) -> Iterator[tuple[_Tokens, list[WordRule]]]:
    """Return the words in order, alone or as the longest expression that has rules."""
    bases = [_base(word) for word in words]
    at = 0
    while at < len(words):
        length = 1
        rules: list[WordRule] = []
        for tokens, rule in index.get(bases[at], ()):
            if len(tokens) >= length and tuple(bases[at : at + len(tokens)]) == tokens:
                rules = [*rules, rule] if len(tokens) == length else [rule]
                length = len(tokens)
        yield words[at : at + length], rules
        at += length


def _want(words: _Tokens, rules: list[WordRule]) -> Want:
    asked = " ".join(words)
    as_written = any(rule.as_written for rule in rules)
    mine = tuple(_base(word) for word in words)
    instead = [
        Expression(text, as_written=rule.as_written and text in rule.words)
        for rule in rules
        for text in (*rule.words, *rule.also)
        if _tokens(text) and _tokens(text) != mine
    ]
    # Small words say nothing alone: "did not work" is an expression or nothing.
    together = as_written or (bool(rules) and not STOPWORDS.isdisjoint(words))
    typed = [asked] if together else words
    return Want(
        tuple(Expression(text, as_written) for text in typed),
        tuple(dict.fromkeys(instead)),
    )


@lru_cache(maxsize=8)
def _index(rules: tuple[WordRule, ...]) -> _Index:
    """Return the rules by the first word of each expression."""
    index: dict[str, list[tuple[_Tokens, WordRule]]] = defaultdict(list)
    for rule in rules:
        for text in rule.words:
            if tokens := _tokens(text):
                index[tokens[0]].append((tokens, rule))
    return dict(index)


@lru_cache(maxsize=2_000)
def _tokens(text: str) -> _Tokens:
    """Return an expression's words as rules compare them."""
    return tuple(_base(word) for word in fold(text).split())


def _base(word: str) -> str:
    """Return a word as rules compare it: without case, accents and a plural's "s"."""
    folded = fold(word)
    plural = len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss")
    return folded[:-1] if plural else folded
