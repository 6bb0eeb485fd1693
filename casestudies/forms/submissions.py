"""Forms in which members write a case study, one for each section."""

import secrets
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from wagtail.images.forms import formfield_for_dbfield
from wagtail.models import Collection

from casestudies import dates, rules
from casestudies.choices import CostBand, PartnerKind, Route, Section, Status, Theme
from casestudies.submitted import FIGURE, PARTNER, SOURCE, STEP
from network.forms.saving import VersionedForm
from network.forms.tasks import WebAddress
from portal.forms import LongTextField, OneLineField
from portal.pictures import Picture
from portal.security.pictures import PictureForm
from principles.models import Principle

MOST_ROWS = 40
SPARE_ROWS = 2
CITE = "To name a source, enter its short name in double brackets: [[LocalGov, 2019]]."
AS_EXACT = "2017, December 2017 or 5 December 2017"
Choices = list[tuple[str, str]]


class Group(NamedTuple):
    """Questions that belong together: the legend, "" for a question alone, and the fields."""

    legend: str
    fields: list[BoundField]


def _words(label: str, longest: int = 160, help_text: str = "") -> OneLineField:
    return OneLineField(max_length=longest, required=False, label=label, help_text=help_text)


def _text(label: str, help_text: str = "", rows: int = 5, longest: int = 5000) -> LongTextField:
    return LongTextField(
        max_length=longest, required=False, label=label, help_text=help_text, rows=rows
    )


def _choice(label: str, choices: Choices, help_text: str = "") -> forms.ChoiceField:
    choices = [("", "Select an answer"), *choices]
    return forms.ChoiceField(choices=choices, required=False, label=label, help_text=help_text)


class PartialDateField(OneLineField):
    """A year, a month or a day, in words for people, and kept as `casestudies.dates` says."""

    def to_python(self, value):
        """Return the date as it is stored; anything else as it was entered."""
        return dates.stored(super().to_python(value))

    def prepare_value(self, value):
        """Return the date in words; anything else as it was entered."""
        return dates.in_words(value or "") or value

    def validate(self, value):
        """Refuse what is no date."""
        super().validate(value)
        if value and not dates.in_words(value):
            raise forms.ValidationError(f"Enter a real year, month or day, like {AS_EXACT}")


def _date(label: str, help_text: str = "") -> PartialDateField:
    field = PartialDateField(max_length=30, required=False, label=label, help_text=help_text)
    field.widget.attrs["class"] = "govuk-input--width-20"
    return field


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(required=False, label=label)


class SectionForm(VersionedForm):
    """A section of a case study. Every answer can be blank, so that half a section is saved.

    Attributes:
        section: The section.
        intro: What it is for, in a sentence or two above the questions.
        row: What one row is called, if the section has numbered rows.
        rows_come_first: Whether they stand before the other questions.
    """

    section: Section
    intro = ""
    row = ""
    rows_come_first = False

    def __init__(
        self, data=None, *, answers: dict[str, Any], version: int = 0, labels: Sequence[str] = ()
    ):
        """Bind the form to `data`, or show answers.

        Args:
            data: POST data.
            answers: The answers by field, as `casestudies.submitted` reads them.
            version: Which version of the page they are from.
            labels: The short names of the page's sources, to choose from.
        """
        self.labels: Choices = [(label, label) for label in labels]
        super().__init__(data, initial={**answers, "version": version})
        self.called = self.row.casefold()
        if self.called:
            names = [*answers, *(data or ())]
            for number in range(1, self._rows(names, spare=0 if data else SPARE_ROWS) + 1):
                for name, field in self.row_fields().items():
                    self.fields[f"{self.called}_{number}_{name}"] = field
        if self.rows_come_first:
            self.order_fields([n for n in self.fields if n.startswith(f"{self.called}_")])

    def _rows(self, names: list[str], *, spare: int) -> int:
        given = [name.split("_") for name in names if name.startswith(f"{self.called}_")]
        marks = [parts[1] for parts in given if len(parts) > 2]
        numbers = [int(mark) for mark in marks if mark.isdecimal() and len(mark) < 4]
        return min(max(1, max(numbers, default=0) + spare), MOST_ROWS)

    def row_fields(self) -> dict[str, forms.Field]:
        """Return the questions of a row."""
        return {}

    def groups(self) -> list[Group]:
        """Return the questions as the page shows them: each row together, others alone."""
        groups: dict[str, Group] = {}
        for name in self.questions():
            key, legend = name, ""
            if self.called and name.startswith(f"{self.called}_"):
                number = name.split("_")[1]
                key, legend = number, f"{self.row} {number}"
            groups.setdefault(key, Group(legend, [])).fields.append(self[name])
        return list(groups.values())

    def is_optional(self, name: str) -> bool:
        """Say nothing beside each question: the page says that all can wait."""
        return False

    def question(self, name: str) -> str:
        """Return a question's name, with the number of its row."""
        parts = name.split("_")
        if self.called and parts[0] == self.called:
            return f"{self.row} {parts[1]}: {super().question(name)}"
        return super().question(name)

    def in_words(self, name: str, value: object) -> str:
        """Return an answer as text; several as a list."""
        if isinstance(value, list | tuple):
            return ", ".join(super(SectionForm, self).in_words(name, each) for each in value)
        if isinstance(self.fields.get(name), PartialDateField):
            return dates.in_words(str(value)) or str(value)
        return "" if value is False else super().in_words(name, value)

    def answers(self) -> dict[str, Any]:
        """Return the answers by the names of the fields. The form must be valid."""
        return {name: self.cleaned_data[name] for name in self.questions()}


class AboutForm(SectionForm):
    """What it is about."""

    section = Section.ABOUT
    intro = "What another council should learn in half a minute."

    title = _words(
        "Title", 120, "Begin with your council: “Bradford: spending with the district first”."
    )
    summary = _text(
        "Summary",
        f"At most {rules.SUMMARY_WORDS} words: the problem, what you did, and the results.",
        rows=4,
        longest=1000,
    )
    what_changed = _words(
        "What changed, in one line", 140, "What is different now, with its figure if one is sound."
    )
    theme = _choice("Main subject", Theme.choices)

    def __init__(self, *args, **kwargs):
        self.base_fields = self.base_fields | {
            "principles": forms.MultipleChoiceField(
                required=False,
                label="Which principles is it about?",
                choices=[(str(p.number), p.name) for p in Principle.objects.order_by("number")],
                widget=forms.CheckboxSelectMultiple,
            )
        }
        super().__init__(*args, **kwargs)


class ProblemForm(SectionForm):
    """What was wrong before."""

    section = Section.PROBLEM
    intro = "Start with the people it was about."

    the_problem = _text(
        "What was wrong before, and how big was it?", f"Leave a line between paragraphs. {CITE}", 8
    )


class StepsForm(SectionForm):
    """What was done."""

    section = Section.STEPS
    intro = "Oldest first. A full case study has 3 steps or more, and a longer story."
    row = "Step"
    rows_come_first = True

    story = _text(
        "The longer story",
        "In your own words. Leave a line between paragraphs, and begin the lines of a list "
        f"with *. {CITE}",
        rows=14,
        longest=20000,
    )

    def row_fields(self) -> dict[str, forms.Field]:
        """Return the dates of a step and what was done."""
        fields: list[forms.Field] = [
            _date("Date", f"As exact as you know it: {AS_EXACT}"),
            _date("Until, if it took longer"),
            _text("What was done, and by whom?", "One or two sentences.", 3, 2000),
        ]
        return dict(zip(STEP, fields, strict=True))


class PeopleForm(SectionForm):
    """Who decided, and with whom it was done."""

    section = Section.PEOPLE
    intro = "Name bodies and roles. Name a person only if they agreed."
    row = "Partner"

    who_decided = _text("Who decided what, when and how?", CITE, 5)

    def row_fields(self) -> dict[str, forms.Field]:
        """Return what a partner is, and what it did."""
        fields: list[forms.Field] = [
            _words("Name of the organisation", 120),
            _choice("Type of organisation", PartnerKind.choices),
            _words("What it did", 200),
        ]
        return dict(zip(PARTNER, fields, strict=True))


class SourcesForm(SectionForm):
    """The sources."""

    section = Section.SOURCES
    intro = (
        "Reports, minutes, articles: what backs up what you say. The first one stands for what "
        "you tell us yourselves, for figures that nobody has published yet."
    )
    row = "Source"

    def row_fields(self) -> dict[str, forms.Field]:
        """Return what a reader needs to find a source."""
        fields: list[forms.Field] = [
            _words("Short name", 60, "As you would say it: “LocalGov, 2019”."),
            _words("Title", 200),
            _words("Publisher", 120),
            _words("When it was published", 80, "As exact as the source."),
            WebAddress(required=False, label="Web address"),
        ]
        return dict(zip(SOURCE, fields, strict=True))

    def clean(self):
        """Refuse a web address that is too long to keep."""
        cleaned = super().clean()
        for name, value in cleaned.items():
            if name.endswith("_url") and len(value) > 400:
                self.add_error(name, "Web address must be 400 characters or fewer")
        return cleaned


class FiguresForm(SectionForm):
    """What came of it, in figures."""

    section = Section.FIGURES
    intro = (
        "Only figures you can stand behind. Each needs a date, who says so, and a source. If you "
        "have none, leave this blank: we will say so."
    )
    row = "Figure"
    rows_come_first = True

    on_the_figures = _text(
        "What should people know before they compare these figures?",
        "For example, different years, or different ways of counting.",
        4,
    )

    def row_fields(self) -> dict[str, forms.Field]:
        """Return the parts of a figure."""
        fields: list[forms.Field] = [
            _words("Figure", 40, "As readers will see it: “£2.43”, “over 1,000” or “41%”."),
            _words(
                "What it counts",
                30,
                "For our open data: “people” or “days”. Leave blank for £ and %.",
            ),
            _words(
                "What it measures",
                250,
                "Readers see this after the figure: “days from asking to the answer”.",
            ),
            _words("Date", 160, "As exact as the source: “2019-20”."),
            _words("Who says so", 160),
            _choice("Source", self.labels),
        ]
        return dict(zip(FIGURE, fields, strict=True))


class TookForm(SectionForm):
    """What it took."""

    section = Section.TOOK
    intro = "What another council would have to find. Rough answers help."

    cost_band = _choice("Public money for the whole work", CostBand.choices)
    money = _text("What did it cost, and who paid?", rows=3)
    people = _text("How many staff and volunteers, in which jobs?", rows=3)
    time = _text("How long until it started, and until it showed?", rows=3)
    procurement_route = _choice("Main way you bought or gave", Route.choices)
    what_it_took = _text("Anything else it took", "The procurement in more words, powers, systems.")


class HardForm(SectionForm):
    """What was hard."""

    section = Section.HARD
    intro = "Other councils learn most from this. It does you credit to say it."

    what_was_hard = _text("What was hard, did not work or was criticised?", CITE, 7)
    advice = _text("What would you tell another council?", rows=5)


class QuoteForm(SectionForm):
    """A quotation."""

    section = Section.QUOTE
    intro = "One voice, in their own words: a resident, a partner, a colleague or a councillor."

    quote_text = _text("Quotation", "Without quotation marks.", 4, 400)
    quote_who = _words("Name of the person quoted", 120)
    quote_role = _words("Their role at the time", 160)
    quote_as_at = _words("When they said it", 60, "For example, March 2026")
    quote_agreed = _tick("They have agreed that we publish their name and words")

    def __init__(self, *args, labels=(), **kwargs):
        source = _choice("Where it is from", [(label, label) for label in labels])
        self.base_fields = {**self.base_fields, "quote_source": source}
        super().__init__(*args, labels=labels, **kwargs)
        order = ["quote_text", "quote_who", "quote_role", "quote_as_at", "quote_source"]
        self.order_fields([*order, "quote_agreed"])


class ContactForm(SectionForm):
    """Whether it still runs, who to ask, and who wrote it."""

    section = Section.CONTACT
    intro = "Readers want to know whether it still runs, and who can tell them more."

    status = forms.ChoiceField(
        choices=Status.choices,
        required=False,
        label="Is it still running?",
        widget=forms.RadioSelect,
    )
    as_at = _date("When was that last confirmed?", f"As exact as you know it: {AS_EXACT}")
    status_note = _words("What is still running", 300, "A sentence or two.")
    contact = _text(
        "Who can people contact about this work?",
        "A team, a shared email address or a web page. Everyone can read it.",
        3,
        1000,
    )
    author_name = _words("Name of the author", 120)
    author_role = _words("Their job title", 160)
    author_agrees = _tick("Show the author’s name on the page. They have agreed")

    def clean_status(self):
        """Return “not known” for no answer."""
        return self.cleaned_data["status"] or Status.UNKNOWN


SECTION_FORMS: dict[str, type[SectionForm]] = {
    form.section: form
    for form in (
        AboutForm,
        ProblemForm,
        StepsForm,
        PeopleForm,
        SourcesForm,
        FiguresForm,
        TookForm,
        HardForm,
        QuoteForm,
        ContactForm,
    )
}


class MemberPictureForm(PictureForm):
    """A picture that a member adds: the file, what it shows, whose it is and who is in it."""

    alt = OneLineField(
        max_length=200,
        label="What does the picture show?",
        help_text="For people who cannot see it. For example: Volunteers paint the old library.",
        error_messages={"required": "Enter what the picture shows"},
    )
    people = OneLineField(
        max_length=300,
        label="Who can be recognised in it?",
        help_text="Enter “no one”, or who, and how they agreed. Only our editors read this.",
        error_messages={"required": "Enter who can be recognised in the picture, or “no one”"},
    )

    class Meta:
        model = Picture
        fields = ("file", "credit", "rights", "collection")
        widgets = {"file": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})}
        formfield_callback = formfield_for_dbfield  # so that Wagtail checks the file

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("collection", None)  # a member has none to choose from
        asked = {
            "file": (
                "Picture",
                "JPEG, PNG or WebP, up to 10 MB. We remove hidden data, such as the place.",
                "Select a picture",
            ),
            "credit": (
                "Who made it",
                "As they wish to be named. We show this under the picture.",
                "Enter who made the picture",
            ),
            "rights": ("Why can we publish it?", "", "Select why we can publish it"),
        }
        self.fields["rights"].choices = [("", "Select an answer"), *Picture.Rights.choices]
        for name, (label, help_text, missing) in asked.items():
            field = self.fields[name]
            field.required, field.label, field.help_text = True, label, help_text
            field.error_messages["required"] = missing
        unreadable = "Picture must be a JPEG, PNG or WebP file"
        self.fields["file"].error_messages["invalid_image"] = unreadable
        self.order_fields(["file", "alt", "credit", "rights", "people"])

    def clean_file(self) -> Any:
        """Return the file drawn anew, under a name that nobody can guess."""
        file = super().clean_file()
        ending = PurePosixPath(str(file.name)).suffix.lower()
        file.name = f"{secrets.token_hex(16)}{ending}"
        return file

    def save(self, commit: bool = True) -> Picture:
        """Save it, called by what it shows."""
        self.instance.collection = Collection.get_first_root_node()
        self.instance.title = self.instance.description = self.cleaned_data["alt"]
        return super().save(commit)
