"""Forms for staff who review sign-ups and write wordings."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone

from network.choices import SignUpTask
from network.emails.sign_ups import managers
from network.models import SignUp
from portal.forms import OneLineField, ReasonField, TypedDateField
from portal.models import User


class HourField(forms.SplitDateTimeField):
    """The day and the time of an announcement, in London.

    When clocks change, an hour of the night comes twice or never: it is refused.
    """

    MORNING = time(9)

    def __init__(self, **kwargs):
        widget = forms.SplitDateTimeWidget(
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )
        errors = {
            "required": "Enter the day and time of the announcement",
            "invalid_date": "Day of the announcement must be a real date",
            "invalid_time": "Enter the time of the announcement, for example 09:00",
        }
        super().__init__(widget=widget, error_messages=errors, **kwargs)

    @classmethod
    def morning_of(cls, day: date) -> datetime:
        """Return the usual hour of a day: 9am."""
        return timezone.make_aware(datetime.combine(day, cls.MORNING))

    def compress(self, data_list):
        """Return the moment."""
        try:
            at = super().compress(data_list)
        except forms.ValidationError as wrong:
            if wrong.code != "ambiguous_timezone":
                raise
            said = "The clocks change at that time. Choose a time before 1am or after 2am"
            raise forms.ValidationError(said) from wrong
        if at and at.year > timezone.localdate().year + TypedDateField.YEARS_AHEAD:
            raise forms.ValidationError("Check the year of the announcement")
        return at


class AcceptForm(forms.Form):
    """Acceptance of a sign-up."""

    announce_at = HourField(
        label="Announce on",
        help_text="The time is in London. If it is over today, we announce the council straight "
        "away.",
    )

    def __init__(self, *args, sign_up: SignUp, **kwargs):
        super().__init__(*args, **kwargs)
        self.sign_up = sign_up
        today = timezone.localdate()
        day = max(today, sign_up.publish_from or today)
        self.fields["announce_at"].initial = HourField.morning_of(day)

    def clean_announce_at(self):
        at = self.cleaned_data["announce_at"]
        if reason := self.sign_up.reason_not_to_announce_at(at):
            raise forms.ValidationError(reason)
        return at


class PostponeForm(AcceptForm):
    """A new hour for the announcement, or none for now."""

    why = ReasonField(help_text="The applicant will read this.", max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["announce_at"]
        field.required, field.initial = False, None
        field.label = "Announce at another time"
        field.help_text = "The time is in London. Leave both blank to hold the announcement."


class DeclineForm(forms.Form):
    """Why a sign-up is declined, or ended."""

    reason = ReasonField(help_text="The applicant will read this, word for word.", rows=4)


class TakeBackForm(forms.Form):
    """Why a decline is taken back."""

    why = ReasonField(help_text="The applicant will read this, word for word.")


class ConfirmForm(forms.Form):
    """Evidence for a confirmation by staff."""

    how = OneLineField(
        max_length=300,
        label="How do you know?",
        help_text="For example, I called the council’s main number and was put through. Everyone "
        "who can see the history will read this.",
        error_messages={"required": "Enter how you know"},
    )


class ConfirmDecisionForm(ConfirmForm):
    """Evidence for a decision as it appeared on the page."""

    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class StrikeOutForm(forms.Form):
    """Reason why a signature no longer counts."""

    why = ReasonField(help_text="The applicant will read this.")


class ChangesForm(forms.Form):
    """What the council is asked to change before staff decide: in which tasks, and beside them."""

    def __init__(self, *args, sign_up: SignUp, **kwargs):
        super().__init__(*args, **kwargs)
        unasked = {
            # Once both have signed, nobody can be named any more.
            SignUpTask.ENDORSERS: not sign_up.needs_signatures or sign_up.is_signed(),
            SignUpTask.DECISION: not sign_up.needs_decision,
        }
        self.tasks = [task for task in SignUpTask if not unasked.get(task)]
        for task in self.tasks:
            self.fields[f"is_{task}"] = forms.BooleanField(label=task.label, required=False)
            self.fields[f"note_{task}"] = ReasonField(
                label=f"What to change in “{task.label}”", required=False, rows=2, max_length=1000
            )
        self.fields["wanted"] = ReasonField(
            label="Anything else to change",
            help_text="The applicant will read all this, word for word.",
            required=False,
            rows=4,
        )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the box and the note of each task."""
        return [(self[f"is_{task}"], self[f"note_{task}"]) for task in self.tasks]

    def clean(self) -> dict[str, object]:
        """Return what `actions.reviews.request_changes` takes."""
        cleaned = super().clean() or {}
        by_task = {t: cleaned.get(f"note_{t}") for t in self.tasks if cleaned.get(f"is_{t}")}
        for task, note in by_task.items():
            if not note and not self.has_error(f"note_{task}"):
                self.add_error(f"note_{task}", f"Enter what to change in “{task.label}”")
        for task in self.tasks:
            if cleaned.get(f"note_{task}") and task not in by_task:
                self.add_error(f"is_{task}", f"Select “{task.label}”, or clear its note")
        wanted = cleaned.get("wanted", "")
        if not self.errors and not by_task and not wanted:
            raise forms.ValidationError("Select a task and enter what to change")
        return {"wanted": wanted, "by_task": by_task}


class AssignForm(forms.Form):
    """Who has the review from now on."""

    to = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Give the review to",
        empty_label="Select a manager",
        error_messages={"required": "Select a manager"},
    )

    def __init__(self, *args, sign_up: SignUp, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = managers().exclude(pk=sign_up.owner_id).order_by("first_name", "email")


class AwayForm(forms.Form):
    """When a manager is away, and who looks after their work."""

    manager = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who is away",
        empty_label=None,
        error_messages={"required": "Select who is away"},
    )
    since = forms.DateField(
        label="First day away",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=timezone.localdate,
        error_messages={
            "required": "Enter the first day away",
            "invalid": "Enter a real date for the first day away",
        },
    )
    until = forms.DateField(
        label="Last day away",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the last day away", "invalid": "Enter a real date"},
    )
    deputy = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        label="Who stands in",
        empty_label="No one: applicants read the date",
        help_text="They see the reviews of who is away on their own first page, and in their email "
        "each morning.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("manager", "deputy"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = managers().order_by("first_name", "email")


class MessageForm(forms.Form):
    """What staff write to a council."""

    text = ReasonField(
        label="Message",
        max_length=4000,
        rows=5,
        help_text="Everyone who works on the application will get this by email, and find it on "
        "the page of the application. Replies go to your email address.",
        error_messages={"required": "Enter the message"},
    )


class ApprovalForm(forms.Form):
    """Who approved a wording for the network, and how that is known."""

    ENOUGH = 20  # letters of evidence, if it is no link

    approved_by_name = OneLineField(
        max_length=120,
        label="Approved for the network by",
        help_text="Name and role. It is shown beside the wording, and cannot be taken back.",
        error_messages={"required": "Enter who approved it"},
    )
    evidence = ReasonField(
        label="Evidence",
        help_text="Where the approval is written down, with its date, or a link to it. Managers "
        "read this, and it is never published.",
        error_messages={"required": "Enter the evidence of the approval"},
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_evidence(self) -> str:
        evidence = self.cleaned_data["evidence"]
        if len(evidence) < self.ENOUGH and "https://" not in evidence:
            raise forms.ValidationError(
                f"Evidence must be at least {self.ENOUGH} characters, or a link"
            )
        return evidence


class SecondApprovalForm(forms.Form):
    """The text that a second manager has read."""

    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class WordingForm(forms.Form):
    """Text of a wording version."""

    text = forms.CharField(
        label="The wording",
        help_text="Separate paragraphs with blank lines. Lines that start with 1., 2., 3. become a "
        "list. “{council}” is replaced by the council’s official name.",
        widget=forms.Textarea(attrs={"rows": 24}),
        max_length=8000,
        error_messages={"required": "Enter the wording"},
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if "{council}" not in text:
            raise forms.ValidationError("Keep “{council}” where the council’s name belongs")
        return text


class MoveForm(forms.Form):
    """Reason for pinning another wording to an open sign-up."""

    why = ReasonField(
        label="Reason for the new wording",
        help_text="The applicant will read this.",
        max_length=1000,
    )
