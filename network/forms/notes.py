"""Forms for the staff-only log of a council."""

from django import forms
from django.utils import timezone

from network.choices import Interest
from portal.forms import OneLineField, ReasonField


def _day(**kwargs) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, error_messages={"invalid": "Enter a real date"}, **kwargs)


class NoteForm(forms.Form):
    """An internal note: what was said, and what is next."""

    text = ReasonField(label="What was said", max_length=8000, rows=4, required=False)
    next_step = OneLineField(
        max_length=200,
        required=False,
        label="Next step",
        help_text="For example, call back about the cabinet meeting. It appears on the first page "
        "of the admin when it is due.",
    )
    next_step_on = _day(required=False, label="Day of the next step")

    def clean(self):
        """Check that it says something, and that a next step has its day."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if not any(cleaned.get(name) for name in ("text", "next_step", "stage")):
            self.add_error("text", "Enter what was said")
        step, day = cleaned.get("next_step"), cleaned.get("next_step_on")
        if step and not day:
            self.add_error("next_step_on", "Enter the day of the next step")
        if day and not step:
            self.add_error("next_step", "Enter the next step")
        if day and day < timezone.localdate():
            self.add_error("next_step_on", "Day of the next step must be today or in the future")
        return cleaned


class LogForm(NoteForm):
    """An entry of a council's log: also when and with whom, and how interested it is."""

    on = _day(label="Date", initial=timezone.localdate)
    who = OneLineField(
        max_length=160,
        required=False,
        label="Who you spoke to",
        help_text="Name and job. Leave out what you would not want them to read: they can ask "
        "for what we hold about them.",
    )
    stage = forms.ChoiceField(
        choices=[("", "No change"), *Interest.choices], required=False, label="Stage of interest"
    )
    field_order = ("on", "who", "text", "stage", "next_step", "next_step_on")

    def clean_on(self):
        """Refuse a day to come, and one that is long gone."""
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Date must be today or in the past")
        if day.year < 2000:
            raise forms.ValidationError("Year must be 2000 or later")
        return day


class EraseForm(forms.Form):
    """Why the words of an entry are erased."""

    why = ReasonField(
        max_length=300, rows=2, help_text="Do not repeat what you erase. It is on record."
    )
