"""What staff write who would remove a member, and what its council says."""

from django import forms

from network.models import Council
from portal.forms import LongTextField, OneLineField


class RemovalForm(forms.Form):
    """Which member, and why."""

    council = forms.ModelChoiceField(
        queryset=Council.objects.none(),
        label="Which member?",
        error_messages={"required": "Choose the member"},
    )
    grounds = forms.CharField(
        label="The grounds",
        help_text="Whoever leads for the council reads them, word for word. Never published.",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=8000,
        error_messages={"required": "Write the grounds"},
    )
    told_how = OneLineField(
        max_length=300,
        required=False,
        label="How was the council told?",
        help_text="Only where nobody leads for it here. For example: a letter to its chief "
        "executive, 3 March 2027.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        council = self.fields["council"]
        assert isinstance(council, forms.ModelChoiceField)
        council.queryset = Council.objects.members()


class DecideRemovalForm(forms.Form):
    """Removed, or dropped; and why."""

    why = forms.CharField(
        label="Why?",
        help_text="Whoever leads for the council reads this. Never published.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        error_messages={"required": "Say why"},
    )
    remove = forms.ChoiceField(
        choices=[("yes", "Remove the member"), ("no", "Drop it: the council stays")],
        label="Decision",
        error_messages={"required": "Press one of the two buttons"},
    )

    def clean_remove(self) -> bool:
        return self.cleaned_data["remove"] == "yes"


class RespondForm(forms.Form):
    """What the council says to the grounds."""

    text = LongTextField(
        max_length=8000,
        label="Your response",
        help_text="The network’s managers read it. Never published, and kept as you send it.",
        rows=10,
        error_messages={"required": "Write your response"},
    )
