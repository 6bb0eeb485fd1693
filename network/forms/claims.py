"""Forms of claims: staff invite an officer; the officer says who is the right person."""

from django import forms

from portal.forms import OneLineField, ReasonField, TheirEmailField


class ClaimForm(forms.Form):
    """An officer to invite, and how staff know that it is the right person."""

    name = OneLineField(
        max_length=120, label="Name", error_messages={"required": "Enter their name"}
    )
    job_title = OneLineField(
        max_length=160, label="Job title", error_messages={"required": "Enter their job title"}
    )
    email = TheirEmailField(
        label="Work email address",
        help_text="We send one link to this address. Only someone who signs in with it can answer.",
        error_messages={"required": "Enter their work email address"},
    )
    verified_how = ReasonField(
        label="How do you know that this is the right person?",
        max_length=1000,
        help_text="For example, who you spoke to when you called the council’s main number. "
        "Required on any domain, because an address alone does not prove it.",
        error_messages={"required": "Enter how you know"},
    )


class NotMeForm(forms.Form):
    """Someone who was invited is not the right person."""

    why = OneLineField(
        max_length=300,
        required=False,
        label="Who should we ask instead?",
        help_text="A name and a job title are enough. Only the network team reads this.",
    )
