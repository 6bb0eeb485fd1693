"""Forms about whether a case study is still true."""

from django import forms
from django.utils import timezone

from casestudies.choices import Status
from portal.forms import OneLineField, ReasonField, TheirEmailField


class StillTrueForm(forms.Form):
    """What a contact says: whether the work still runs, and one sentence."""

    answer = forms.ChoiceField(
        label="How does this work stand today?",
        choices=[
            (Status.RUNNING, "It is still running, much as described"),
            (Status.CHANGED, "It has changed into something else"),
            (Status.ENDED, "It has ended"),
            (Status.UNKNOWN, "I do not know"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select how this work stands today"},
    )
    sentence = ReasonField(
        label="One sentence for readers",
        max_length=300,
        rows=2,
        required=False,
        help_text="For example, what is different now, or what came after it. An editor reads it "
        "before it appears on the page.",
    )


class RecordAnswerForm(StillTrueForm):
    """What someone at the council told staff in another way."""

    told_by = OneLineField(
        max_length=160,
        label="Who told you?",
        help_text="Their name and role, and how: for example, Robin Reed, Head of Communities, by "
        "phone. Never public.",
        error_messages={"required": "Enter who told you"},
    )
    told_on = forms.DateField(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the day", "invalid": "Day must be a real date"},
    )

    field_order = ("told_by", "told_on", "answer", "sentence")

    def clean_told_on(self):
        """Check that it is not in the future."""
        day = self.cleaned_data["told_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Day must be today or in the past")
        return day


class NamedContactForm(forms.Form):
    """Who is asked about a case study, instead of the member's lead contact."""

    name = OneLineField(max_length=120, required=False, label="Name")
    email = TheirEmailField(
        required=False,
        label="Email address",
        help_text="Leave both blank to ask the council’s lead contact. Never public.",
    )

    def clean(self):
        """Check that both are given, or neither."""
        cleaned = super().clean()
        for one, other, what in (("name", "email", "name"), ("email", "name", "email address")):
            if cleaned.get(other) and not cleaned.get(one) and one not in self.errors:
                self.add_error(one, f"Enter their {what}")
        return cleaned


class WhyForm(forms.Form):
    """Why a case study is no longer published, in words for readers."""

    why = OneLineField(
        max_length=300,
        required=False,
        label="Why it is no longer published",
        help_text="Readers see this, with the title and the council. If you leave it blank, they "
        "read only that a case study is no longer published.",
    )
