"""Forms to invite a colleague and to request access."""

from django import forms

from portal.forms import OneLineField, TheirEmailField


class InviteForm(forms.Form):
    """Email address of a colleague to invite."""

    email = TheirEmailField(
        label="Your colleague’s work email address",
        help_text="We’ll send them a link. They sign in with this email address, and can see and "
        "change the same answers as you.",
        error_messages={"required": "Enter your colleague’s email address"},
    )


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
