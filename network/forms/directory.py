"""What the directory is narrowed to."""

from django import forms

from councils.choices import Kind, Region


class DirectoryForm(forms.Form):
    """What the directory is narrowed to. Nonsense narrows nothing."""

    q = forms.CharField(
        required=False,
        label="Name",
        max_length=100,
        widget=forms.TextInput(
            attrs={"data-autocomplete-source": "/search/suggest/?type=council", "type": "search"}
        ),
    )
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
