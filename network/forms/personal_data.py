"""Forms to look for what is held about someone, and to erase it."""

from django import forms

from portal.forms import OneLineField, ReasonField, TheirEmailField


class PersonForm(forms.Form):
    """Who is looked for."""

    address = TheirEmailField(
        required=False,
        label="Email address",
        help_text="Any that they have used here. We look in their account, and for all its "
        "addresses and its name.",
    )
    name = OneLineField(
        max_length=120,
        required=False,
        label="Name, as others may have written it",
        help_text="Finds champions, signatories and notes too. Someone else can have the same "
        "name, so you choose what is about this person.",
    )

    def clean(self):
        """Ask for one of the two."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            self.add_error("address", "Enter an email address or a name")
        return cleaned


class EraseForm(forms.Form):
    """Why someone is erased."""

    why = ReasonField(
        max_length=300,
        rows=2,
        label="Who asked for it, when and how you know that it was them",
        help_text="For example: she wrote to us on 3 March and I called her back at the council’s "
        "number. We take her name and address out before we keep this.",
        error_messages={"required": "Enter who asked and how you know"},
    )
