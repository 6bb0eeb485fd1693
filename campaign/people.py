"""People whom pages show: each has agreed to it, and is as they were on a day."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index

from casestudies.dates import day_in_words


class Person(index.Indexed, models.Model):
    """Someone whom a page can show, with their role on a day."""

    name = models.CharField(max_length=120, help_text="As they wish to be named.")
    role = models.CharField(max_length=160, help_text="Their role or job title on the day below.")
    organisation = models.CharField(max_length=160, blank=True)
    as_at = models.DateField(
        "role as at", help_text="The day you last checked their role. People leave: we show it."
    )
    words = models.TextField(
        "in a sentence or two",
        max_length=300,
        blank=True,
        help_text="What they do here, or what readers can ask them.",
    )
    portrait = models.ForeignKey(
        "portal.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    email = models.EmailField(
        blank=True, help_text="Public. Use a team’s or work address, never a private one."
    )
    link = models.URLField(blank=True, help_text="Their page on their organisation’s website.")
    has_agreed = models.BooleanField(
        "they agreed to be shown here",
        default=False,
        help_text="Ask them first, and keep their answer. If they change their mind, delete them "
        "here, and they are gone from every page.",
    )

    panels = [
        "name",
        "role",
        "organisation",
        "as_at",
        "words",
        FieldPanel("portrait"),
        MultiFieldPanel(["email", "link"], heading="How to reach them"),
        "has_agreed",
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("role"),
        index.SearchField("organisation"),
    ]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(has_agreed=True), name="people_have_agreed")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"

    def clean(self) -> None:
        """Raise ValidationError without their consent."""
        super().clean()
        if not self.has_agreed:
            raise ValidationError({"has_agreed": "Confirm that they agreed to be shown here"})

    @property
    def role_in_words(self) -> str:
        """Role and organisation."""
        return ", ".join(part for part in (self.role, self.organisation) if part)

    @property
    def as_at_in_words(self) -> str:
        """The day on which they had the role."""
        return day_in_words(self.as_at)
