"""Forms of supporters, and of people who asked a council to join. They use no cookies."""

from django import forms

from campaign.choices import Topic
from councils.models import Council
from network.forms.councils import CouncilChoice
from network.models.memberships import findable
from portal.forms import OneLineField

EMAIL_ERRORS = {
    "required": "Enter your email address",
    "invalid": "Enter an email address in the correct format, like name@example.org",
}


class _WithCouncil(forms.Form):
    """A form with a council, chosen as everywhere on the site."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        councils = findable(Council.objects.real().select_related("upper_tier"))
        self.fields["council"].queryset = councils.prefetch_related("aliases")


class EmailField(forms.EmailField):
    """One's own email address, in lower case."""

    def __init__(self, **kwargs):
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        super().__init__(
            label="Your email address",
            max_length=254,
            widget=widget,
            error_messages=EMAIL_ERRORS,
            **kwargs,
        )

    def to_python(self, value):
        """Return it in lower case."""
        return super().to_python(value).lower()


class PreferencesForm(_WithCouncil):
    """What a supporter wants to hear about."""

    name = OneLineField(
        max_length=120,
        required=False,
        label="Your name",
        help_text="So that we can greet you",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    topics = forms.MultipleChoiceField(
        choices=Topic.choices,
        required=False,
        label="What you want to hear about",
        help_text="Choose none to hear about everything",
        widget=forms.CheckboxSelectMultiple,
    )
    council = CouncilChoice(
        required=False, label="Your council", help_text="If you want news about your area"
    )


class SupporterForm(PreferencesForm):
    """Someone who wants our news."""

    email = EmailField()

    field_order = ["email", "name", "topics", "council"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


class AskForm(_WithCouncil):
    """Someone who asked their council to join."""

    council = CouncilChoice(label="Which council did you ask?")
    email = EmailField(help_text="We’ll email you a link to confirm. Then we delete your address.")
    wants_news = forms.BooleanField(required=False, label="Send me news about Keep it Local too")
