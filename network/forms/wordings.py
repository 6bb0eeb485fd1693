"""Versions of what is signed, for staff."""

from django import forms

from portal.forms import OneLineField


class ApprovalForm(forms.Form):
    """Who approved a wording for the network."""

    approved_by_name = OneLineField(max_length=120)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class WordingForm(forms.Form):
    """The text of a version."""

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
    """Why an open sign-up gets another wording."""

    why = forms.CharField(
        label="Why does the wording change?",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why the wording changes"},
    )
