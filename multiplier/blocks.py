"""StoryBlock blocks: the calculator, optionally pre-filled, and a saved result."""

from __future__ import annotations

from zlib import crc32

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from multiplier.calculator import saved_result
from multiplier.calculator.answers import answer_to
from multiplier.calculator.examples import EXAMPLES
from multiplier.calculator.forms import GUIDED, QUICK, CalculatorForm
from multiplier.engine import AREA_LENGTH, KINDS
from multiplier.words import KIND_NAMES, WHOSE

BLANK = "Leave blank for the visitor to fill in."
_NUMBERS = ("income", "r2", "r3")
# Do not offer invented figures to editors.
_SOURCED = {
    str(number): example
    for number, example in enumerate(EXAMPLES["calculator"])
    if example.is_sourced
}


class LineBlock(blocks.StructBlock):
    """One line of the guided table, as entered in the form."""

    kind = blocks.ChoiceBlock(choices=[(kind, KIND_NAMES[kind]) for kind in KINDS])
    amount = blocks.CharBlock(max_length=40, help_text="Pounds a year")
    local = blocks.CharBlock(required=False, max_length=40, help_text="Per cent spent locally")
    again = blocks.CharBlock(
        required=False,
        max_length=40,
        help_text="Per cent of the local part spent locally again",
    )


class MultiplierBlock(blocks.StructBlock):
    """The calculator with a title and an introduction. It posts to its own page.

    Pre-filled values are validated by the same form and engine as a visitor's.
    """

    title = blocks.CharBlock(max_length=120, default="How far does your money go?")
    intro = blocks.TextBlock(required=False, max_length=400)
    view = blocks.ChoiceBlock(
        label="Whose money are you tracing?",
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
    example = blocks.ChoiceBlock(
        label="A published example",
        required=False,
        choices=[(number, example.button) for number, example in _SOURCED.items()],
        help_text="Its numbers appear in the form, and its source below it. "
        "Anything you fill in yourself is used first.",
    )
    income = blocks.CharBlock(
        label="Round 1, pounds", required=False, max_length=40, help_text=BLANK
    )
    r2 = blocks.CharBlock(
        label="Round 2, pounds",
        required=False,
        max_length=40,
        help_text="For three numbers only.",
    )
    r3 = blocks.CharBlock(
        label="Round 3, pounds",
        required=False,
        max_length=40,
        help_text="For three numbers only.",
    )
    lines = blocks.ListBlock(
        LineBlock(),
        label="Lines filled in beforehand",
        default=[],
        help_text="For the table of lines only. One line of each kind.",
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
            "example": "",
            "income": "100,000",
            "r2": "60,000",
            "r3": "",
            "lines": [],
        }

    def clean(self, value):
        """Reject numbers that the calculator would reject, but keep any in a draft."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        if cleaned["lines"] or any(cleaned[name] for name in _NUMBERS):
            _check(cleaned)
        return cleaned

    def get_context(self, value, parent_context=None):
        """Add `form`, a calculator with the pre-filled values."""
        context = super().get_context(value, parent_context=parent_context)
        typed = _typed(value)
        # Keep ids unique if a page has two calculators.
        mark = f"{crc32(repr(sorted(typed.items())).encode()):08x}"
        context["example"] = _SOURCED.get(value["example"])
        context["form"] = CalculatorForm(initial=typed, auto_id=f"multiplier_{mark}_%s")
        return context


def _typed(value: blocks.StructValue) -> dict[str, str]:
    """Return the block's values by form field, without blanks."""
    example = _SOURCED.get(value["example"])
    fields = {name: value[name] for name in ("view", "area", "income", "r2", "r3")}
    fields |= {"how": value["mode"], "r1": value["income"]}
    for line in value["lines"]:
        for part in ("amount", "local", "again"):
            fields[f"{line['kind']}_{part}"] = line[part]
    typed = {name: text for name, text in fields.items() if text}
    return {**example.typed, **typed, "how": example.typed["how"]} if example else typed


def _check(value: blocks.StructValue) -> None:
    """Validate with the form, and with stand-ins for what the visitor will fill in."""
    kinds = [line["kind"] for line in value["lines"]]
    if len(kinds) != len(set(kinds)):
        raise StructBlockValidationError({"lines": ValidationError("Only one line of each kind.")})
    form = CalculatorForm({"view": "provider", "area": "anywhere", **_typed(value)})
    if form.is_valid():
        return
    found: dict[str, list[str]] = {}
    for name, messages in form.errors.items():
        if name == "staff_amount" and not kinds:
            continue  # no line yet: the visitor types them
        block = "income" if name == "r1" else name
        found.setdefault(block if block in _NUMBERS else "lines", []).extend(map(str, messages))
    if found:
        raise StructBlockValidationError(
            {name: ValidationError(messages) for name, messages in found.items()}
        )


class MultiplierResultBlock(blocks.StructBlock):
    """A saved result, recalculated by the method version it was saved with.

    Only the address is stored. The page recalculates the result.
    """

    what = blocks.CharBlock(
        label="What it is about",
        max_length=120,
        help_text="Whose money, and which year. For example, “The trust’s income, 2024/25”.",
    )
    address = blocks.TextBlock(
        label="Link to the result",
        max_length=saved_result.LONGEST,
        rows=3,
        help_text="Select “Make a link” in the calculator. The link contains the figures, so "
        "anyone who reads this page can read them.",
    )
    claimed_by = blocks.CharBlock(
        label="Who entered the figures", max_length=160, help_text="Who is responsible for them."
    )
    as_at = blocks.CharBlock(label="As at", max_length=60, help_text="For example, March 2026.")

    class Meta:
        icon = "decimal"
        template = "blocks/multiplier_result_block.html"
        label = "Worked-out multiplier"
        group = "Tools"
        description = "A result of the multiplier calculator, from its permanent address"
        preview_value = {
            "what": "An invented provider’s income",
            "address": "/multiplier/result/?of=calculator&method=1&view=provider&area=Exampleton"
            "&how=quick&r1=100000&r2=60000&r3=24000",
            "claimed_by": "Nobody: an example",
            "as_at": "November 2026",
        }

    def clean(self, value):
        """Reject an address that is not a saved result, but keep any in a draft."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        try:
            found = saved_result.read_address(cleaned["address"])
        except saved_result.NotSaved as fault:
            raise StructBlockValidationError({"address": ValidationError(str(fault))}) from fault
        if not found.form.is_valid():
            message = "The figures in this address cannot be worked out. Make the link again."
            raise StructBlockValidationError({"address": ValidationError(message)})
        return cleaned

    def get_context(self, value, parent_context=None):
        """Add `kept` and its `answer` or `finding`; nothing if it is no longer readable."""
        context = super().get_context(value, parent_context=parent_context)
        try:
            found = saved_result.read_address(value["address"])
        except saved_result.NotSaved:
            return context
        if not found.form.is_valid():
            return context
        context["kept"] = found
        if found.question.finding is None:
            mark = f"flow_{crc32(value['address'].encode()):08x}"
            context["answer"] = answer_to(found.form, mark)
        else:
            context["finding"] = found.question.finding(found.form)
        return context
