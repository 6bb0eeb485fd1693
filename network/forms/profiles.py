"""Forms to change a member's profile, one for each of its parts; and staff's answer."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date

from network.choices import ProfilePart, UploadKind
from network.forms.saving import UploadField, VersionedForm
from network.forms.tasks import (
    ConversationForm,
    WebAddress,
    practice_field,
    refuse_conversation_to_come,
)
from portal.forms import LongTextField, OneLineField, TheirEmailField, TypedDateField
from principles.models import Principle


class PartForm(VersionedForm):
    """A part of a profile. Every answer can be blank: then the page does not show it.

    Attributes:
        part: The part.
        intro: What it is for, in a sentence above the questions.
    """

    part: ProfilePart
    intro = ""

    def __init__(self, data=None, files=None, *, answers: dict[str, Any], version: int = 0):
        """Bind the form to `data`, or show answers.

        Args:
            data: POST data.
            files: Uploaded files.
            answers: What was saved, as JSON.
            version: Which version that was.
        """
        super().__init__(data, files, initial={"version": version})
        for name in self.questions():
            value = answers.get(name)
            is_day = isinstance(self.fields[name], forms.DateField)
            self.initial[name] = parse_date(value) if is_day and value else value

    def answered(self) -> list[tuple[str, str]]:
        """Return each question that has an answer, with it, both in words."""
        said = [(self.question(n), self.in_words(n, self.initial.get(n))) for n in self.questions()]
        return [(question, words) for question, words in said if words]

    def side_by_side(
        self, public: dict[str, Any], sent: dict[str, Any]
    ) -> list[tuple[str, str, str]]:
        """Return each question with what is public and what was sent, unless both are blank."""
        both = [
            (
                self.question(name),
                self.in_words(name, public.get(name)),
                self.in_words(name, sent.get(name)),
            )
            for name in self.questions()
        ]
        return [row for row in both if row[1] or row[2]]

    def answers(self) -> dict[str, Any]:
        """Return the answers by the names of the fields. The form must be valid."""
        return {name: self.cleaned_data[name] for name in self.questions()}


class TextForm(PartForm):
    """The text about the council."""

    part = ProfilePart.TEXT
    intro = "A few sentences for residents and for other councils."

    profile = LongTextField(
        max_length=1500,
        required=False,
        label="What should people know about your council?",
        help_text="The place, its people, what you do with local organisations.",
    )


class PracticePartForm(PartForm):
    """What the council does on each principle."""

    part = ProfilePart.PRACTICE
    intro = "Say what you do now on each principle. Leave a principle blank to say nothing yet."

    def __init__(self, *args, **kwargs):
        self.base_fields = self.base_fields | {
            practice_field(principle): LongTextField(
                max_length=1000, required=False, label=principle.name, help_text=principle.aim
            )
            for principle in Principle.objects.order_by("number")
        }
        super().__init__(*args, **kwargs)


class ConversationPartForm(PartForm):
    """The conversation with the community."""

    part = ProfilePart.CONVERSATION
    intro = "Tell people how far the conversation with your community is."

    conversation = ConversationForm.base_fields["conversation"]
    conversation_on = ConversationForm.base_fields["conversation_on"]
    conversation_partners = ConversationForm.base_fields["conversation_partners"]
    conversation_outcome = ConversationForm.base_fields["conversation_outcome"]

    def clean(self):
        """Refuse a conversation that was held in the future."""
        cleaned = super().clean()
        refuse_conversation_to_come(self, cleaned)
        return cleaned


class QuoteForm(PartForm):
    """A quotation, who said it, and when."""

    part = ProfilePart.QUOTE
    intro = "Ask the person quoted first. Everyone can read their name, role and words."

    quote = LongTextField(
        max_length=800,
        required=False,
        label="Quotation",
        help_text="In their own words, without quotation marks.",
    )
    quote_by = OneLineField(
        max_length=200,
        required=False,
        label="Name and role of the person quoted",
        help_text="As they should appear with the quotation.",
    )
    quote_on = TypedDateField(
        required=False,
        label="Date they said it",
        help_text="For example, 27 3 2027",
        error_messages={"invalid": "Date must be a real date"},
    )

    def clean(self):
        """Ask who said it, and refuse a date in the future."""
        cleaned = super().clean()
        if cleaned.get("quote") and not cleaned.get("quote_by"):
            self.add_error("quote_by", "Enter the name and role of the person quoted")
        if (day := cleaned.get("quote_on")) and day > timezone.localdate():
            self.add_error("quote_on", "Date must be today or in the past")
        return cleaned


class LinksForm(PartForm):
    """Links to a strategy and to the conversation, and the public contact."""

    part = ProfilePart.LINKS
    intro = "These are public as soon as you save them."

    strategy_title = OneLineField(
        max_length=160,
        required=False,
        label="Title of the strategy or plan this is part of",
        help_text="For example, Our Council Plan 2025 to 2029",
    )
    strategy_link = WebAddress(required=False, label="Web address of the strategy or plan")
    conversation_link = WebAddress(
        required=False,
        label="Web address about the conversation with your community",
        help_text="For example, what people said, or how to take part.",
    )
    contact_link = WebAddress(
        required=False,
        label="Web page for people who want to get in touch",
    )
    contact_email = TheirEmailField(
        required=False,
        label="Email address for the public",
        help_text="Everyone can read it, so give a shared address, not that of one person.",
        error_messages={
            "invalid": "Enter an email address in the correct format, like name@example.gov.uk"
        },
    )

    def clean(self):
        """Ask for a title, because it is the words of the link."""
        cleaned = super().clean()
        if cleaned.get("strategy_link") and not cleaned.get("strategy_title"):
            self.add_error("strategy_title", "Enter the title of the strategy or plan")
        return cleaned


class LogoPartForm(PartForm):
    """The logo, and the council's right to have it shown."""

    part = ProfilePart.LOGO
    intro = "The logo is public as soon as you save it."

    file = UploadField(kind=UploadKind.LOGO, label="The logo")
    may_be_shown = forms.BooleanField(
        required=False, label="The council owns the logo, and the network can show it"
    )
    remove = forms.BooleanField(required=False, label="Show no logo")

    def clean(self):
        """Ask for a file with the right to show it, or for its removal."""
        cleaned = super().clean()
        if cleaned.get("remove") and cleaned.get("file"):
            self.add_error("remove", "Select a file, or select that no logo is shown, not both")
        elif not cleaned.get("remove") and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Select a file")
        elif cleaned.get("file") and not cleaned.get("may_be_shown"):
            self.add_error("may_be_shown", "Confirm that the network can show the logo")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """Return what is kept beside the file."""
        return {"may_be_shown": self.cleaned_data["may_be_shown"]}


PART_FORMS: dict[str, type[PartForm]] = {
    form.part: form
    for form in (
        TextForm,
        PracticePartForm,
        ConversationPartForm,
        QuoteForm,
        LinksForm,
        LogoPartForm,
    )
}


class SendBackForm(forms.Form):
    """What the council should change before we publish it."""

    why = LongTextField(
        max_length=1000,
        rows=4,
        label="What should they change?",
        help_text="We email your words to the person who wrote it and to the lead contact.",
        error_messages={"required": "Enter what they should change"},
    )


class SourceForm(forms.Form):
    """Where staff read what they write on a public page for a council."""

    source_title = OneLineField(
        max_length=300,
        label="Title of the source",
        help_text="With who published it, for example “Kirklees Council Plan (Kirklees Council)”",
        error_messages={"required": "Enter the title of the source"},
    )
    source_url = WebAddress(
        required=False, label="Web address of the source", help_text="Leave out if it is not online"
    )
    source_date = OneLineField(
        max_length=60,
        label="Date of the source",
        help_text="For example, “3 March 2020”, “March 2020” or “undated”",
        error_messages={"required": "Enter the date of the source, or “undated”"},
    )
