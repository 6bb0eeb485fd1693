"""Recording a member that joined before this site."""

from django import forms
from django.utils import timezone

from councils.models import Council
from network.choices import DateMeans, Precision
from network.models.memberships import with_membership_flag
from portal.forms import OneLineField, ReasonField


class ExistingMemberForm(forms.Form):
    """Which council, since when, and how we know."""

    council = forms.ModelChoiceField(
        queryset=Council.objects.none(),
        label="Council",
        error_messages={"required": "Select the council"},
    )
    joined_precision = forms.ChoiceField(
        label="How exactly the source gives the date",
        choices=Precision.choices,
        error_messages={"required": "Select how exactly the date is known"},
    )
    date_means = forms.ChoiceField(
        label="What happened on that date", choices=DateMeans.choices, required=False
    )
    joined_on = forms.DateField(
        required=False,
        label="Date",
        help_text="If the source gives only the month or the year, enter its first day. Leave "
        "this blank if the date is not known.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter a real date"},
    )
    source_title = OneLineField(
        max_length=200,
        label="Source",
        help_text="What says that the council is a member. It is shown on the council’s page.",
        error_messages={"required": "Enter the source"},
    )
    source_url = forms.URLField(
        max_length=300, required=False, assume_scheme="https", label="Web address of the source"
    )
    source_date = OneLineField(
        max_length=60, required=False, label="Date of the source", help_text="For example, May 2021"
    )
    cohort = OneLineField(max_length=80, required=False, label="Joined as one of")
    note = ReasonField(required=False, label="Note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        council = self.fields["council"]
        assert isinstance(council, forms.ModelChoiceField)
        council.queryset = with_membership_flag(Council.objects.all()).filter(
            is_member=False, is_demonstration=False
        )

    def clean(self):
        """Check that the date is there if it is known, and not in the future."""
        cleaned = super().clean()
        cleaned["date_means"] = cleaned.get("date_means") or DateMeans.JOINED
        day, precision = cleaned.get("joined_on"), cleaned.get("joined_precision")
        is_known = precision != Precision.NOT_KNOWN
        if is_known and not day and not self.has_error("joined_on"):
            self.add_error("joined_on", "Enter the date, or select that it is not known")
        if day and not is_known:
            self.add_error("joined_on", "Clear the date, or select how exactly it is known")
        if day and day > timezone.localdate():
            self.add_error("joined_on", "Date must be today or in the past")
        return cleaned
