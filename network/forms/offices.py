"""Forms to record who holds a role in a member since when, or that it is vacant."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateformat import format as format_date

from portal.forms import OneLineField, TypedDateField

HELD, VACANT = "held", "vacant"
STANDS = [
    (HELD, "Somebody else holds it now, also as acting or interim"),
    (VACANT, "It is vacant"),
]


class OfficeChangeForm(forms.Form):
    """A new leader or chief executive, or a vacancy."""

    held = forms.ChoiceField(
        label="How does it stand?",
        choices=STANDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it stands"},
    )
    since = TypedDateField(
        label="Since when?",
        help_text="For example, 27 3 2026",
        error_messages={
            "required": "Enter the day since which it stands so",
            "invalid": "Enter a real date",
        },
    )
    name = OneLineField(max_length=120, required=False, label="Name of the holder")
    role = OneLineField(
        max_length=160,
        required=False,
        label="Office",
        help_text="As it is called in your council, for example Interim Chief Executive",
    )
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="Work email address",
        help_text="One link goes here and to nobody else. Never published.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args, after: date | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.after = after

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError("This day has not come yet: record it from that day on")
        if self.after and since < self.after:
            signed = format_date(self.after, "j F Y")
            raise forms.ValidationError(
                f"The endorsement on record was signed on {signed}: enter that day or a later one"
            )
        return since

    def clean(self):
        cleaned = super().clean()
        held = cleaned.get("held")
        wanted = {
            "name": "Enter the name of the holder",
            "role": "Enter the office as it is called",
            "email": "Enter their work email address",
        }
        for field, words in wanted.items():
            if held == HELD and not cleaned.get(field) and field not in self.errors:
                self.add_error(field, words)
        if held == VACANT and any(cleaned.get(field) for field in wanted):
            self.add_error("held", "You named a holder: say that somebody holds it, or name nobody")
        return cleaned

    def recorded(self) -> dict[str, Any]:
        """Return the cleaned answers for `actions.offices.record_office_change`."""
        return {name: self.cleaned_data[name] for name in ("since", "name", "role", "email")}


class StaffOfficeChangeForm(OfficeChangeForm):
    """A new leader or chief executive, with the admin's own widgets."""

    held = forms.ChoiceField(
        label="How does it stand?",
        choices=[("", "Choose"), *STANDS],
        error_messages={"required": "Choose how it stands"},
    )
    since = TypedDateField(
        label="Since when?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Enter the day since which it stands so",
            "invalid": "Enter a real date",
        },
    )
    field_order = ["held", "since", "name", "role", "email"]
