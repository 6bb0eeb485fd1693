"""Forms of questions: an officer asks a member, the member answers, staff stop an asker."""

import re
from typing import Any

from django import forms

from councils.models import Council
from network.models.questions import LONGEST_QUESTION
from portal.forms import OneLineField, ReasonField

LINK = re.compile(r"://|www\.", re.IGNORECASE)


class AskForm(forms.Form):
    """A question to a member, and who asks it."""

    council = forms.ChoiceField(
        label="Which council do you ask for?",
        error_messages={"required": "Select your council"},
    )
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
    text = ReasonField(
        label="Your question",
        max_length=LONGEST_QUESTION,
        rows=6,
        help_text="One question, about something they have done. We pass on no web addresses.",
        error_messages={"required": "Enter your question"},
    )

    def __init__(self, data, *, councils: list[Council], **kwargs):
        super().__init__(data, **kwargs)
        self.councils = {each.slug: each for each in councils}
        offered = [("", "Select a council")]
        offered += [(each.slug, each.official_name) for each in councils]
        self.fields["council"].choices = offered  # type: ignore[attr-defined]  # of its own kind
        if len(councils) == 1:
            del self.fields["council"]

    def clean_text(self) -> str:
        """Refuse web addresses, because an email from us must not carry a stranger's links."""
        text = self.cleaned_data["text"]
        if LINK.search(text):
            raise forms.ValidationError("Question must not contain a web address")
        return text

    def asked(self) -> dict[str, Any]:
        """Return what was entered, with the council as its row."""
        slug = self.cleaned_data.get("council") or next(iter(self.councils))
        return self.cleaned_data | {"council": self.councils[slug]}


class NoForm(forms.Form):
    """A no, and perhaps that the question is abuse."""

    report = forms.BooleanField(
        required=False,
        label="This question is abuse or spam. Let the network team read it",
    )


class BlockForm(forms.Form):
    """Why someone can no longer ask members."""

    why = OneLineField(
        max_length=300,
        label="Why can they no longer ask?",
        help_text="Other managers will read this. Do not repeat the words of the question.",
        error_messages={"required": "Enter the reason"},
    )
