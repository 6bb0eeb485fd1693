"""Forms: a message to members, and which emails someone wants."""

from django import forms

from network.choices import MessageAbout, MessageTo, OptionalMail
from portal.forms import LongTextField, OneLineField


class MemberMessageForm(forms.Form):
    """What staff write to the people of some members."""

    to = forms.ChoiceField(
        label="Who gets it?",
        choices=MessageTo.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who gets it"},
    )
    about = forms.ChoiceField(
        label="What is it about?",
        choices=MessageAbout.choices,
        widget=forms.RadioSelect,
        help_text="Select news for anything they do not need in order to stay a member, such as "
        "an event.",
        error_messages={"required": "Select what it is about"},
    )
    subject = OneLineField(
        label="Subject",
        max_length=80,
        help_text="The news itself, if you can in fewer than 60 characters",
        error_messages={"required": "Enter a subject"},
    )
    text = LongTextField(
        label="Text",
        max_length=6000,
        rows=12,
        help_text="We add a greeting with their name, who wrote it and why they get it. Leave a "
        "blank line between paragraphs.",
        error_messages={"required": "Enter the text"},
    )


class EmailsForm(forms.Form):
    """Which of the optional emails someone wants."""

    wanted = forms.MultipleChoiceField(
        label="Emails you can switch off",
        choices=OptionalMail.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
