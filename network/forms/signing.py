"""Forms for answers to an endorsement request."""

from typing import Any

from django import forms
from django.utils import timezone

from network.choices import Governance, Office
from network.models import EndorsementRequest, OfficeChange
from portal.forms import LongTextField, OneLineField, TheirEmailField, TypedDateField

QUALIFIES = {
    Office.LEADER: {
        "": "The leader of the council, the elected mayor, or, where there is neither, the "
        "chair of the committee that answers for it. An acting or interim holder is fine; a "
        "deputy is not.",
        Governance.LEADER: "The leader of the council. An acting leader is fine; a deputy is not.",
        Governance.MAYOR: "The elected mayor. A deputy mayor is not enough.",
        Governance.COMMITTEES: "The leader of the council, or the chair of the committee that "
        "answers for it.",
    },
    Office.CHIEF_EXECUTIVE: {
        "": "The chief executive, the head of paid service or the managing director. "
        "“Interim” or “acting” is fine; a director of one department is not enough.",
    },
}


def who_qualifies(office: Office, governance: str) -> str:
    """Return who can sign in a role, in words, under this governance."""
    words = QUALIFIES[office]
    return words.get(governance, words[""])


class EndorseForm(forms.Form):
    """A signature. Only a typed name signs."""

    name = OneLineField(
        max_length=120,
        label="Enter your full name to sign",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your full name"},
    )
    role = OneLineField(
        max_length=160,
        label="Your role at the council",
        error_messages={"required": "Enter your role"},
    )
    has_authority = forms.BooleanField(
        label="I hold this role and can endorse on behalf of the council",
        error_messages={"required": "Confirm that you can endorse for the council"},
    )

    def assistant(self) -> dict[str, Any]:
        """Return the fields of `actions.signing.Assistant`; none without an assistant."""
        return {}

    def signature(self) -> dict[str, Any]:
        """Return the cleaned answers for `actions.signing.endorse`."""
        return {name: self.cleaned_data[name] for name in ("name", "role")}


class AssistantForm(EndorseForm):
    """A signature entered for the office holder by an assistant, and recorded as such."""

    assistant_name = OneLineField(
        max_length=120,
        label="Your own name",
        help_text="We keep it on record and show it to the council’s officer and the network. "
        "We never publish it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your own name"},
    )
    agreed_how = OneLineField(
        max_length=300,
        label="How did they agree?",
        help_text="For example, in a meeting with me, after reading the wording",
        error_messages={"required": "Enter how they agreed"},
    )
    agreed_on = TypedDateField(
        label="When did they agree?",
        help_text="It can be before we sent the link. For example, 27 3 2027",
        error_messages={
            "required": "Enter the date they agreed",
            "invalid": "Date they agreed must be a real date",
        },
    )
    field_order = ["name", "role", "assistant_name", "agreed_how", "agreed_on", "has_authority"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Their full name"
        self.fields["name"].widget.attrs = {"autocomplete": "off"}
        self.fields["name"].error_messages["required"] = "Enter their full name"
        self.fields["role"].label = "Their role at the council"
        self.fields["has_authority"].label = (
            "They have read the wording, hold this role, and have told me that they endorse it "
            "on behalf of the council"
        )
        self.fields["has_authority"].error_messages["required"] = (
            "Confirm that they have read the wording and told you so"
        )

    def clean_agreed_on(self):
        day = self.cleaned_data["agreed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Date they agreed must be today or in the past")
        return day

    def clean(self):
        cleaned = super().clean()
        names = [cleaned.get(name, "").casefold() for name in ("name", "assistant_name")]
        if names[0] and names[0] == names[1]:
            self.add_error(
                "assistant_name",
                "Enter your own name. If you hold this role yourself, sign for yourself",
            )
        return cleaned

    def assistant(self) -> dict[str, Any]:
        fields = ("assistant_name", "agreed_how", "agreed_on")
        return {name: self.cleaned_data[name] for name in fields}


class NoForm(forms.Form):
    """Refusal to endorse. A bare POST, for example a mail scanner's, does nothing."""

    why = LongTextField(
        max_length=1000,
        required=False,
        label="Reason",
        help_text="The officer who asked will read it. We never publish it.",
        rows=4,
    )
    is_sure = forms.BooleanField(
        label="I do not want to endorse this",
        error_messages={"required": "Confirm that you do not want to endorse this"},
    )

    def __init__(self, *args, asked: EndorsementRequest | OfficeChange, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(asked, OfficeChange):
            self.fields[
                "why"
            ].help_text = "The person who represents the council will read it. We never publish it."


class NotMeForm(forms.Form):
    """Answer of a wrong person, who can name the right one. A bare POST does nothing."""

    is_sure = forms.BooleanField(
        label="I am not the right person to sign",
        error_messages={"required": "Confirm that you are not the right person"},
    )
    name = OneLineField(max_length=120, required=False, label="Their name")
    role = OneLineField(max_length=160, required=False, label="Their role")
    email = TheirEmailField(
        required=False,
        label="Their work email address",
        help_text="We will not ask them until the officer decides to.",
    )

    def clean(self):
        cleaned = super().clean()
        wanted = {
            "name": "Enter the name of the right person, or leave all 3 blank",
            "role": "Enter their role, or leave all 3 blank",
            "email": "Enter their email address, or leave all 3 blank",
        }
        if any(cleaned.get(name) for name in wanted):
            for name, words in wanted.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned

    def proposal(self) -> dict[str, str]:
        """Return the proposed person for `actions.signing.not_the_right_person`."""
        return {name: self.cleaned_data[name] for name in ("name", "role", "email")}


class ReportForm(forms.Form):
    """Report that “this was not me”. Only a typed name reports."""

    name = OneLineField(
        max_length=120,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    message = LongTextField(
        max_length=1000,
        required=False,
        label="What happened",
        help_text="The network’s managers will read it.",
        rows=4,
    )
