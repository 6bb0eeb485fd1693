"""The specification's own cases (lm3.md 5.9) as the API's requests, each worked by hand."""

from __future__ import annotations

from typing import Any

FRAME = {"view": "provider", "area": "Bradford district"}
Json = dict[str, Any]


def line(
    kind: str, amount: str, local: str, respend: str | None = None, away: str | None = None
) -> Json:
    given = {
        "kind": kind,
        "amount": amount,
        "local_share": local,
        "respend": respend,
        "nonlocal_respend": away,
    }
    return {name: value for name, value in given.items() if value is not None}


def lines(income: str, *given: Json, **more: Any) -> Json:
    return {**FRAME, "income": income, "lines": list(given), **more}


def community(supplier: str = "0.5", **more: Any) -> Json:
    """A, with its q, which standard mode ignores."""
    return lines(
        "500000",
        line("staff", "300000", "0.8", "0.35", "0.05"),
        line("supplier", "120000", supplier, "0.5", "0.10"),
        line("premises", "40000", "1", "0.3"),
        line("tax", "20000", "0"),
        line("surplus", "20000", "0"),
        **more,
    )


def outsourcer(**more: Any) -> Json:
    """B."""
    return lines(
        "500000",
        line("staff", "250000", "0.6", "0.35"),
        line("supplier", "150000", "0.1", "0.4"),
        line("other", "60000", "0"),
        line("surplus", "40000", "0"),
        **more,
    )


def three(r1: str, r2: str, r3: str, **more: Any) -> Json:
    return {**FRAME, "r1": r1, "r2": r2, "r3": r3, **more}


# id: request, R2, R3, LM3 exact, LM3 to two places
CASES: dict[str, tuple[Json, str, str, str, str]] = {
    "T01": (
        lines("100000", line("staff", "60000", "0"), line("supplier", "40000", "0")),
        "0.00",
        "0.00",
        "1",
        "1.00",
    ),
    "T02": (
        lines("100000", line("staff", "60000", "1", "1"), line("supplier", "40000", "1", "1")),
        "100000.00",
        "100000.00",
        "3",
        "3.00",
    ),
    "T03": (lines("10", line("other", "10", "0.8", "0.8")), "8.00", "6.40", "61/25", "2.44"),
    "T04": (lines("10", line("other", "10", ".2", ".2")), "2.00", "0.40", "31/25", "1.24"),
    "T05": (
        lines("200000", line("staff", "200000", "1", "0.4")),
        "200000.00",
        "80000.00",
        "12/5",
        "2.40",
    ),
    "T06": (community(), "340000.00", "126000.00", "483/250", "1.93"),
    "T07": (outsourcer(), "165000.00", "58500.00", "1447/1000", "1.45"),
    "T08": (community(mode="extended"), "340000.00", "135000.00", "39/20", "1.95"),
    "T08b": (community(mode="standard"), "340000.00", "126000.00", "483/250", "1.93"),
    "T11": (
        lines("100000", line("other", "110000", "1", "1")),
        "110000.00",
        "110000.00",
        "16/5",
        "3.20",
    ),
    "T13": (lines("1"), "0.00", "0.00", "1", "1.00"),
    "T14": (community("0.75"), "370000.00", "141000.00", "1011/500", "2.02"),
    "D01": (three("500000", "260000", "95000"), "260000.00", "95000.00", "171/100", "1.71"),
    "D02": (three("500000", "350000", "260000"), "350000.00", "260000.00", "111/50", "2.22"),
}

# id: request, field, code
REFUSED: dict[str, tuple[Json, str, str]] = {
    "E01": (lines("0"), "income", "E_INCOME_ZERO"),
    "E02": (lines("-5"), "income", "E_INCOME_NEGATIVE"),
    "E03": (lines("abc"), "income", "E_NOT_A_NUMBER"),
    "E04": (lines("1", line("staff", "1", "1.2")), "lines[0].local_share", "E_SHARE"),
    "E05": (lines("1", line("staff", "1", "1", "-.1")), "lines[0].respend", "E_RATE"),
    "E06": (
        lines("1", {"kind": "staff", "amount": "1", "local_amount": "1.01"}),
        "lines[0].local_amount",
        "E_LOCAL_GT_AMOUNT",
    ),
    "E07": (
        lines("1", {**line("staff", "1", "1", ".35"), "pay_basis": "net"}),
        "lines[0].net_to_gross",
        "E_BASIS",
    ),
    "no view": ({**lines("1"), "view": None}, "view", "E_VIEW"),
    "no area": ({**lines("1"), "area": " "}, "area", "E_AREA"),
    "q": (lines("1", line("staff", "1", "1", "1", "2")), "lines[0].nonlocal_respend", "E_RATE"),
    "amount": (lines("1", line("staff", "-1", "1")), "lines[0].amount", "E_AMOUNT"),
    "R3": (three("10", "5", "5.01"), "r3", "E_R3_GT_R2"),
    "R3 extended": (three("10", "5", "10.01", mode="extended"), "r3", "E_R3_GT_R2"),
}
