"""What the engine takes and gives: plain frozen dataclasses, in the API's own names."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from multiplier.figures import Estimate, Number, Share

METHOD_VERSION = "1"
VIEWS = ("provider", "council", "household")
MODES = ("standard", "extended")
KINDS = ("staff", "supplier", "subcontractor", "premises", "tax", "surplus", "other")
SOURCES = ("accounts", "survey", "assumption")
AREA_LENGTH = 80


@dataclass(frozen=True)
class Line:
    """What one part of the income was spent on, in the words of the API.

    amount             pounds; left out is 0
    local_share        0 to 1, a Spread, or none: unknown
    local_amount       pounds, instead of local_share
    respend            the share of the local part that is spent here again; none: unknown
    nonlocal_respend   the same of the part that is not local; none: 0. Extended mode only
    pay_basis          staff only: "net" when respend is a share of take-home pay
    net_to_gross       take-home pay over gross pay: turns such a share into one of gross
    survey_size        how many answered, where respend comes from a survey

    The sources say what each share rests on, one of SOURCES: accounts, survey, assumption.
    Left out, it is an assumption; a respend with a survey_size, a survey.
    """

    kind: str
    amount: Number = 0
    local_share: Share = None
    respend: Share = None
    nonlocal_respend: Share = None
    local_amount: Number = None
    pay_basis: str = "gross"
    net_to_gross: Number = None
    survey_size: Number = None
    local_source: str | None = None
    respend_source: str | None = None
    nonlocal_respend_source: str | None = None


@dataclass(frozen=True)
class Request:
    """One calculation: either an income with lines, or three rounds.

    r2_source and r3_source say what those rounds rest on, as the sources of a Line do.
    """

    view: str
    area: str
    mode: str = "standard"
    income: Number = None
    lines: tuple[Line, ...] = ()
    r1: Number = None
    r2: Number = None
    r3: Number = None
    r2_source: str | None = None
    r3_source: str | None = None


@dataclass(frozen=True)
class LineResult:
    """Where one line's money went, in pence.

    `local` is its part of round 2 and `again` of round 3; `lost` is what its local
    recipients did not spend locally; `returned` is what those outside spent in the area
    (extended mode).
    """

    kind: str
    amount: int
    local: Estimate
    again: Estimate
    lost: Estimate
    returned: Estimate


@dataclass(frozen=True)
class Grade:
    """How much of r2 + r3 rests on accounts, on a survey and on assumption: together 1.

    Of what is surely claimed: where a share is unknown, its low end counts.
    """

    accounts: Fraction
    survey: Fraction
    assumption: Fraction


@dataclass(frozen=True)
class Result:
    """What came of it. Money in pence.

    leak2      r1 less r2: what was not spent locally in round 2, `held` included.
               Less than nothing when more was spent than came in
    leak3      what local recipients did not spend locally in round 3
    returned   what recipients outside the area spent in it: part of r3, extended mode only
    held       surplus, and what no line accounts for: not seen to leave
    lines      one for each line given; empty when three rounds were given
    grade      what r2 + r3 rest on; none where nothing is known to be spent locally

    Money is conserved: r1 + returned = leak2 + leak3 + r3.
    """

    view: str
    area: str
    mode: str
    lm3: Estimate
    lm2: Estimate
    r1: int
    r2: Estimate
    r3: Estimate
    leak2: Estimate
    leak3: Estimate
    returned: Estimate
    held: int
    surplus: int
    lines: tuple[LineResult, ...]
    warnings: tuple[str, ...]
    grade: Grade | None = None
    method_version: str = METHOD_VERSION

    @property
    def spend(self) -> int:
        """What the lines say was paid out or kept, in pence."""
        return sum(line.amount for line in self.lines)

    @property
    def gain(self) -> Estimate:
        """What was spent locally beyond round 1, r2 + r3, in pence."""
        lm3 = self.lm3
        exact = None if lm3.exact is None else (lm3.exact - 1) * self.r1
        return Estimate(exact, (lm3.low - 1) * self.r1, (lm3.high - 1) * self.r1)
