"""Forms for how a council endorses, and for its formal decision. Drafts can be empty."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone

from network.choices import DecisionBody, Route, SignUpTask
from network.forms.saving import TaskForm
from network.models import EndorsementWording, SignUp
from portal.forms import GovukDateWidget, OneLineField


class RouteForm(TaskForm):
    """Ways for a council to endorse."""

    task = SignUpTask.ROUTE
    needed = ("route",)

    route = forms.ChoiceField(
        choices=Route.choices,
        required=False,
        label="How will your council endorse?",
        help_text="Choose whichever way your council normally makes decisions like this.",
        widget=forms.RadioSelect,
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {"route": sign_up.route}

    @property
    def links_are_out(self) -> bool:
        """Whether links await an answer; they expire if signatures are no longer needed."""
        return bool(self.sign_up and self.sign_up.waiting_for())


class DecisionDate(forms.DateField):
    """A date of a decision, entered in three fields. Not required, because of drafts."""

    def __init__(self, label: str, help_text: str = ""):
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            widget=GovukDateWidget(),
            error_messages={"invalid": f"“{label}” must be a real date, for example 27 3 2027"},
        )

    def validate(self, value):
        super().validate(value)
        # Reject typing errors, because a wrong year would delay the decision for ever.
        if value and not 2000 <= value.year <= timezone.localdate().year + 5:
            raise forms.ValidationError(f"Check the year of “{self.label}”")


class WebAddress(forms.URLField):
    """A web address with http or https, because it becomes a link on a public page."""

    default_validators = [URLValidator(["http", "https"])]


class DecisionForm(TaskForm):
    """A formal decision: what was decided, by which body, effective dates and minutes."""

    task = SignUpTask.DECISION
    needed = ("body", "body_name", "decided_on", "takes_effect_on", "minute_reference")

    body = forms.ChoiceField(
        choices=DecisionBody.choices,
        required=False,
        label="Who decided?",
        widget=forms.RadioSelect,
    )
    body_name = OneLineField(
        max_length=160,
        required=False,
        label="What do the minutes call them?",
        help_text="For example, Cabinet or Lead Member for Resources",
    )
    decided_on = DecisionDate("Decided on", "The date of the meeting or of the signature")
    published_on = DecisionDate("Published on", "If it was published on a different date")
    call_in_ends_on = DecisionDate(
        "Call-in ends on", "The last day it can be called in, if it can be"
    )
    takes_effect_on = DecisionDate(
        "Takes effect on", "We cannot accept the council before this date"
    )
    minute_reference = OneLineField(
        max_length=120, required=False, label="Minute or decision number"
    )
    link = WebAddress(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Web address of the published decision",
        help_text="We publish this link. If the decision is not published yet, leave this blank "
        "and upload the minutes instead.",
        error_messages={"invalid": "Enter a web address, such as https://example.gov.uk/decision"},
    )
    wording_matches = forms.BooleanField(
        required=False, label="The council decided to endorse exactly the wording below"
    )

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        decision = sign_up.formal_decision
        names = [name for name in self.base_fields if hasattr(decision, name)]
        return {name: getattr(decision, name) for name in names}

    @property
    def wording(self) -> EndorsementWording:
        """Wording that the decision must be about."""
        pinned = self.sign_up.wording if self.sign_up else None
        return pinned or EndorsementWording.objects.newest()

    @property
    def text(self) -> str:
        """Text of that wording for this council."""
        council = self.sign_up.council.official_name if self.sign_up else ""
        return self.wording.text_for(council)

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                "Date decided must be today or in the past. Leave this blank to save the rest, and "
                "come back once the council has decided"
            )
        return day

    def clean_wording_matches(self):
        matches = self.cleaned_data["wording_matches"]
        if matches and not self.wording.may_be_sent:
            raise forms.ValidationError(
                "The network has not approved its wording yet. Clear this box and come back later"
            )
        return matches

    def clean(self):
        cleaned = super().clean()
        self._in_order(
            "decided_on",
            "published_on",
            "Published on must be the same as or after the date decided",
        )
        self._in_order(
            "decided_on",
            "call_in_ends_on",
            "Call-in ends on must be the same as or after the date decided",
        )
        self._in_order(
            "published_on",
            "call_in_ends_on",
            "Call-in ends on must be the same as or after the date published",
        )
        self._in_order(
            "decided_on",
            "takes_effect_on",
            "Takes effect on must be the same as or after the date decided",
        )
        self._in_order(
            "call_in_ends_on",
            "takes_effect_on",
            "Takes effect on must be after the call-in ends",
        )
        return cleaned

    def _in_order(self, first: str, second: str, words: str) -> None:
        earlier, later = self.cleaned_data.get(first), self.cleaned_data.get(second)
        if earlier and later and later < earlier and second not in self.errors:
            self.add_error(second, words)
