"""Forms to leave the network, and to remove a member."""

from typing import Any

from django import forms
from django.utils import timezone

from councils.models import Council
from network.choices import Office
from network.models.memberships import members
from portal.forms import LongTextField, OneLineField, ReasonField, TheirEmailField, TypedDateField

SIGNATURE, DECISION = "signature", "decision"


class LeaveForm(forms.Form):
    """A request to leave: from when, who confirms it, and a statement."""

    effective_on = TypedDateField(
        label="When should the membership end?",
        help_text="Today or later. It ends at least 7 days after the request is confirmed.",
        error_messages={"required": "Enter the date", "invalid": "Date must be a real date"},
    )
    confirmed_by = forms.ChoiceField(
        label="Who confirms the request?",
        choices=[
            (SIGNATURE, "The leader or the chief executive, through a link we email"),
            (DECISION, "The network, because there is a published formal decision"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select who confirms the request"},
    )
    office = forms.ChoiceField(
        label="Which role?",
        choices=Office.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="Answer this and the next 3 questions only if we should send a link.",
    )
    name = OneLineField(max_length=120, required=False, label="Their name")
    role = OneLineField(
        max_length=160,
        required=False,
        label="Their role",
        help_text="For example, Leader of the Council or Interim Chief Executive.",
    )
    email = TheirEmailField(
        required=False,
        label="Their email address",
        help_text="We’ll email the link only to this address. We never publish it.",
    )
    decision_url = forms.URLField(
        max_length=300,
        required=False,
        assume_scheme="https",
        label="Web address of the published decision",
        help_text="Answer this only if there is a published formal decision.",
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    statement = LongTextField(
        max_length=2000,
        required=False,
        label="The council’s statement",
        help_text="We publish it word for word on the council’s page once it has left. We "
        "check only that it is lawful.",
    )

    def __init__(self, data, *, lead_email: str):
        super().__init__(data)
        self.lead_email = lead_email.casefold()

    def clean_effective_on(self):
        day = self.cleaned_data["effective_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("Date must be today or in the future")
        return day

    def clean(self):
        cleaned = super().clean()
        needed = {
            SIGNATURE: {
                "office": "Select a role",
                "name": "Enter their name",
                "role": "Enter their role",
                "email": "Enter their email address",
            },
            DECISION: {"decision_url": "Enter the web address of the decision"},
        }
        for name, words in needed.get(cleaned.get("confirmed_by", ""), {}).items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, words)
        if (cleaned.get("email") or "").casefold() == self.lead_email:
            self.add_error(
                "email", "Enter someone else’s email address. You cannot confirm it yourself"
            )
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
        label="Your role at the council",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Enter your role"},
    )


class StayForm(forms.Form):
    """Refusal by the office holder. A bare POST does nothing."""

    why = LongTextField(
        max_length=1000,
        required=False,
        label="Reason",
        help_text="The officer who asked and the network will read this. We never publish it.",
        rows=4,
    )
    is_sure = forms.BooleanField(
        label="I do not confirm that the council is leaving",
        error_messages={"required": "Confirm that the council is not leaving"},
    )


class StopForm(forms.Form):
    """Reason why staff cancel a withdrawal."""

    why = ReasonField(
        label="Reason for cancelling",
        help_text="The council’s lead contact will read this.",
        max_length=1000,
    )


class StatementForm(forms.Form):
    """Check of a statement: whether the law allows us to publish it."""

    unlawful_why = ReasonField(
        required=False,
        label="Which law prevents us publishing it, and why?",
        help_text="The council’s lead contact will read this. Disagreement is not a reason. "
        "Leave blank to publish the statement word for word.",
        max_length=1000,
    )
    publish = forms.ChoiceField(
        choices=[("yes", "Publish it"), ("no", "Do not publish it")],
        error_messages={"required": "Select one of the 2 buttons"},
    )

    def clean(self):
        cleaned = super().clean()
        why, publish = cleaned.get("unlawful_why"), cleaned.get("publish")
        if publish == "no" and not why:
            self.add_error("unlawful_why", "Enter the law that prevents us publishing it")
        if publish == "yes" and why:
            self.add_error("unlawful_why", "Leave this blank to publish the statement")
        return {"unlawful_why": why}


class RemovalForm(forms.Form):
    """A proposal to end a membership, with grounds."""

    council = forms.ModelChoiceField(
        queryset=Council.objects.none(),
        label="Which member?",
        error_messages={"required": "Select a member"},
    )
    grounds = ReasonField(
        label="Grounds",
        help_text="The council’s lead contact will read this, word for word. We never publish it.",
        rows=8,
        max_length=8000,
        error_messages={"required": "Enter the grounds"},
    )
    told_how = OneLineField(
        max_length=300,
        required=False,
        label="How did you tell the council?",
        help_text="Answer this only if it has no lead contact. For example, a letter to its chief "
        "executive, 3 March 2027.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        council = self.fields["council"]
        assert isinstance(council, forms.ModelChoiceField)
        council.queryset = members(Council.objects.all())


class DecideRemovalForm(forms.Form):
    """Decision on a removal, with a reason."""

    why = ReasonField(
        help_text="The council’s lead contact will read this. We never publish it.",
        rows=5,
        max_length=4000,
    )
    remove = forms.ChoiceField(
        choices=[("yes", "End the membership"), ("no", "Drop the proposal: the council stays")],
        label="Decision",
        error_messages={"required": "Select one of the 2 buttons"},
    )

    def clean_remove(self) -> bool:
        return self.cleaned_data["remove"] == "yes"


class RespondForm(forms.Form):
    """Response of the council to the grounds."""

    text = LongTextField(
        max_length=8000,
        label="Your response",
        help_text="Network managers will read this. We keep it as sent and never publish it.",
        rows=10,
        error_messages={"required": "Enter your response"},
    )
