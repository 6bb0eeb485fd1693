"""The calculator as a block of a story, with numbers an editor may fill in beforehand."""

from __future__ import annotations

from zlib import crc32

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from multiplier.contract import AREA_LENGTH, KINDS
from multiplier.forms import GUIDED, QUICK, CalculatorForm
from multiplier.words import KIND_NAMES, WHOSE

BLANK = "Leave blank for the visitor to fill in."
_NUMBERS = ("income", "r2", "r3")


class LineBlock(blocks.StructBlock):
    """One line of the guided table, as it would be typed."""

    kind = blocks.ChoiceBlock(choices=[(kind, KIND_NAMES[kind]) for kind in KINDS])
    amount = blocks.CharBlock(max_length=40, help_text="Pounds a year")
    local = blocks.CharBlock(required=False, max_length=40, help_text="Per cent spent locally")
    again = blocks.CharBlock(
        required=False,
        max_length=40,
        help_text="Per cent of the local part spent locally again",
    )


class MultiplierBlock(blocks.StructBlock):
    """The calculator with a title and an introduction; it answers on its own page.

    What is filled in beforehand goes through the same form and engine as a visitor's
    numbers.
    """

    title = blocks.CharBlock(max_length=120, default="How far does your money go?")
    intro = blocks.TextBlock(required=False, max_length=400)
    view = blocks.ChoiceBlock(
        label="Whose money is round 1?",
        required=False,
        choices=list(WHOSE.items()),
        help_text=BLANK,
    )
    area = blocks.CharBlock(
        label="Which area counts as local?",
        required=False,
        max_length=AREA_LENGTH,
        help_text=BLANK,
    )
    mode = blocks.ChoiceBlock(
        label="Starts with",
        choices=[(QUICK, "Three numbers"), (GUIDED, "The table of lines")],
        default=QUICK,
    )
    income = blocks.CharBlock(
        label="Round 1, pounds", required=False, max_length=40, help_text=BLANK
    )
    r2 = blocks.CharBlock(
        label="Round 2, pounds",
        required=False,
        max_length=40,
        help_text="Three numbers only.",
    )
    r3 = blocks.CharBlock(
        label="Round 3, pounds",
        required=False,
        max_length=40,
        help_text="Three numbers only.",
    )
    lines = blocks.ListBlock(
        LineBlock(),
        label="Lines filled in beforehand",
        default=[],
        help_text="The table of lines only. One of a kind.",
    )

    class Meta:
        icon = "table"
        template = "blocks/multiplier_block.html"
        label = "Multiplier calculator"
        group = "Tools"
        description = "The local multiplier calculator, empty or with numbers filled in"
        preview_value = {
            "title": "How far does your money go?",
            "intro": "Three numbers are enough for a first answer.",
            "view": "provider",
            "area": "Exampleton",
            "mode": QUICK,
            "income": "100,000",
            "r2": "60,000",
            "r3": "",
            "lines": [],
        }

    def clean(self, value):
        """Refuse numbers that the calculator itself would refuse."""
        cleaned = super().clean(value)
        if _is_filled_in(cleaned):
            _check(cleaned)
        return cleaned

    def get_context(self, value, parent_context=None):
        """Adds `form`: a calculator with the numbers in it."""
        context = super().get_context(value, parent_context=parent_context)
        typed = _typed(value)
        # Two calculators on one page must not share ids.
        mark = f"{crc32(repr(sorted(typed.items())).encode()):08x}"
        context["form"] = CalculatorForm(initial=typed, auto_id=f"multiplier_{mark}_%s")
        return context


def _is_filled_in(value: blocks.StructValue) -> bool:
    return bool(value["lines"]) or any(value[name] for name in _NUMBERS)


def _typed(value: blocks.StructValue) -> dict[str, str]:
    """The block's value as the fields of the form; what is blank is left out."""
    fields = {
        "view": value["view"],
        "area": value["area"],
        "how": value["mode"],
        "r1": value["income"],
        "income": value["income"],
        "r2": value["r2"],
        "r3": value["r3"],
    }
    for line in value["lines"]:
        for part in ("amount", "local", "again"):
            fields[f"{line['kind']}_{part}"] = line[part]
    return {name: text for name, text in fields.items() if text}


def _check(value: blocks.StructValue) -> None:
    """Ask the form; what the visitor is to fill in stands in for the time being."""
    kinds = [line["kind"] for line in value["lines"]]
    if len(kinds) != len(set(kinds)):
        raise StructBlockValidationError({"lines": ValidationError("Only one line of each kind.")})
    form = CalculatorForm({"view": "provider", "area": "anywhere", **_typed(value)})
    if form.is_valid():
        return
    found: dict[str, list[str]] = {}
    for name, messages in form.errors.items():
        block = "income" if name == "r1" else name
        found.setdefault(block if block in _NUMBERS else "lines", []).extend(map(str, messages))
    raise StructBlockValidationError(
        {name: ValidationError(messages) for name, messages in found.items()}
    )
