"""What staff type."""

from django import forms
from django.utils import timezone

from portal.forms import OneLineField


class AcceptForm(forms.Form):
    """Accepting a sign-up."""

    announce_on = forms.DateField(
        label="Announce on",
        help_text="The membership becomes public on this day. Today: at once.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_announce_on(self):
        day = self.cleaned_data["announce_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("Choose today or a later day")
        return day


class DeclineForm(forms.Form):
    """Declining a sign-up."""

    reason = forms.CharField(
        label="Reason",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class ApprovalForm(forms.Form):
    """Who approved a wording for the network."""

    approved_by_name = OneLineField(max_length=120)
