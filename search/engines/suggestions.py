"""Which suggestion comes first: the same for every engine."""

from collections.abc import Iterable
from dataclasses import replace

from search.engines import Suggestion
from search.engines.words import fold

CANDIDATES = 60  # read from an engine, before the best are chosen


def best_first(
    found: Iterable[tuple[Suggestion, Iterable[str]]], words: list[str]
) -> tuple[Suggestion, ...]:
    """Suggestions, given with their other names, in the order in which they are offered.

    Called exactly so, then beginning so, then the others; shorter titles first. The
    name is told where what was typed is not in the title.
    """
    ranked = [_ranked(suggestion, names, words) for suggestion, names in found]
    ranked = [one for one in ranked if one]
    return tuple(suggestion for *_, suggestion in sorted(ranked, key=lambda one: one[:4]))


def _ranked(suggestion: Suggestion, names: Iterable[str], words: list[str]):
    """How well it fits, and the suggestion; None where no single name holds all words."""
    fits = []
    for own, name in enumerate((suggestion.title, *names)):
        fit = _fit(fold(name), words)
        if fit is not None:
            fits.append((fit, own > 0, name))
    if not fits:
        return None
    fit, is_other, name = min(fits)
    told = replace(suggestion, name=name) if is_other else suggestion
    return fit, is_other, len(suggestion.title), suggestion.key, told


def _fit(name: str, words: list[str]) -> int | None:
    """0: is it; 1: begins so; 2: holds the words, the last unfinished; None: does not."""
    typed = " ".join(words)
    if name == typed:
        return 0
    if name.startswith(typed):
        return 1
    has = name.split()
    whole = set(words[:-1]) <= set(has)
    return 2 if whole and any(word.startswith(words[-1]) for word in has) else None
