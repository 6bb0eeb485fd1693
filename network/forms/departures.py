"""Forms to leave the network, and to remove a member."""

from typing import Any

from django import forms
from django.utils import timezone

from councils.models import Council
from network.choices import Office
from network.models.memberships import members
from portal.forms import LongTextField, OneLineField, TypedDateField

SIGNATURE, DECISION = "signature", "decision"


class LeaveForm(forms.Form):
    """A request to leave: from when, who confirms it, and a statement."""

    effective_on = TypedDateField(
        label="From when does the council no longer want to be a member?",
        help_text="Today or a later day. It is never sooner than seven days after it is confirmed.",
        error_messages={"required": "Enter the day", "invalid": "Enter a day that exists"},
    )
    confirmed_by = forms.ChoiceField(
        label="How is it confirmed?",
        choices=[
            (SIGNATURE, "The leader or the chief executive confirms it, by a link that we send"),
            (DECISION, "A formal decision is published, and the network reads it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is confirmed"},
    )
    office = forms.ChoiceField(
        label="Which office?",
        choices=Office.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="Only for a confirmation by link, as are the next three.",
    )
    name = OneLineField(max_length=120, required=False, label="Their name")
    role = OneLineField(
        max_length=160,
        required=False,
        label="Their office, as it is called",
        help_text="For example Leader of the Council, or Interim Chief Executive.",
    )
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="Their email address",
        help_text="The link goes here and to nobody else. Never published.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    decision_url = forms.URLField(
        max_length=300,
        required=False,
        assume_scheme="https",
        label="Address of the published decision",
        help_text="Only where a formal decision stands in the place of the link.",
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    statement = LongTextField(
        max_length=2000,
        required=False,
        label="What the council wants to say",
        help_text="Published word for word on its page here once it has left. The network checks "
        "it for law, not for opinion.",
    )

    def __init__(self, data, *, lead_email: str):
        super().__init__(data)
        self.lead_email = lead_email.casefold()

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("Enter today or a later day")
        return day

    def clean(self):
        cleaned = super().clean()
        needed = {
            SIGNATURE: {
                "office": "Choose the office",
                "name": "Enter their name",
                "role": "Enter their office, as it is called",
                "email": "Enter their email address",
            },
            DECISION: {"decision_url": "Enter the address of the published decision"},
        }
        for name, words in needed.get(cleaned.get("confirmed_by", ""), {}).items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, words)
        if (cleaned.get("email") or "").casefold() == self.lead_email:
            self.add_error("email", "Enter another address than yours: somebody else confirms it")
        return cleaned

    def wish(self) -> dict[str, Any]:
        """Return the answers for `actions.departures.ask_to_leave`, for the chosen way only."""
        by_link = self.cleaned_data["confirmed_by"] == SIGNATURE
        ways = ("office", "name", "role", "email") if by_link else ("decision_url",)
        return {name: self.cleaned_data[name] for name in ("effective_on", "statement", *ways)}


class ConfirmLeavingForm(forms.Form):
    """Confirmation by a typed name. A bare POST, for example a mail scanner's, does nothing."""

    name = OneLineField(
        max_length=120,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    role = OneLineField(
        max_length=160,
        label="Your office",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Enter your office"},
    )


class StayForm(forms.Form):
    """Refusal by the office holder. A bare POST does nothing."""

    why = LongTextField(
        max_length=1000,
        required=False,
        label="Reason",
        help_text="The officer who asked and the network read it. It is never published.",
        rows=4,
    )
    is_sure = forms.BooleanField(
        label="I do not confirm that the council leaves",
        error_messages={"required": "Tick the box if you do not confirm it"},
    )


class StopForm(forms.Form):
    """Reason why staff cancel a withdrawal."""

    why = forms.CharField(
        label="Why is it stopped?",
        help_text="Whoever leads for the council reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say why it is stopped"},
    )


class StatementForm(forms.Form):
    """Check of a statement: whether the law allows us to publish it."""

    unlawful_why = forms.CharField(
        required=False,
        label="Which law forbids to publish it, and why?",
        help_text="Whoever leads for the council reads this. Disagreeing with it is no reason. "
        "Empty: it is published word for word.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    publish = forms.ChoiceField(
        choices=[("yes", "Publish it"), ("no", "Do not publish it")],
        error_messages={"required": "Press one of the two buttons"},
    )

    def clean(self):
        cleaned = super().clean()
        why, publish = cleaned.get("unlawful_why"), cleaned.get("publish")
        if publish == "no" and not why:
            self.add_error("unlawful_why", "Say which law forbids it")
        if publish == "yes" and why:
            self.add_error("unlawful_why", "Empty this to publish the statement")
        return {"unlawful_why": why}


class RemovalForm(forms.Form):
    """A proposal to end a membership, with grounds."""

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
        council.queryset = members(Council.objects.all())


class DecideRemovalForm(forms.Form):
    """Decision on a removal, with a reason."""

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
    """Response of the council to the grounds."""

    text = LongTextField(
        max_length=8000,
        label="Your response",
        help_text="The network’s managers read it. Never published, and kept as you send it.",
        rows=10,
        error_messages={"required": "Write your response"},
    )
