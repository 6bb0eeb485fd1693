"""Forms to ask a trustee, and for the trustee to answer by an emailed link."""

from datetime import datetime

from django import forms
from django.utils.dateformat import format as format_date

from network.models import periods
from portal.forms import LongTextField, OneLineField, ReasonField, TheirEmailField


class AskTrusteeForm(forms.Form):
    """The trustee who is asked, and why no other manager does it."""

    name = OneLineField(
        max_length=120, label="Name of the trustee", error_messages={"required": "Enter their name"}
    )
    role = OneLineField(
        max_length=160,
        label="Their role",
        help_text="In the organisation that runs the network. For example, Chair of the trustees.",
        error_messages={"required": "Enter their role"},
    )
    email = TheirEmailField(
        label="Their email address",
        help_text="We send one link to this address. It cannot belong to anyone on the staff, or "
        "with a part in the council.",
        error_messages={"required": "Enter their email address"},
    )
    why = ReasonField(
        label="Why does no other manager do this?",
        max_length=1000,
        help_text="The trustee will read this. For example, I worked on this application, and "
        "there is no other manager at the moment.",
        error_messages={"required": "Enter why no other manager does this"},
    )

    def __init__(self, data=None):
        # Beside the answers of another form, which may have fields of these names.
        super().__init__(data, prefix="trustee")


class ConfirmAsTrusteeForm(forms.Form):
    """Confirmation by a typed name. A bare POST, for example a mail scanner's, does nothing."""

    name = OneLineField(
        max_length=120,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    role = OneLineField(
        max_length=160,
        label="Your role",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Enter your role"},
    )


class DeclineAsTrusteeForm(forms.Form):
    """Refusal by the trustee, with a reason. A bare POST does nothing."""

    why = LongTextField(
        max_length=1000,
        label="Reason",
        help_text="The manager who asked will read this. It stays in the network’s internal "
        "history and is never published.",
        rows=4,
        error_messages={"required": "Enter the reason"},
    )


def said_in(form: forms.Form) -> list[list[str]]:
    """Return what was entered in a form as questions and answers in words."""
    return [
        [str(field.label), words]
        for field in form.visible_fields()
        if (words := _in_words(field, form.cleaned_data.get(field.name, "")))
    ]


def _in_words(field: forms.BoundField, value: object) -> str:
    if choices := getattr(field.field, "choices", None):
        labels = {str(key): str(label) for key, label in choices}
        return labels.get(str(field.value()), str(value))
    if isinstance(value, datetime):
        return periods.hour_in_words(value)
    if hasattr(value, "strftime"):
        return format_date(value, "j F Y")  # type: ignore[arg-type]  # a day
    return str(value or "")
