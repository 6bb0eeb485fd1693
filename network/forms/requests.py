"""Forms for who is asked to endorse, and the message to them."""

import re
from typing import Any

from django import forms

from network.choices import Office, RequestStatus, SignUpTask, office_in_words
from network.forms.saving import TaskForm
from network.forms.signing import who_qualifies
from network.models import EndorsementRequest, SignUp
from portal.forms import OneLineField

# Text that an email program might turn into a link, or a person might enter as an address.
# Allows "Dr J.Smith" and "on Friday.Thanks", whose endings are not top-level domains.
_ADDRESS = re.compile(
    r"://|(?i:www\.)|@|\w\.([a-z]{2,}|[A-Z]{2,})\b"
    r"|(?i:\w\.(com|org|net|uk|gov|info|eu|co|io|me|app|dev|xyz|top|site|online|shop|link|click)\b)"
)


class EndorserForm(forms.Form):
    """An endorser for one role. All fields or none, because a link needs all three."""

    name = OneLineField(max_length=120, required=False, label="Name")
    role = OneLineField(max_length=160, required=False, label="Office")
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="Email address",
        help_text="The link goes here and to nobody else. Never published. An office’s "
        "mailbox is fine.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(
        self, data, *, office: Office, known: EndorsementRequest | None, governance: str = ""
    ):
        initial = {"name": known.name, "role": known.role, "email": known.email} if known else {}
        super().__init__(data, prefix=office.value, initial=initial)
        self.office = office
        self.called = office_in_words(office, governance)
        self.qualifies = who_qualifies(office, governance)
        self.request = known
        self.signed = known is not None and known.status == RequestStatus.SIGNED
        self.fields["role"].help_text = {
            Office.LEADER: "As it is called in your council, for example Leader of the Council",
            Office.CHIEF_EXECUTIVE: "For example Chief Executive, or Interim Managing Director",
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
        return cleaned

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
        editable[-1].add_error("name", "Two different people sign: enter another name")
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


class MessageForm(forms.Form):
    """A personal message from the applicant, beside our text."""

    message = OneLineField(
        max_length=300,
        required=False,
        label="A line of your own (optional)",
        help_text="Plain text, at most 300 characters. It stands in the mail, with your name. "
        "No web or email addresses.",
    )

    def clean_message(self):
        message = self.cleaned_data["message"]
        if _ADDRESS.search(message):
            raise forms.ValidationError(
                "Leave out web and email addresses, and leave a space after each full stop"
            )
        return message
