"""Forms for answers to an endorsement request."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import Governance, Office
from network.models import EndorsementRequest, OfficeChange
from portal.forms import LongTextField, OneLineField, TypedDateField

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
        label="Type your full name to sign",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type your full name"},
    )
    role = OneLineField(
        max_length=160,
        label="Your office",
        error_messages={"required": "Enter your office"},
    )
    has_authority = forms.BooleanField(
        label="I hold this office and may endorse on behalf of the council",
        error_messages={"required": "Confirm that you may endorse for the council"},
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
        help_text="Kept on record and shown to the council’s officer and the network. "
        "Never published.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your own name"},
    )
    agreed_how = OneLineField(
        max_length=300,
        label="How did they agree?",
        help_text="For example: in a meeting with me, after reading the wording",
        error_messages={"required": "Say how the office holder agreed"},
    )
    agreed_on = TypedDateField(
        label="When did they agree?",
        help_text="For example, 27 3 2027",
        error_messages={
            "required": "Enter the day on which they agreed",
            "invalid": "Enter a real date",
        },
    )
    field_order = ["name", "role", "assistant_name", "agreed_how", "agreed_on", "has_authority"]

    def __init__(self, *args, asked: EndorsementRequest, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked_on = asked.first_asked_on
        self.fields["name"].label = "The office holder’s full name"
        self.fields["name"].widget.attrs = {"autocomplete": "off"}
        self.fields["name"].error_messages["required"] = "Enter the office holder’s full name"
        self.fields["role"].label = "Their office"
        self.fields["has_authority"].label = (
            "They have read the wording, hold this office, and have told me that they endorse it "
            "on behalf of the council"
        )
        self.fields["has_authority"].error_messages["required"] = (
            "Confirm that they read the wording and told you so"
        )

    def clean_agreed_on(self):
        day = self.cleaned_data["agreed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet")
        if day < self.asked_on:
            asked = format_date(self.asked_on, "j F Y")
            raise forms.ValidationError(f"They were first asked on {asked}: check the date")
        return day

    def clean(self):
        cleaned = super().clean()
        names = [cleaned.get(name, "").casefold() for name in ("name", "assistant_name")]
        if names[0] and names[0] == names[1]:
            self.add_error("assistant_name", "If you hold the office yourself, sign for yourself")
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
        help_text="The officer who asked reads it. It is never published.",
        rows=4,
    )
    is_sure = forms.BooleanField(
        label="I do not wish to endorse this",
        error_messages={"required": "Tick the box if you do not wish to endorse this"},
    )

    def __init__(self, *args, asked: EndorsementRequest | OfficeChange, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(asked, OfficeChange):
            self.fields[
                "why"
            ].help_text = "Whoever represents the council reads it. Never published."


class NotMeForm(forms.Form):
    """Answer of a wrong person, who can name the right one. A bare POST does nothing."""

    is_sure = forms.BooleanField(
        label="I am not the right person to sign",
        error_messages={"required": "Tick the box if you are not the right person"},
    )
    name = OneLineField(max_length=120, required=False, label="Their name")
    role = OneLineField(max_length=160, required=False, label="Their office")
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="Their work email address",
        help_text="We ask nobody by this: the officer decides first.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        wanted = {
            "name": "Enter the name of the right person, or leave all three empty",
            "role": "Enter their office, or leave all three empty",
            "email": "Enter their email address, or leave all three empty",
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
        help_text="The network’s managers read it.",
        rows=4,
    )
