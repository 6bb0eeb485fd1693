"""Who is asked to endorse, and what the applicant adds to the email."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateformat import format as format_date

from network.choices import Office, RequestStatus, SignUpTask
from network.forms.saving import TaskForm
from network.forms.signing import who_qualifies
from network.models import EndorsementRequest, SignUp
from network.models.links import LINK_LASTS
from network.readiness import doubt_about_address
from portal.forms import OneLineField, TheirEmailField, TypedDateField

# Text that an email program might turn into a link, or a person might enter as an address.
# Allows "Dr J.Smith" and "on Friday.Thanks", whose endings are not top-level domains.
WEB_ADDRESS = re.compile(
    r"://|(?i:www\.)|@|\w\.([a-z]{2,}|[A-Z]{2,})\b"
    r"|(?i:\w\.(com|org|net|uk|gov|info|eu|co|io|me|app|dev|xyz|top|site|online|shop|link|click)\b)"
)


def _right_address(email: str) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"value": email}, check_test=lambda value: value == email)
    return forms.BooleanField(required=False, label=f"Yes, {email} is correct", widget=widget)


class EndorserForm(forms.Form):
    """Who signs in one role. All or nothing: a link needs all three."""

    address_is_right = False  # whether the box was selected for an address that looks wrong

    name = OneLineField(max_length=120, required=False, label="Name")
    role = OneLineField(max_length=160, required=False, label="Role")
    email = TheirEmailField(
        required=False,
        label="Email address",
        help_text="We’ll send the link only to this address, and never publish it. A shared office "
        "mailbox is fine.",
    )

    def __init__(self, data, *, office: Office, sign_up: SignUp):
        known = sign_up.request_of(office)
        initial = {"name": known.name, "role": known.role, "email": known.email} if known else {}
        super().__init__(data, prefix=office.value, initial=initial)
        self.office = office
        self.sign_up = sign_up
        self.called = sign_up.office_name(office)
        self.qualifies = who_qualifies(office, sign_up.governance)
        self.request = known
        self.signed = known is not None and known.status == RequestStatus.SIGNED
        self.fields["role"].help_text = {
            Office.LEADER: "For example, Leader of the Council",
            Office.CHIEF_EXECUTIVE: "For example, Chief Executive or Interim Managing Director",
        }[office]

    def clean(self):
        cleaned = super().clean()
        given = [name for name in ("name", "role", "email") if cleaned.get(name)]
        if given:
            for name in self.fields:
                if not cleaned.get(name) and name not in self.errors:
                    label = str(self.fields[name].label).lower()
                    who = self.called.lower()
                    self.add_error(name, f"Enter the {who}’s {label}")
        self._doubt(cleaned.get("email", ""))
        return cleaned

    def _doubt(self, email: str) -> None:
        """Ask once, by a box of its own, whether an address that looks wrong is right."""
        asked = EndorsementRequest(sign_up=self.sign_up, email=email.lower())
        doubt = doubt_about_address(asked.email, self.sign_up) if email else ""
        if not doubt or asked.address_was_confirmed:
            return
        self.fields["is_right"] = _right_address(asked.email)
        # The box says which address it is about: another one is asked about again.
        self.address_is_right = self.data.get(self.add_prefix("is_right")) == asked.email
        if not self.address_is_right:
            words = f"{doubt} Change it, or confirm below that it is correct"
            self.add_error("email", words)

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("email"))


def endorsers_are_valid(forms: list[EndorserForm]) -> bool:
    """Whether every form that can change is valid, and the names differ.

    Two people can share a mailbox. Staff see that and check it.
    """
    editable = [form for form in forms if not form.signed]
    faults = [form for form in editable if not form.is_valid()]  # validates every form
    if faults:
        return False
    names = [
        form.request.name if form.request and form.signed else form.cleaned_data["name"]
        for form in forms
    ]
    if editable and names[0] and names[0].casefold() == names[1].casefold():
        editable[-1].add_error("name", "Enter a different name: 2 different people must sign")
        return False
    return True


class EndorserAnswers(TaskForm):
    """Endorsers of both roles as one saved task, in words for comparing versions."""

    task = SignUpTask.ENDORSERS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for office in Office:
            for name in EndorserForm.base_fields:
                self.fields[f"{office}_{name}"] = forms.CharField(required=False)

    def known(self, sign_up: SignUp) -> dict[str, Any]:
        return {}

    def question(self, name: str) -> str:
        office, _, field = name.rpartition("_")
        return (
            f"{Office(office).label}: {EndorserForm.base_fields[field].label}".lower().capitalize()
        )

    @staticmethod
    def of(forms: list[EndorserForm]) -> dict[str, str]:
        """Return the entered answers; for a role that has signed, the stored ones."""
        return {
            f"{form.office}_{name}": form.initial[name] if form.signed else form.cleaned_data[name]
            for form in forms
            for name in EndorserForm.base_fields
        }


class LetterForm(forms.Form):
    """What the applicant adds to the email: a message to each person, and a day."""

    answer_by = TypedDateField(
        required=False,
        label="When would you like an answer by?",
        help_text="We’ll put this date in the email. The link itself works for 30 days.",
        error_messages={"invalid": "The date you would like an answer by must be a real date"},
    )

    def __init__(
        self,
        data=None,
        *,
        unsent: list[EndorsementRequest],
        doubts: Mapping[EndorsementRequest, str],
    ):
        """Ask each of `unsent`; `doubts` says which addresses have to be confirmed, and why."""
        super().__init__(data)
        self.unsent = unsent
        self.doubts = doubts
        for request in unsent:
            self.fields[message_field(request.office)] = OneLineField(
                max_length=300,
                required=False,
                initial=request.message,
                label=f"A personal message to {request.name} (optional)",
                help_text="Only they see it, in the email and on their page. Do not include web "
                "or email addresses.",
            )
        for request, doubt in doubts.items():
            field = _right_address(request.email)
            field.help_text = doubt
            self.fields[f"{request.office}_is_right"] = field
        self.order_fields([*map(message_field, Office), "answer_by"])
        if unsent:
            self.initial["answer_by"] = unsent[0].next_answer_by

    def clean(self):
        cleaned = super().clean()
        for name in map(message_field, Office):
            if WEB_ADDRESS.search(cleaned.get(name, "")):
                self.add_error(
                    name,
                    "Leave out web and email addresses, and leave a space after each full stop",
                )
        for request in self.doubts if "send" in self.data else ():
            if request not in self.confirmed():
                words = f"Confirm that {request.email} is correct, or change it"
                self.add_error(f"{request.office}_is_right", words)
        return cleaned

    def confirmed(self) -> list[EndorsementRequest]:
        """Return the requests whose address was confirmed on this page."""
        return [
            request
            for request in self.doubts
            if self.data.get(f"{request.office}_is_right") == request.email
        ]

    def clean_answer_by(self):
        day = self.cleaned_data["answer_by"] or self.initial.get("answer_by")
        today = timezone.localdate()
        if day and not today < day <= today + LINK_LASTS:
            last = format_date(today + LINK_LASTS, "j F Y")
            raise forms.ValidationError(
                f"The date you would like an answer by must be after today, and {last} or earlier"
            )
        return day

    def letter(self) -> dict[str, Any]:
        """Return the answers, ready for `actions.keep_letter`."""
        messages = {r.office: self.cleaned_data[message_field(r.office)] for r in self.unsent}
        return {"messages": messages, "answer_by": self.cleaned_data["answer_by"]}


def message_field(office: str) -> str:
    """Return the name of the field with the message to one office holder."""
    return f"{office}_message"
