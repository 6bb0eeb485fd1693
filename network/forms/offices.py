"""Forms to record who holds a role in a member since when, or that it is vacant."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.models import Champion
from portal.forms import OneLineField, TheirEmailField, TypedDateField

HELD, VACANT = "held", "vacant"
STANDS = [
    (HELD, "Someone else holds the role now, including as acting or interim"),
    (VACANT, "The role is vacant"),
]


class OfficeChangeForm(forms.Form):
    """A new leader or chief executive, or a vacancy."""

    held = forms.ChoiceField(
        label="What has changed?",
        choices=STANDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what has changed"},
    )
    since = TypedDateField(
        label="Date of the change",
        help_text="For example, 27 3 2026",
        error_messages={
            "required": "Enter the date of the change",
            "invalid": "Date of the change must be a real date",
        },
    )
    name = OneLineField(max_length=120, required=False, label="Name")
    role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example, Interim Chief Executive",
    )
    email = TheirEmailField(
        required=False,
        label="Work email address",
        help_text="We’ll email one link when you save, only to this address. We never publish it.",
    )

    def __init__(self, *args, after: date | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.after = after

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError("Date of the change must be today or in the past")
        if self.after and since < self.after:
            signed = format_date(self.after, "j F Y")
            raise forms.ValidationError(
                f"Date of the change must be {signed} (the last signature) or later"
            )
        return since

    def clean(self):
        cleaned = super().clean()
        held = cleaned.get("held")
        wanted = {
            "name": "Enter their name",
            "role": "Enter their role",
            "email": "Enter their work email address",
        }
        for field, words in wanted.items():
            if held == HELD and not cleaned.get(field) and field not in self.errors:
                self.add_error(field, words)
        if held == VACANT and any(cleaned.get(field) for field in wanted):
            self.add_error("held", "Select that someone holds the role, or leave the name blank")
        return cleaned

    def recorded(self) -> dict[str, Any]:
        """Return the cleaned answers for `actions.offices.record_office_change`."""
        return {name: self.cleaned_data[name] for name in ("since", "name", "role", "email")}


class ChampionForm(forms.Form):
    """A member's champion, or that it has none now."""

    held = forms.ChoiceField(
        label="Who is the champion?",
        choices=[(HELD, "The person named below"), (VACANT, "No one at the moment")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select who the champion is"},
    )
    since = TypedDateField(
        label="Since when?",
        help_text="For example, 27 3 2026",
        error_messages={"required": "Enter the date", "invalid": "Date must be a real date"},
    )
    name = OneLineField(max_length=120, required=False, label="Name")
    role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example, Cabinet Member for Communities",
    )
    may_be_published = forms.BooleanField(
        required=False, label="They agree that their name and role are published"
    )

    def __init__(self, *args, now: Champion | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_since(self):
        """Refuse a day to come."""
        since = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError("Date must be today or in the past")
        return since

    def clean(self):
        """Ask for a name and a role, and for a day after the one before began."""
        cleaned = super().clean()
        held, since = cleaned.get("held"), cleaned.get("since")
        for field, words in {"name": "Enter their name", "role": "Enter their role"}.items():
            if held == HELD and not cleaned.get(field) and field not in self.errors:
                self.add_error(field, words)
        if held == VACANT and (cleaned.get("name") or cleaned.get("role")):
            self.add_error("held", "Select the person named below, or leave the name blank")
        began = self.now.since if self.now else None
        is_new = self.now and cleaned.get("name", "").casefold() != self.now.name.casefold()
        if began and since and is_new and since < began:
            day = format_date(began, "j F Y")
            self.add_error("since", f"Date must be {day} (the one before began) or later")
        return cleaned

    def recorded(self) -> dict[str, Any]:
        """Return the cleaned answers for `actions.offices.name_champion`."""
        names = ("since", "name", "role", "may_be_published")
        return {name: self.cleaned_data[name] for name in names}


class StaffChampionForm(ChampionForm):
    """A member's champion, with the admin's own widgets."""

    held = forms.ChoiceField(
        label="Who is the champion?",
        choices=[("", "Choose"), (HELD, "The person named below"), (VACANT, "No one now")],
        error_messages={"required": "Select who the champion is"},
    )
    since = TypedDateField(
        label="Since when?",
        help_text="If no one is champion now, the day it ended",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the date", "invalid": "Date must be a real date"},
    )
    field_order = ["held", "since", "name", "role", "may_be_published"]


class StaffOfficeChangeForm(OfficeChangeForm):
    """A new leader or chief executive, with the admin's own widgets."""

    held = forms.ChoiceField(
        label="What has changed?",
        choices=[("", "Choose"), *STANDS],
        error_messages={"required": "Select what has changed"},
    )
    since = TypedDateField(
        label="Date of the change",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Enter the date of the change",
            "invalid": "Date of the change must be a real date",
        },
    )
    field_order = ["held", "since", "name", "role", "email"]
