"""Reads the lines of a request: each becomes pence, and shares with their bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from multiplier.contract import KINDS, SOURCES, Line, Request
from multiplier.figures import NOTHING, Estimate, times
from multiplier.readers import Reader


@dataclass(frozen=True)
class ReadLine:
    """A line as read: pence, and shares with their bounds.

    `respend` is a share of gross pay, whatever basis it was given on; `field` is the line's
    name in the request, such as "lines[0]".
    """

    field: str
    kind: str
    amount: int
    local: Estimate
    respend: Estimate
    nonlocal_respend: Estimate
    survey_size: int | None
    local_source: str
    respend_source: str
    nonlocal_source: str
    ignored_shares: bool = False

    @property
    def what_matters(self) -> ReadLine:
        """The same with nothing in place of the shares that cannot change any result."""
        none_local = not self.amount or self.local.high == 0
        none_away = not self.amount or self.local.low == 1
        return replace(
            self,
            respend=NOTHING if none_local else self.respend,
            nonlocal_respend=NOTHING if none_away else self.nonlocal_respend,
        )


def read_lines(request: Request, reader: Reader, prefix: str = "") -> list[ReadLine]:
    """All the lines of a request; faults are noted with the reader.

    `prefix` stands before every field's name, for a request that is part of another.
    """
    extended = request.mode == "extended"
    return [
        _read_line(line, reader, f"{prefix}lines[{index}]", extended)
        for index, line in enumerate(request.lines)
    ]


def _read_line(line: Line, reader: Reader, field: str, extended: bool) -> ReadLine:
    reader.choice(line.kind, KINDS, "E_KIND", f"{field}.kind")
    amount = 0 if line.amount is None else reader.amount(line.amount, f"{field}.amount")
    respend = reader.share(line.respend, f"{field}.respend", "E_RATE")
    returned = NOTHING
    if line.nonlocal_respend is not None:
        returned = reader.share(line.nonlocal_respend, f"{field}.nonlocal_respend", "E_RATE")
    survey_size = _read_survey_size(line, reader, field)
    read = ReadLine(
        field=field,
        kind=line.kind,
        amount=amount,
        local=_read_local(line, amount, reader, field),
        respend=_on_gross_pay(line, respend, reader, field),
        nonlocal_respend=returned if extended else NOTHING,
        survey_size=survey_size,
        local_source=read_source(line.local_source, reader, f"{field}.local_source"),
        respend_source=read_source(
            line.respend_source,
            reader,
            f"{field}.respend_source",
            "assumption" if survey_size is None else "survey",
        ),
        nonlocal_source=read_source(
            line.nonlocal_respend_source, reader, f"{field}.nonlocal_respend_source"
        ),
    )
    return _keep_surplus(read, line) if line.kind == "surplus" else read


def read_source(value: str | None, reader: Reader, field: str, default: str = "assumption") -> str:
    """What a figure rests on; where nothing is said, it is an assumption."""
    if value is None:
        return default
    reader.choice(value, SOURCES, "E_SOURCE", field)
    return value


def _keep_surplus(read: ReadLine, line: Line) -> ReadLine:
    """A surplus is not spent, so nothing of it reaches round 2, whatever its shares say."""
    given = line.local_share is not None or line.local_amount is not None
    ignored = (given and read.local.high > 0) or read.nonlocal_respend.high > 0
    return replace(read, local=NOTHING, nonlocal_respend=NOTHING, ignored_shares=ignored)


def _read_local(line: Line, amount: int, reader: Reader, field: str) -> Estimate:
    """The local share, given as a share or as pounds."""
    if line.local_amount is None:
        return reader.share(line.local_share, f"{field}.local_share", "E_SHARE")
    if line.local_share is not None:
        reader.refuse(
            "E_SHARE",
            f"{field}.local_share",
            "Give the local share or the local amount, not both.",
        )
    local = reader.amount(line.local_amount, f"{field}.local_amount")
    if local > amount and not reader.refused(f"{field}.amount"):
        reader.refuse(
            "E_LOCAL_GT_AMOUNT",
            f"{field}.local_amount",
            "The local part cannot be more than the whole amount.",
        )
    return Estimate.of(Fraction(min(local, amount), amount)) if amount else NOTHING


def _on_gross_pay(line: Line, respend: Estimate, reader: Reader, field: str) -> Estimate:
    """A share of take-home pay, turned into a share of the pay that the line holds."""
    ratio = _read_ratio(line, reader, f"{field}.net_to_gross")
    if line.pay_basis == "gross":
        return respend
    if line.pay_basis != "net" or line.kind != "staff":
        message = "The pay basis is gross or net, and net is for staff only."
        reader.refuse("E_BASIS", f"{field}.pay_basis", message)
    elif line.net_to_gross is None:
        message = "A share of take-home pay needs take-home pay as a share of gross pay."
        reader.refuse("E_BASIS", f"{field}.net_to_gross", message)
    return Estimate(times(respend.exact, ratio), respend.low * ratio, respend.high * ratio)


def _read_ratio(line: Line, reader: Reader, field: str) -> Fraction:
    """Take-home pay over gross pay; 1 where it is faulty or not given."""
    if line.net_to_gross is None:
        return Fraction(1)
    ratio = reader.number(line.net_to_gross, field)
    if ratio is not None and not 0 < ratio <= 1:
        message = "Take-home pay is more than 0% and at most 100% of gross pay."
        reader.refuse("E_BASIS", field, message)
        return Fraction(1)
    return ratio or Fraction(1)


def _read_survey_size(line: Line, reader: Reader, field: str) -> int | None:
    if line.survey_size is None:
        return None
    return reader.count(line.survey_size, f"{field}.survey_size", "replies")
