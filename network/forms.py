"""What people type. Drafts may be empty; what is typed must still make sense."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from network.choices import ChampionKind, Kind, Office, Region, RequestStatus
from network.models import Council, EndorsementRequest
from portal.forms import OneLineField


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the POST's data, even when empty; None for a GET."""
    return request.POST if request.method == "POST" else None


class CouncilChoice(forms.ModelChoiceField):
    """A council that may join; its other names help the picker to find it."""

    def label_from_instance(self, council: Council) -> str:
        return f"{council.official_name}"


class PickerSelect(forms.Select):
    """A plain select; on first focus the combobox takes it over. Aliases ride along."""

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, label, *args, **kwargs)
        if aliases := self._aliases_of(value):
            option["attrs"]["data-names"] = aliases
        return option

    @staticmethod
    def _aliases_of(value) -> str:
        council = getattr(value, "instance", None)
        if council is None:
            return ""
        return "|".join([council.name, *(alias.name for alias in council.aliases.all())])


class CouncilForm(forms.Form):
    """Which council is joining."""

    council = CouncilChoice(
        queryset=Council.objects.none(),
        label="Which council do you work for?",
        help_text="Start to type its name. County, district, unitary, metropolitan and "
        "London borough councils in England can join.",
        empty_label="",
        to_field_name="slug",
        error_messages={
            "required": "Choose your council",
            "invalid_choice": "Choose a council from the list",
        },
        widget=PickerSelect(attrs={"data-autocomplete": ""}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["council"].queryset = Council.objects.choosable().prefetch_related("aliases")


class AboutYouForm(forms.Form):
    """Who is applying."""

    name = OneLineField(
        max_length=120,
        required=False,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    job_title = OneLineField(
        max_length=160,
        required=False,
        label="Your job title",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    phone = OneLineField(
        max_length=40,
        required=False,
        label="Telephone number (optional)",
        help_text="For questions about this sign-up. Never published.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class ChampionsForm(forms.Form):
    """Both champions on one page; either may wait."""

    political_name = OneLineField(max_length=120, required=False, label="Name")
    political_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example: Cabinet Member for Communities, or the committee's chair",
    )
    political_may_be_published = forms.BooleanField(
        required=False, label="They agree that their name and role are published"
    )
    officer_name = OneLineField(max_length=120, required=False, label="Name")
    officer_role = OneLineField(
        max_length=160,
        required=False,
        label="Role",
        help_text="For example: Director of Adult Social Care and Health",
    )
    officer_may_be_published = forms.BooleanField(
        required=False, label="They agree that their name and role are published"
    )

    def champions(self) -> dict[ChampionKind, dict[str, Any]]:
        """The cleaned answers by kind, ready for `actions.save_champion`."""
        return {
            kind: {
                field: self.cleaned_data[f"{kind}_{field}"]
                for field in ("name", "role", "may_be_published")
            }
            for kind in ChampionKind
        }

    def fields_of(self, kind: str) -> list:
        """The bound fields of one champion, in order."""
        return [field for field in self if field.name.startswith(f"{kind}_")]

    def political(self) -> list:
        return self.fields_of(ChampionKind.POLITICAL)

    def officer(self) -> list:
        return self.fields_of(ChampionKind.OFFICER)


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


class DeclarationForm(forms.Form):
    """What the applicant confirms when sending."""

    declaration = forms.BooleanField(
        label="What I have entered is true as far as I know, and I may send it for my council",
        error_messages={"required": "Confirm that you may send this for your council"},
    )


class DirectoryForm(forms.Form):
    """What the directory is narrowed to. Nonsense narrows nothing."""

    q = forms.CharField(required=False, label="Name", max_length=100)
    region = forms.ChoiceField(
        required=False,
        label="Region",
        choices=[("", "Everywhere"), *Region.choices],
    )
    kind = forms.ChoiceField(
        required=False, label="Kind", choices=[("", "Every kind"), *Kind.choices]
    )
    status = forms.ChoiceField(
        required=False,
        label="Membership",
        choices=[
            ("", "All councils"),
            ("member", "Members"),
            ("not-yet", "Not members yet"),
        ],
    )

    def chosen(self) -> dict[str, str]:
        """The valid choices, "" where none was made or it made no sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class AcceptForm(forms.Form):
    """Accepting a sign-up."""

    announce_on = forms.DateField(
        label="Announce on",
        help_text="The membership becomes public on this day. Today: at once.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_announce_on(self):
        day = self.cleaned_data["announce_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("Choose today or a later day")
        return day


class DeclineForm(forms.Form):
    """Declining a sign-up."""

    reason = forms.CharField(
        label="Reason",
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class ApprovalForm(forms.Form):
    """Who approved a wording for the network."""

    approved_by_name = OneLineField(max_length=120)
