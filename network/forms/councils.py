"""Forms to choose a council and to filter the directory."""

from django import forms
from django.http import QueryDict
from django.utils.dateformat import format as format_date

from councils.choices import Kind
from councils.lookup import look_up
from councils.models import Council
from network.models.memberships import findable
from search.engines.words import clean

SUGGESTIONS = "/search/suggest/?type=council"
NEAR = 8  # choices; more would not help
# Show the first day of councils newer than this, because many have an older one's name.
NEW_SINCE = 2019
TIERS = {
    Kind.COUNTY: "county",
    Kind.DISTRICT: "district",
    Kind.UNITARY: "unitary",
    Kind.METROPOLITAN: "metropolitan",
    Kind.LONDON_BOROUGH: "London borough",
}


class CouncilChoice(forms.ModelChoiceField):
    """A choice of a council, in a picker that aliases help to find it in.

    The form says which councils there are to choose from.

    Args:
        typed_as: What typed text is sent as that matches no council; "" to send none.
    """

    def __init__(self, *, typed_as: str = "", **kwargs):
        sent = {"data-typed-as": typed_as} if typed_as else {}
        source = {"data-autocomplete": "", "data-autocomplete-source": SUGGESTIONS}
        messages = {
            "required": "Select your council",
            "invalid_choice": "Select a council from the list",
        }
        super().__init__(
            queryset=Council.objects.none(),
            empty_label="Choose a council",
            to_field_name="slug",
            error_messages=messages,
            widget=PickerSelect(attrs=source | sent),
            **kwargs,
        )

    def label_from_instance(self, council: Council) -> str:
        """Return the name, with tier and county if the name does not include them.

        For example “Somerset Council (unitary, from 1 April 2023)”.
        """
        if council.is_abolished:
            return f"{council.official_name} (ended in {council.ended_on:%Y})"
        if council.ended_on and council.is_ending:
            ends = format_date(council.ended_on, "j F Y")
            return f"{council.official_name} (ends on {ends})"
        tier = TIERS.get(Kind(council.kind), "")
        facts = ["" if tier.casefold() in council.official_name.casefold() else tier]
        if council.upper_tier:
            facts.append(council.upper_tier.name)
        if council.started_on and council.started_on.year >= NEW_SINCE:
            facts.append(f"from {format_date(council.started_on, 'j F Y')}")
        told = ", ".join(filter(None, facts))
        return f"{council.official_name} ({told})" if told else council.official_name


class PickerSelect(forms.Select):
    """A plain select that the combobox replaces on first focus. Carries the aliases."""

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
        names = [council.name, council.official_name]
        names += [alias.name for alias in council.aliases.all()]
        return "|".join(dict.fromkeys(names))


class CouncilForm(forms.Form):
    """The council that wants to join.

    `typed` is text from the combobox that matches no council, sent as "q".
    """

    council = CouncilChoice(
        label="Which council do you work for?",
        help_text="Start typing the name. County, district, unitary, metropolitan and "
        "London borough councils in England can join.",
        typed_as="q",
    )

    def __init__(self, data=None, *args, **kwargs):
        self.typed = clean((data or {}).get("q", ""))
        self.found = look_up(self.typed)
        if self.found.one and self.found.is_exact and not data.get("council"):
            slug = Council.objects.get(pk=self.found.one).slug
            data = data.dict() | {"council": slug}
        super().__init__(data, *args, **kwargs)
        council = self.fields["council"]
        councils = findable(Council.objects.select_related("upper_tier"))
        council.queryset = councils.prefetch_related("aliases")
        if self.typed:
            council.widget.attrs["data-typed"] = self.typed
            council.error_messages["required"] = (
                f"We cannot find a council called “{self.typed}”. "
                "Check the spelling or choose from the list"
            )

    @classmethod
    def asked_by(cls, query: QueryDict) -> "CouncilForm":
        """Return the form of an address: bound once a council was chosen or its name typed."""
        return cls(query if "council" in query or "q" in query else None)

    def near(self) -> list[Council]:
        """Return councils that may have been meant if none was chosen, best first."""
        return list(findable(self.found.best_first())[:NEAR]) if self.errors else []


class DirectoryForm(forms.Form):
    """The name that the directory is searched for."""

    q = forms.CharField(
        required=False,
        label="Name",
        max_length=100,
        error_messages={"max_length": "Name must be 100 characters or fewer"},
        widget=forms.TextInput(attrs={"data-autocomplete-source": SUGGESTIONS, "type": "search"}),
    )

    @property
    def words(self) -> str:
        """The name; "" if there is none or it is not valid."""
        return self.cleaned_data.get("q", "") if self.is_valid() else ""
