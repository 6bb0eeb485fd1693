"""Which council."""

from django import forms

from network.looking_up import near
from network.models import Council
from search.engines.words import clean


class CouncilChoice(forms.ModelChoiceField):
    """A council, also one that has ended or joined; its other names help to find it."""

    def label_from_instance(self, council: Council) -> str:
        ended = f" (ended in {council.ended_on:%Y})" if council.is_abolished else ""
        return f"{council.official_name}{ended}"


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
    """Which council is joining. `typed` is what stood in the box and names none, sent as "q"."""

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
        widget=PickerSelect(attrs={"data-autocomplete": "", "data-typed-as": "q"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        council = self.fields["council"]
        council.queryset = Council.objects.findable().prefetch_related("aliases")
        self.typed = clean(self.data.get("q", ""))
        if self.typed:
            council.widget.attrs["data-typed"] = self.typed
            council.error_messages["required"] = f"“{self.typed}” is the name of no council here"

    def near(self) -> list[Council]:
        """The councils that may have been meant, where none was chosen."""
        return near(self.typed) if self.typed and self.errors else []
