"""The engine's four calls in JSON's terms: what was parsed in, what may be dumped out.

Numbers come as text or as Decimal (`parse` makes JSON's own numbers that), and leave as text:
multipliers as exact fractions "a/b" or whole numbers, money as decimals in pounds that are
exact, too, with as many places as that takes and never fewer than two. No float comes near
any of them. Every fault is an InputError, all of a request's at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from multiplier import engine
from multiplier.figures import Estimate, InputErrors, Share, Spread, half_up
from multiplier.readers import Reader

MOST_LINES = 200
# No more of them are told of one object: a body full of them would get a longer answer.
MOST_UNKNOWN = 10
# Where a decimal does not end: as many places as the method's own examples have.
PLACES = 4

_REQUEST = ("view", "area", "mode", "income", "lines", "r1", "r2", "r3", "r2_source", "r3_source")
_LINE_SHARES = ("local_share", "respend", "nonlocal_respend")
_LINE_REST = ("kind", "amount", "local_amount", "pay_basis", "net_to_gross", "survey_size")
_LINE_SOURCES = ("local_source", "respend_source", "nonlocal_respend_source")
_LINE = (*_LINE_REST, *_LINE_SHARES, *_LINE_SOURCES)
_SHIFT_SHARES = ("respend", "nonlocal_respend", "deadweight", "displacement", "substitution")

Json = dict[str, Any]
T = TypeVar("T")


class NotJson(ValueError):
    """The body is no JSON that can be read in one way only; the text says why."""


def parse(body: bytes) -> object:
    """The JSON of a body, numbers as Decimal. Raises NotJson.

    Refuses what JSON does not have (NaN, Infinity), what is not UTF-8, what names a field
    twice (I-JSON, RFC 7493), and what is nested too deep to read.
    """
    if not body.strip():
        raise NotJson("The body is empty. Send it with its length, not in chunks.")
    try:
        text = body.decode("utf-8-sig")
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_once,
        )
    except UnicodeDecodeError as fault:
        raise NotJson("The body is not UTF-8.") from fault
    except RecursionError as fault:
        raise NotJson("The body is nested too deep.") from fault
    except json.JSONDecodeError as fault:
        message = f"The body is not JSON: {fault.msg} (line {fault.lineno})."
        raise NotJson(message) from fault


def _number(text: str) -> Decimal | str:
    """A number as the decimal that is written; text, which is refused later, if it is none."""
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all reason
        return text


def _refuse_constant(name: str) -> None:
    raise NotJson(f"JSON has no {name}.")


def _object_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("A field is named twice in one object.")
    return found


# ---- In -----------------------------------------------------------------------------------


def read_request(data: object, reader: Reader, path: str = "") -> engine.Request:
    """A request to calculate; faults of its shape are noted with the reader."""
    fields = _fields(data, _REQUEST, reader, path)
    prefix = f"{path}." if path else ""
    lines = _lines(fields.pop("lines", None), reader, f"{prefix}lines")
    fields = {"view": "", "area": "", **fields}
    return engine.Request(lines=lines, **fields)


def _fields(data: object, names: tuple[str, ...], reader: Reader, path: str) -> Json:
    """The fields given, null and left out alike. Notes what is no object, or not known."""
    if not isinstance(data, dict):
        reader.refuse("E_SHAPE", path, "An object is needed here, in curly brackets.")
        return {}
    unknown = [name for name in data if name not in names]
    for name in unknown[:MOST_UNKNOWN]:
        where = f"{path}.{name[:40]}" if path else name[:40]
        message = f"There is no such field. There are: {', '.join(names)}."
        reader.refuse("E_UNKNOWN_FIELD", where, message)
    return {name: data[name] for name in names if data.get(name) is not None}


def _lines(data: object, reader: Reader, path: str) -> tuple[engine.Line, ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        reader.refuse("E_SHAPE", path, "A list of lines is needed here, in square brackets.")
        return ()
    if len(data) > MOST_LINES:
        reader.refuse("E_LINES", path, f"Give at most {MOST_LINES} lines.")
        return ()
    return tuple(_line(line, reader, f"{path}[{index}]") for index, line in enumerate(data))


def _line(data: object, reader: Reader, path: str) -> engine.Line:
    fields = _fields(data, _LINE, reader, path)
    for name in _LINE_SHARES:
        fields[name] = _share(fields.get(name), reader, f"{path}.{name}")
    kind = "" if isinstance(data, dict) else "other"  # what is no line has no faulty kind
    return engine.Line(**{"kind": kind, **fields})


def _share(value: Any, reader: Reader, path: str) -> Share:
    if not isinstance(value, dict):
        return value
    points = ("low", "central", "high")
    given = _fields(value, points, reader, path)
    return Spread(*(given.get(point) for point in points))


# ---- Out ----------------------------------------------------------------------------------


def decimal_text(value: Fraction, least: int = 0) -> str | None:
    """The value written out as a decimal with at least so many places; none if it never ends."""
    places, rest = least, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1:
        return None
    units = abs(value.numerator) * 10**places // value.denominator
    whole, part = divmod(units, 10**places)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"


def money(pence: Fraction | int | None) -> str | None:
    """Pounds, exactly; none where it is not known."""
    if pence is None:
        return None
    return decimal_text(Fraction(pence) / 100, 2) or _near(Fraction(pence) / 100)


def _near(value: Fraction | int) -> str:
    return str(half_up(value, PLACES))


def _ratio(value: Fraction | None) -> str | None:
    """A share or a price as a decimal: exact if it ends, else to four places."""
    return None if value is None else decimal_text(value) or _near(value)


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _multiplier(estimate: Estimate) -> Json:
    rounded = estimate.rounded
    return {
        "exact": _fraction(estimate.exact),
        "rounded": None if rounded is None else str(rounded),
        "low": str(estimate.low),
        "high": str(estimate.high),
    }


def _money_range(estimate: Estimate) -> Json:
    return {"low": money(estimate.low), "high": money(estimate.high)}


def _line_json(line: engine.LineResult) -> Json:
    parts = ("local", "again", "lost", "returned")
    return {
        "kind": line.kind,
        "amount": money(line.amount),
        **{name: money(getattr(line, name).exact) for name in parts},
    }


def result_json(result: engine.Result) -> Json:
    """A result, in the words of the API."""
    sums = {name: getattr(result, name) for name in ("r2", "r3", "leak2", "leak3", "returned")}
    grade = result.grade
    return {
        "lm3": _multiplier(result.lm3),
        "lm2": _multiplier(result.lm2),
        "r1": money(result.r1),
        **{name: money(estimate.exact) for name, estimate in sums.items()},
        "held": money(result.held),
        "ranges": {name: _money_range(estimate) for name, estimate in sums.items()},
        "lines": [_line_json(line) for line in result.lines],
        "grade": None
        if grade is None
        else {name: str(getattr(grade, name)) for name in engine.SOURCES},
        "warnings": list(result.warnings),
        "method_version": result.method_version,
    }


# ---- The four calls -------------------------------------------------------------------------


def _together(reader: Reader, act: Callable[[], T]) -> T:
    """Do what the engine does; tell the faults of shape and those it finds at once."""
    found: T | None = None
    try:
        found = act()
    except InputErrors as faults:
        reader.errors += faults.errors
    reader.finish()
    assert found is not None  # else finish() has raised
    return found


def calculate(data: object) -> Json:
    """POST /api/v1/multiplier. Raises InputErrors."""
    reader = Reader()
    request = read_request(data, reader)
    if not isinstance(data, dict):
        reader.finish()
    return result_json(_together(reader, lambda: engine.calculate(request)))


def shift(data: object) -> Json:
    """POST /api/v1/multiplier/shift. Raises InputErrors."""
    reader = Reader()
    fields = _fields(data, ("amount", *_SHIFT_SHARES), reader, "")
    if not isinstance(data, dict):
        reader.finish()
    shares = {name: _share(fields.get(name), reader, name) for name in _SHIFT_SHARES}
    asked = engine.Shift(_amount(fields.get("amount"), reader), **shares)
    found = _together(reader, lambda: engine.shift(asked))
    sums = {name: getattr(found, name) for name in ("extra", "ignoring_nonlocal", "net")}
    return {
        "amount": money(found.amount),
        **{name: money(estimate.exact) for name, estimate in sums.items()},
        "ranges": {name: _money_range(estimate) for name, estimate in sums.items()},
    }


def _amount(value: Any, reader: Reader) -> Any:
    """What moves: pounds, or a part of a spend."""
    if not isinstance(value, dict):
        return value
    given = _fields(value, ("part", "of", "spend", "local_share"), reader, "amount")
    return engine.Tenth(**{"part": None, "of": "", "spend": None, **given})


def compare(data: object) -> Json:
    """POST /api/v1/multiplier/compare. Raises InputErrors."""
    reader = Reader()
    fields = _fields(data, ("a", "b", "price_a", "price_b"), reader, "")
    if not isinstance(data, dict):
        reader.finish()
    a, b = (read_request(fields.get(name), reader, name) for name in ("a", "b"))
    if not all(isinstance(fields.get(name), dict) for name in ("a", "b")):
        reader.finish()
    prices = {name: fields.get(name) for name in ("price_a", "price_b")}
    found = _together(reader, lambda: engine.compare(a, b, **prices))
    cost = found.cost_per_extra_local_pound
    return {
        "difference": money(found.difference.exact),
        "cost_per_extra_local_pound": None
        if cost is None
        else decimal_text(cost, 2) or _near(cost),
        "overlap": found.overlap,
        "ranges": {"difference": _money_range(found.difference)},
        "exact": {"cost_per_extra_local_pound": _fraction(cost)},
    }


def check(data: object) -> Json:
    """POST /api/v1/multiplier/check. Raises InputErrors."""
    reader = Reader()
    fields = _fields(data, ("claimed", "respend"), reader, "")
    if not isinstance(data, dict):
        reader.finish()
    asked = engine.Check(fields.get("claimed"), fields.get("respend"))
    found = _together(reader, lambda: engine.check(asked))
    exact = ("respend_min", "local_share_min", "local_share_needed")
    return {
        "respend_min": _ratio(found.respend_min),
        "local_share_min": _ratio(found.local_share_min),
        "equal_rate": str(found.equal_rate),
        "local_share_needed": _ratio(found.local_share_needed),
        "possible": found.possible,
        "exact": {name: _fraction(getattr(found, name)) for name in exact},
    }
