"""The order of suggestions, the same for both engines."""

from collections.abc import Iterable
from dataclasses import replace

from search.engines.interface import Suggestion
from search.engines.words import fold

CANDIDATES = 60  # read from an engine before the best are chosen

Candidate = tuple[Suggestion, Iterable[str]]  # and its other names


def best_first(candidates: Iterable[Candidate], words: list[str]) -> tuple[Suggestion, ...]:
    """Put suggestions in order, leaving out those without a name that holds all the words.

    Exact names come first, then names that begin with the words, then the others; shorter
    titles first. A suggestion tells its name if the words are not in its title.
    """
    ranked = []
    for suggestion, names in candidates:
        fits = [
            (fit, n > 0, name)
            for n, name in enumerate((suggestion.title, *names))
            if (fit := _fit(fold(name), words)) is not None
        ]
        if fits:
            fit, is_other, name = min(fits)
            told = replace(suggestion, name=name) if is_other else suggestion
            ranked.append((fit, is_other, len(told.title), told.key, told))
    return tuple(told for *_, told in sorted(ranked, key=lambda one: one[:4]))


def _fit(name: str, words: list[str]) -> int | None:
    """Return 0 for the name itself, 1 for its beginning, 2 for its words, None for neither."""
    typed = " ".join(words)
    if name.startswith(typed):
        return 0 if name == typed else 1
    has = name.split()
    whole = set(words[:-1]) <= set(has)
    return 2 if whole and any(word.startswith(words[-1]) for word in has) else None
