"""Who is asked to sign, and the signature itself."""

from django import forms

from network.choices import Office, RequestStatus
from network.models import EndorsementRequest
from portal.forms import OneLineField


class EndorserForm(forms.Form):
    """Who signs in one office. All or nothing: a link needs all three."""

    name = OneLineField(max_length=120, required=False, label="Name")
    role = OneLineField(max_length=160, required=False, label="Office")
    email = forms.EmailField(
        max_length=254,
        required=False,
        label="Email address",
        help_text="The link goes here and to nobody else. Never published.",
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, data, *, office: Office, known: EndorsementRequest | None):
        initial = {"name": known.name, "role": known.role, "email": known.email} if known else {}
        super().__init__(data, prefix=office.value, initial=initial)
        self.office = office
        self.request = known
        self.signed = known is not None and known.status == RequestStatus.SIGNED
        self.fields["role"].help_text = {
            Office.LEADER: "Leader, elected mayor or committee chair",
            Office.CHIEF_EXECUTIVE: "Chief executive, head of paid service or managing "
            "director; “interim” is fine",
        }[office]

    def clean(self):
        cleaned = super().clean()
        given = [name for name in ("name", "role", "email") if cleaned.get(name)]
        if given:
            for name in self.fields:
                if not cleaned.get(name) and name not in self.errors:
                    label = str(self.fields[name].label).lower()
                    who = self.office.label.lower()
                    self.add_error(name, f"Enter the {who}’s {label}")
        return cleaned

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("email"))


def endorsers_are_valid(forms: list[EndorserForm]) -> bool:
    """True when each form that can still change is, and two different people are named."""
    editable = [form for form in forms if not form.signed]
    faults = [form for form in editable if not form.is_valid()]  # asks every form
    if faults:
        return False
    names = [
        form.request.name if form.request and form.signed else form.cleaned_data["name"]
        for form in forms
    ]
    if names[0] and names[0].casefold() == names[1].casefold():
        editable[-1].add_error("name", "Two different people sign: enter another name")
        return False
    return True


class EndorseForm(forms.Form):
    """A signature: only a typed name signs."""

    name = OneLineField(
        max_length=120,
        label="Type your full name to sign",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type your full name"},
    )
    role = OneLineField(
        max_length=160,
        label="Your office",
        error_messages={"required": "Enter your office"},
    )
    has_authority = forms.BooleanField(
        label="I hold this office and may endorse on behalf of the council",
        error_messages={"required": "Confirm that you may endorse for the council"},
    )
