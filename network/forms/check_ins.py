"""Forms of the yearly check-in: the page of a council, more time, and staff's."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone

from network.choices import ConversationStatus
from network.models import CheckIn
from network.still_true import Part, fingerprint
from portal.forms import LongTextField, OneLineField, ReasonField, TypedDateField
from principles.models import Principle

STILL_TRUE = {
    "offices": "The leader and the chief executive are right",
    "champions": "The champions are right",
    "profile": "What our public page says is still true",
}
SAME, NONE, ONE = "same", "none", "one"
CONVERSATIONS = [(SAME, "Nothing new since our last check-in"), *ConversationStatus.choices]
CASE_STUDIES = [(NONE, "None this year"), (ONE, "Yes, we have something to tell")]


class CheckInForm(forms.Form):
    """A council's yearly check-in. Saved half-way, nothing is required."""

    version = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    conversation = forms.ChoiceField(
        choices=CONVERSATIONS,
        label="What stage is your community conversation at?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what stage your community conversation is at"},
    )
    conversation_said = LongTextField(
        max_length=500,
        required=False,
        rows=2,
        label="What is new in it?",
    )
    case_study = forms.ChoiceField(
        choices=CASE_STUDIES,
        label="Is there something other councils can learn from?",
        help_text="One case study a year is enough, and “none” is a good answer too.",
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether you have a case study this year"},
    )
    case_study_about = OneLineField(
        max_length=200,
        required=False,
        label="What would it be about?",
        help_text="For example, buying food for schools from local farms. We’ll get in touch.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        check_in: CheckIn,
        parts: list[Part],
        last: Mapping[int, str],
        whole: bool = True,
    ):
        """Bind the form to `data`, or show the saved answers.

        Args:
            data: POST data.
            check_in: The check-in it belongs to.
            parts: What is to be confirmed, as the page shows it.
            last: What the council said of each principle last time, by number.
            whole: Whether it is to be sent, not only saved.
        """
        versions = {"version": check_in.version, "shown": fingerprint(parts)}
        super().__init__(data, initial=check_in.answers | versions)
        self.parts, self.whole = parts, whole
        for part in parts:
            label = STILL_TRUE[part.key]
            self.fields[part.key] = forms.BooleanField(
                label=label,
                required=whole,
                error_messages={"required": f"Confirm “{label}”, or change what is wrong first"},
            )
        self.principles = list(Principle.objects.all())
        for principle in self.principles:
            before = last.get(principle.number, "")
            self.fields[f"principle_{principle.number}"] = LongTextField(
                max_length=500,
                required=False,
                rows=2,
                label=f"{principle.number}. {principle.name}",
                help_text=f"Last time: {before}" if before else "",
            )
        # The order of the page, in which its errors are listed.
        self.order_fields(["spoke_to", *(part.key for part in parts)])
        if not whole:
            for field in self.fields.values():
                field.required = False

    @property
    def seen(self) -> int:
        """Version that was on the page; 0 if missing or not a number."""
        typed = str(self.data.get("version", ""))
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def is_optional(self, name: str) -> bool:
        """Whether a question may stay blank in a check-in that is sent."""
        return name.startswith("principle_") or name in {"conversation_said", "case_study_about"}

    def with_parts(self) -> list[tuple[Part, BoundField]]:
        """Return each part of what we say with its tick."""
        return [(part, self[part.key]) for part in self.parts]

    def of_principles(self) -> list[BoundField]:
        """Return the lines on the principles, in order."""
        return [self[f"principle_{each.number}"] for each in self.principles]

    def clean(self) -> dict[str, Any]:
        """Ask what a case study is about, where there is one."""
        cleaned = super().clean() or {}
        one = cleaned.get("case_study") == ONE
        if self.whole and one and not cleaned.get("case_study_about"):
            self.add_error("case_study_about", "Enter what the case study would be about")
        return cleaned

    def answers(self) -> dict[str, object]:
        """Return the answers for `actions.check_ins`, without blank ones. The form is valid."""
        own = ("version", "shown", "spoke_to")
        given = {k: v for k, v in self.cleaned_data.items() if k not in own}
        return {name: value for name, value in given.items() if value not in ("", None, False)}

    def in_words(self, answers: Mapping[str, object]) -> list[tuple[str, str]]:
        """Return answers as questions and text, for those who compare or read them."""
        words: list[tuple[str, str]] = []
        for name, value in answers.items():
            field = self.fields.get(name)
            if field is None or value in ("", None, False):
                continue
            said = "Yes" if value is True else str(value)
            if isinstance(field, forms.ChoiceField):
                choices: dict[object, object] = dict(list(field.choices))  # type: ignore[arg-type]
                said = str(choices.get(value, value))
            words.append((str(field.label), said))
        return words

    def start_again(self, check_in: CheckIn, *, unticked: bool) -> None:
        """Carry what was typed over to the newest version of the page."""
        fresh = QueryDict(mutable=True)
        fresh.update(self.data)
        fresh["version"], fresh["shown"] = str(check_in.version), fingerprint(self.parts)
        for part in self.parts if unticked else []:
            fresh.pop(part.key, None)
        self.data = fresh


class PhoneCheckInForm(CheckInForm):
    """A check-in that staff record for a council."""

    spoke_to = OneLineField(
        max_length=200,
        label="Name and role of the person who told you",
        error_messages={"required": "Enter who told you"},
    )


class MoreTimeForm(forms.Form):
    """A council takes its one extension."""

    why = OneLineField(
        max_length=300,
        required=False,
        label="Why do you need longer?",
        help_text="The network team can read this. We never publish it.",
    )


class StaffMoreTimeForm(forms.Form):
    """Staff give a council more time."""

    until = TypedDateField(
        label="New day by which we want the answer",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the new day", "invalid": "Enter a real date"},
    )
    why = ReasonField(label="Reason", max_length=1000)

    def clean_until(self) -> date:
        """Refuse a day that has passed."""
        until = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise forms.ValidationError("The new day must be after today")
        return until
