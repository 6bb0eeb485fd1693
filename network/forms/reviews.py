"""Forms for staff who review sign-ups and write wordings."""

from django import forms
from django.utils import timezone

from network.models import SignUp
from portal.forms import OneLineField, TypedDateField


class AcceptForm(forms.Form):
    """Acceptance of a sign-up."""

    announce_on = forms.DateField(
        label="Announce on",
        help_text="The membership becomes public on this day. Today: at once.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args, sign_up: SignUp, **kwargs):
        super().__init__(*args, **kwargs)
        self.sign_up = sign_up
        today = timezone.localdate()
        self.fields["announce_on"].initial = max(today, sign_up.publish_from or today)

    def clean_announce_on(self):
        day = self.cleaned_data["announce_on"]
        if day and day.year > timezone.localdate().year + TypedDateField.YEARS_AHEAD:
            raise forms.ValidationError("Check the year")
        if reason := self.sign_up.reason_not_to_announce_on(day):
            raise forms.ValidationError(reason)
        return day


class PostponeForm(AcceptForm):
    """A new day for the announcement, or none for now."""

    why = forms.CharField(
        label="Why?",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why the announcement moves"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["announce_on"]
        field.required, field.initial = False, None
        field.label = "Announce on another day"
        field.help_text = "Empty: held until you enter a day."


class DeclineForm(forms.Form):
    """Reason to decline a sign-up."""

    reason = forms.CharField(
        label="Reason",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class ConfirmForm(forms.Form):
    """Evidence for a confirmation by staff."""

    how = OneLineField(
        max_length=300,
        label="How do you know?",
        help_text="For example: rang the council’s main number and was put through. Who reads "
        "the history reads this.",
        error_messages={"required": "Say how you know"},
    )


class ConfirmDecisionForm(ConfirmForm):
    """Evidence for a decision as it appeared on the page."""

    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class StrikeOutForm(forms.Form):
    """Reason why a signature no longer counts."""

    why = forms.CharField(
        label="Why is it struck out?",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Say why it is struck out"},
    )


class ChangesForm(forms.Form):
    """Changes that the council should make before staff decide."""

    wanted = forms.CharField(
        label="What should be changed",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class ApprovalForm(forms.Form):
    """Approval of a wording for the network."""

    approved_by_name = OneLineField(max_length=120)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class WordingForm(forms.Form):
    """Text of a wording version."""

    text = forms.CharField(
        label="The wording",
        help_text="Paragraphs, parted by blank lines; lines that begin with 1., 2., 3. become a "
        "list. “{council}” stands for the council’s official name.",
        widget=forms.Textarea(attrs={"rows": 24}),
        max_length=8000,
        error_messages={"required": "Write the wording"},
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if "{council}" not in text:
            raise forms.ValidationError("Keep “{council}” where the council’s name belongs")
        return text


class MoveForm(forms.Form):
    """Reason for pinning another wording to an open sign-up."""

    why = forms.CharField(
        label="Why does the wording change?",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why the wording changes"},
    )
