"""Where the money went: three columns of nodes and the links between them (both modes).

Only what is certain is drawn as here or away; the rest is its own band, "not known". Every
node gets out what it gets in, and what is held is not drawn as having left.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.contract import KINDS, LineResult, Result
from multiplier.words import KIND_NAMES, RECEIVED


@dataclass(frozen=True)
class Node:
    """One place where money is, in pence. `tone` says which of the few colours it has."""

    key: str
    name: str
    tone: str
    amount: Fraction


@dataclass(frozen=True)
class Link:
    """Money on its way from one node to another; its tone is that of where it goes."""

    source: str
    target: str
    tone: str
    amount: Fraction


@dataclass(frozen=True)
class Flow:
    """Round 1, round 2 and round 3, from left to right."""

    columns: tuple[tuple[Node, ...], ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class _Local:
    """A local recipient: what surely reached it and what surely became of that."""

    key: str
    name: str
    amount: Fraction
    again: Fraction
    lost: Fraction


def flow_of(result: Result) -> Flow:
    """The picture of a result."""
    locals_ = _locals_of_lines(result) if result.lines else _locals_of_rounds(result)
    middle = _middle(result, locals_)
    total = sum((node.amount for node in middle), Fraction(0))
    first = _first(result, total)
    onward = [link for local in locals_ for link in _onward(local)]
    onward += _back(result, middle)
    return Flow(
        columns=(first, middle, _last(onward)),
        links=(*_outward(first, middle), *onward),
    )


def _locals_of_lines(result: Result) -> list[_Local]:
    found = []
    for kind in KINDS:
        lines = [line for line in result.lines if line.kind == kind]
        amount = sum((line.local.low for line in lines), Fraction(0))
        if amount:
            again = sum((line.again.low for line in lines), Fraction(0))
            lost = sum((line.lost.low for line in lines), Fraction(0))
            found.append(_Local(kind, f"{KIND_NAMES[kind]} here", amount, again, lost))
    return found


def _locals_of_rounds(result: Result) -> list[_Local]:
    amount = result.r2.low
    if not amount:
        return []
    lost = result.leak3.low if result.leak3.is_certain else Fraction(0)
    return [_Local("local", "Spent here", amount, result.r3.low, lost)]


def _middle(result: Result, locals_: list[_Local]) -> tuple[Node, ...]:
    """Round 2: who was paid here, what is not known, what left, what was held."""
    spend = (
        result.spend - result.surplus if result.lines else max(Fraction(result.r1), result.r2.high)
    )
    nodes = [Node(each.key, each.name, "local", each.amount) for each in locals_]
    nodes += [
        Node("maybe", "Not known if local", "unknown", result.r2.high - result.r2.low),
        Node("left2", "Left the area", "left", spend - result.r2.high),
        Node("held", "Held as surplus", "held", Fraction(result.surplus)),
        Node(
            "unlisted",
            "Not accounted for",
            "held",
            Fraction(result.held - result.surplus),
        ),
    ]
    return tuple(node for node in nodes if node.amount)


def _first(result: Result, total: Fraction) -> tuple[Node, ...]:
    """Round 1, and what was spent beyond it."""
    beyond = total - result.r1
    nodes = [Node("r1", RECEIVED[result.view], "first", Fraction(result.r1))]
    if beyond:
        nodes.append(Node("beyond", "From reserves", "held", beyond))
    return tuple(nodes)


def _outward(first: tuple[Node, ...], middle: tuple[Node, ...]) -> list[Link]:
    """Fill round 2 from round 1, in order, and the rest from reserves."""
    links = []
    names = [node.key for node in first]
    purses = [node.amount for node in first]
    for node in middle:
        wanted = node.amount
        while wanted:
            taken = min(wanted, purses[0])
            if taken:
                links.append(Link(names[0], node.key, node.tone, taken))
            purses[0] -= taken
            wanted -= taken
            if wanted:
                del purses[0], names[0]
    return links


def _onward(local: _Local) -> list[Link]:
    """What became of one recipient's money in round 3."""
    open_ = local.amount - local.again - local.lost
    ways = (
        ("again", "again", local.again),
        ("maybe3", "unknown", open_),
        ("left3", "left", local.lost),
    )
    return [Link(local.key, key, tone, amount) for key, tone, amount in ways if amount]


def _back(result: Result, middle: tuple[Node, ...]) -> list[Link]:
    """Extended mode: what became of the money that surely went elsewhere."""
    away = next((node for node in middle if node.key == "left2"), None)
    if result.mode != "extended" or away is None:
        return []
    again = min(away.amount, result.returned.low)
    most = sum((_most_back(line) for line in result.lines), Fraction(0))
    return list(_onward(_Local(away.key, away.name, away.amount, again, away.amount - most)))


def _most_back(line: LineResult) -> Fraction:
    """At most how much comes back of that part of a line which is surely not local."""
    sure, most = line.amount - line.local.high, line.amount - line.local.low
    return line.returned.high * sure / most if most else Fraction(0)


def _last(onward: list[Link]) -> tuple[Node, ...]:
    names = {
        "again": ("Spent again here", "again"),
        "maybe3": ("Not known", "unknown"),
        "left3": ("Left the area", "left"),
    }
    nodes = []
    for key, (name, tone) in names.items():
        amount = sum((link.amount for link in onward if link.target == key), Fraction(0))
        if amount:
            nodes.append(Node(key, name, tone, amount))
    return tuple(nodes)
