"""Forms to invite a colleague, to request access, and to merge two accounts of one person."""

from allauth.account.models import EmailAddress
from django import forms
from django.db.models import Q

from network.choices import RepresentativeRole
from portal.forms import OneLineField, TheirEmailField
from portal.models import User


class InviteForm(forms.Form):
    """Email address of a colleague to invite."""

    email = TheirEmailField(
        label="Your colleague’s work email address",
        help_text="We’ll send them a link. They sign in with this email address, and can see and "
        "change the same answers as you.",
        error_messages={"required": "Enter your colleague’s email address"},
    )


ROLES = [
    (RepresentativeRole.CONTRIBUTOR, "Contributor: can change the public page"),
    (RepresentativeRole.VIEWER, "Viewer: can see everything and change nothing"),
]


class InviteRepresentativeForm(InviteForm):
    """Email address of a colleague to invite, and what they could do."""

    role = forms.ChoiceField(
        label="What they can do",
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what they can do"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "email"
        ].help_text = "We’ll send them a link. They sign in with this email address."


class AccessForm(forms.Form):
    """Details of a person who requests access, for those who decide."""

    name = OneLineField(
        max_length=120,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    job_title = OneLineField(
        max_length=160,
        label="Your job title",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Enter your job title"},
    )
    message = OneLineField(
        max_length=300,
        required=False,
        label="A message to the person who decides",
        help_text="For example, who you have spoken to. 300 characters or fewer.",
    )


class TwoAccountsForm(forms.Form):
    """Which two accounts are of one person."""

    keep = TheirEmailField(label="Email address of the account to keep")
    close = TheirEmailField(label="Email address of the account to close")

    def clean(self):
        """Find both accounts, by any of their confirmed addresses."""
        cleaned = super().clean()
        for name in ("keep", "close"):
            if typed := cleaned.get(name):
                cleaned[name] = _account_with(typed)
                if cleaned[name] is None:
                    self.add_error(name, f"No account has the email address {typed}")
        if not self.errors and cleaned["keep"] == cleaned["close"]:
            self.add_error("close", "These are one account already. Enter a different address")
        return cleaned


def _account_with(email: str) -> User | None:
    addresses = EmailAddress.objects.filter(email__iexact=email, verified=True)
    mine = Q(email__iexact=email) | Q(pk__in=addresses.values("user"))
    return User.objects.filter(mine, is_active=True).first()


class MergeForm(forms.Form):
    """How staff know that it is one person."""

    how = OneLineField(
        max_length=300,
        label="How do you know that both are the same person?",
        help_text="For example, I called the council’s main number and spoke to her. Everyone who "
        "can see the history will read this.",
        error_messages={"required": "Enter how you know"},
    )
