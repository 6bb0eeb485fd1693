"""StreamField blocks of a principle's page."""

from django.core.exceptions import ValidationError
from wagtail import blocks

QUOTE_WORDS = 25


class ExampleBlock(blocks.StructBlock):
    """What a place said in its own words, or did in ours, with its date and source."""

    place = blocks.CharBlock(
        max_length=80, help_text="The council or body it is from. For example, Kirklees"
    )
    quote = blocks.TextBlock(
        label="Quotation",
        max_length=250,
        required=False,
        rows=1,
        help_text="Their exact words, fewer than 25 of them, without quotation marks.",
    )
    said_by = blocks.CharBlock(
        max_length=160,
        required=False,
        help_text="Who said it, with their role at the time: Cathy Scott, Deputy Leader.",
    )
    text = blocks.TextBlock(
        max_length=600,
        required=False,
        help_text="What they did, or when they said it, in our words.",
    )
    as_at = blocks.CharBlock(
        max_length=80,
        help_text="The date of the fact or its source: March 2020. If there is none: undated.",
    )
    source_title = blocks.CharBlock(max_length=160)
    source_url = blocks.URLBlock(label="Source’s web address", max_length=400, required=False)

    class Meta:
        icon = "openquote"
        label = "Example"
        description = "What a place said or did, with its date and source"
        preview_value = {
            "place": "Kirklees",
            "quote": "It's about putting our relationships first",
            "said_by": "Cathy Scott, Deputy Leader",
            "as_at": "November 2021",
            "source_title": "Dewsbury Reporter",
        }

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Check that it says something and that a quotation is short and has a speaker.

        A draft can be incomplete.

        Raises:
            StructBlockValidationError: With what prevents publishing, by field.
        """
        cleaned = super().clean(value)
        problems = {}
        if not cleaned["quote"] and not cleaned["text"]:
            problems["text"] = "Enter what they said or what they did"
        if cleaned["quote"] and not cleaned["said_by"]:
            problems["said_by"] = "Enter who said it"
        if len((cleaned["quote"] or "").split()) >= QUOTE_WORDS:
            problems["quote"] = f"Quotation must be fewer than {QUOTE_WORDS} words"
        if problems and not self.is_deferred_validation:
            raise blocks.StructBlockValidationError(
                {name: ValidationError(problem) for name, problem in problems.items()}
            )
        return cleaned


class ChosenFigureBlock(blocks.StructBlock):
    """A figure of a case study that editors choose for a principle's page."""

    # By its name, because case studies belong to a higher app.
    case_study = blocks.PageChooserBlock("casestudies.CaseStudyPage")
    figure = blocks.CharBlock(
        max_length=40,
        required=False,
        help_text="As it is on the case study: “£2.43”. Leave blank for its first figure.",
    )

    class Meta:
        icon = "order"
        label = "Figure"
        description = "A figure of a case study about this principle"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Check that the case study has this figure now. A draft can name any.

        Raises:
            StructBlockValidationError: If it does not, with those it has.
        """
        cleaned = super().clean(value)
        study, figure = cleaned["case_study"], cleaned["figure"]
        if study and figure and not self.is_deferred_validation:
            figures = [result.figure for result in study.results.all()]
            if figure not in figures:
                those = f"Its figures are: {', '.join(figures) or 'none'}"
                raise blocks.StructBlockValidationError({"figure": ValidationError(those)})
        return cleaned


class ReadingBlock(blocks.StructBlock):
    """A publication about a principle: who published it and when, and what it is good for."""

    title = blocks.CharBlock(max_length=200)
    publisher = blocks.CharBlock(max_length=120)
    published = blocks.CharBlock(
        max_length=80,
        help_text="As exact as the publication: 29 June 2022. If it has no date: undated.",
    )
    url = blocks.URLBlock(label="Web address", max_length=400)
    why = blocks.CharBlock(
        label="What it is good for", max_length=250, help_text="One sentence, in our words."
    )

    class Meta:
        icon = "doc-full-inverse"
        label = "Publication"
        description = "A publication with its publisher, date and web address"
        preview_value = {
            "title": "Lessons from Bradford: how to spend locally",
            "publisher": "Locality",
            "published": "29 June 2022",
            "url": "https://locality.org.uk/case-studies/lessons-from-bradford",
            "why": "How one council counts what it spends locally, and sets a target.",
        }
