"""JSON format of the engine's four calls: parsed JSON in, serialisable data out.

Numbers come as text or as Decimal (`parse` makes JSON's own numbers that), and leave as text:
multipliers as exact fractions "a/b" or whole numbers, money as decimals in pounds that are
exact, too, with as many places as that takes and never fewer than two. No float comes near
any of them. Every error is an InputError, all of a request's at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from multiplier import engine
from multiplier.engine import Estimate, InputErrors, Share, Spread, half_up
from multiplier.engine.reading import Reader

MOST_LINES = 200
# Cap the unknown fields reported for one object, so that the answer stays short.
MOST_UNKNOWN = 10
# Places of a decimal that does not end, as in the method's own examples.
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
    """Raised for a body that is not unambiguous JSON. The message says why."""


def parse(body: bytes) -> object:
    """Parse a JSON body, with numbers as Decimal.

    Raises:
        NotJson: For NaN and Infinity, text that is not UTF-8, duplicate field names (I-JSON,
            RFC 7493), and nesting that is too deep.
    """
    if not body.strip():
        raise NotJson("The body is empty. Send it with a Content-Length, not in chunks.")
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
        raise NotJson("The body is nested too deeply.") from fault
    except json.JSONDecodeError as fault:
        message = f"The body is not JSON: {fault.msg} (line {fault.lineno})."
        raise NotJson(message) from fault


def _number(text: str) -> Decimal | str:
    """Parse a number as Decimal. Return text if its exponent is too large, to be refused later."""
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all reason
        return text


def _refuse_constant(name: str) -> None:
    raise NotJson(f"JSON does not allow {name}.")


def _object_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("An object names the same field twice.")
    return found


# ---- In -----------------------------------------------------------------------------------


def read_request(data: object, reader: Reader, path: str = "") -> engine.Request:
    """Read a calculation request. The reader collects errors of its shape."""
    fields = _fields(data, _REQUEST, reader, path)
    prefix = f"{path}." if path else ""
    lines = _lines(fields.pop("lines", None), reader, f"{prefix}lines")
    return engine.Request(**{"view": "", "area": "", **fields, "lines": lines})


def _fields(data: object, names: tuple[str, ...], reader: Reader, path: str = "") -> Json:
    """Return the fields that are not null. Note an error for unknown ones and non-objects."""
    if not isinstance(data, dict):
        reader.refuse("E_SHAPE", path, "Enter an object here, in curly brackets.")
        return {}
    unknown = [name for name in data if name not in names]
    for name in unknown[:MOST_UNKNOWN]:
        where = f"{path}.{name[:40]}" if path else name[:40]
        message = f"There is no such field. The fields are: {', '.join(names)}."
        reader.refuse("E_UNKNOWN_FIELD", where, message)
    return {name: data[name] for name in names if data.get(name) is not None}


def _lines(data: object, reader: Reader, path: str) -> tuple[engine.Line, ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        reader.refuse("E_SHAPE", path, "Enter a list of lines here, in square brackets.")
        return ()
    if len(data) > MOST_LINES:
        reader.refuse("E_LINES", path, f"Enter {MOST_LINES} lines or fewer.")
        return ()
    return tuple(_line(line, reader, f"{path}[{index}]") for index, line in enumerate(data))


def _line(data: object, reader: Reader, path: str) -> engine.Line:
    fields = _fields(data, _LINE, reader, path)
    for name in _LINE_SHARES:
        fields[name] = _share(fields.get(name), reader, f"{path}.{name}")
    kind = "" if isinstance(data, dict) else "other"  # what is no line has no wrong kind
    return engine.Line(**{"kind": kind, **fields})


def _share(value: Any, reader: Reader, path: str) -> Share:
    if not isinstance(value, dict):
        return value
    points = ("low", "central", "high")
    given = _fields(value, points, reader, path)
    return Spread(*(given.get(point) for point in points))


# ---- Out ----------------------------------------------------------------------------------


def decimal_text(value: Fraction | None, least: int = 0) -> str | None:
    """Format a decimal: exact with at least `places`, or to four places if it does not end."""
    if value is None:
        return None
    places, rest = least, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    return str(half_up(value, places if rest == 1 else PLACES))


def money(pence: Fraction | int | None) -> str | None:
    """Format pounds, exact if the decimal ends; None if unknown."""
    return None if pence is None else decimal_text(Fraction(pence) / 100, 2)


def _fraction(value: object) -> str | None:
    return None if value is None else str(value)


def _multiplier(estimate: Estimate) -> Json:
    exact, rounded = _fraction(estimate.exact), _fraction(estimate.rounded)
    return {
        "exact": exact,
        "rounded": rounded,
        "low": str(estimate.low),
        "high": str(estimate.high),
    }


def _sums(found: object, *names: str) -> tuple[Json, Json]:
    """Return sums of money by name, each with its range."""
    sums = {name: getattr(found, name) for name in names}
    ranges = {n: {"low": money(sum_.low), "high": money(sum_.high)} for n, sum_ in sums.items()}
    return {name: money(sum_.exact) for name, sum_ in sums.items()}, ranges


def result_json(result: engine.Result) -> Json:
    """Return a result with the API's field names."""
    sums, ranges = _sums(result, "r2", "r3", "leak2", "leak3", "returned")
    grade = result.grade
    return {
        "lm3": _multiplier(result.lm3),
        "lm2": _multiplier(result.lm2),
        "r1": money(result.r1),
        **sums,
        "held": money(result.held),
        "ranges": ranges,
        "lines": [
            {"kind": line.kind, "amount": money(line.amount)}
            | _sums(line, "local", "again", "lost", "returned")[0]
            for line in result.lines
        ],
        "grade": grade and {name: str(share) for name, share in vars(grade).items()},
        "warnings": list(result.warnings),
        "method_version": result.method_version,
    }


# ---- The four calls -------------------------------------------------------------------------


def _asked(data: object, names: tuple[str, ...]) -> tuple[Reader, Json]:
    """Return a reader and the fields of a call.

    Raises:
        InputErrors: If it is not an object.
    """
    reader = Reader()
    fields = _fields(data, names, reader)
    if not isinstance(data, dict):
        reader.finish()
    return reader, fields


def _together(reader: Reader, act: Callable[[], T]) -> T:
    """Run the engine, and raise errors of shape and its own together."""
    found: T | None = None
    try:
        found = act()
    except InputErrors as errors:
        reader.errors += errors.errors
    reader.finish()
    assert found is not None  # else finish() has raised
    return found


def calculate(data: object) -> Json:
    """Answer POST /api/v1/multiplier.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader = Reader()
    request = read_request(data, reader)
    if not isinstance(data, dict):
        reader.finish()
    return result_json(_together(reader, lambda: engine.calculate(request)))


def shift(data: object) -> Json:
    """Answer POST /api/v1/multiplier/shift.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader, fields = _asked(data, ("amount", *_SHIFT_SHARES))
    shares = {name: _share(fields.get(name), reader, name) for name in _SHIFT_SHARES}
    amount = fields.get("amount")  # pounds, or a part of a spend
    if isinstance(amount, dict):
        part = _fields(amount, ("part", "of", "spend", "local_share"), reader, "amount")
        amount = engine.Tenth(**{"part": None, "of": "", "spend": None, **part})
    found = _together(reader, lambda: engine.shift(engine.Shift(amount, **shares)))
    sums, ranges = _sums(found, "extra", "ignoring_nonlocal", "net")
    return {"amount": money(found.amount), **sums, "ranges": ranges}


def compare(data: object) -> Json:
    """Answer POST /api/v1/multiplier/compare.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader, fields = _asked(data, ("a", "b", "price_a", "price_b"))
    a, b = (read_request(fields.get(name), reader, name) for name in ("a", "b"))
    if not all(isinstance(fields.get(name), dict) for name in ("a", "b")):
        reader.finish()
    prices = {name: fields.get(name) for name in ("price_a", "price_b")}
    found = _together(reader, lambda: engine.compare(a, b, **prices))
    sums, ranges = _sums(found, "difference")
    cost = found.cost_per_extra_local_pound
    return {
        **sums,
        "cost_per_extra_local_pound": decimal_text(cost, 2),
        "overlap": found.overlap,
        "ranges": ranges,
        "exact": {"cost_per_extra_local_pound": _fraction(cost)},
    }


def check(data: object) -> Json:
    """Answer POST /api/v1/multiplier/check.

    Raises:
        InputErrors: With everything that is wrong.
    """
    reader, fields = _asked(data, ("claimed", "respend"))
    asked = engine.Check(fields.get("claimed"), fields.get("respend"))
    found = _together(reader, lambda: engine.check(asked))
    exact = ("respend_min", "local_share_min", "local_share_needed")
    return {
        "respend_min": decimal_text(found.respend_min),
        "local_share_min": decimal_text(found.local_share_min),
        "equal_rate": str(found.equal_rate),
        "local_share_needed": decimal_text(found.local_share_needed),
        "possible": found.possible,
        "exact": {name: _fraction(getattr(found, name)) for name in exact},
    }
