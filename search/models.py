"""Search's rows in the main database: stale entries, sector words, promoted results, counts.

An entry is marked as stale in the transaction that changes something public, so the mark is
true whatever becomes of the queue, the worker and the engine (DESIGN section 5, point 6).
"""

import datetime
from collections.abc import Iterable, Mapping

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Sum
from django.utils import timezone
from wagtail.admin.panels import MultiFieldPanel

from search.engines.interface import WordRule
from search.engines.words import normalise

LATE_AFTER = datetime.timedelta(minutes=1)
ASKED_OFTEN = 3  # rarer questions are shown to nobody
FORGET_RARE_AFTER = datetime.timedelta(days=30)
FORGET_AFTER = datetime.timedelta(days=400)


class StaleEntryQuerySet(models.QuerySet["StaleEntry"]):
    """What to mark, index and settle."""

    def mark(self, keys: Iterable[str]) -> None:
        """Mark the entries with these keys as stale, one row a key."""
        now = timezone.now()
        self.bulk_create(
            [self.model(key=key, since=now) for key in sorted(set(keys))],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["since"],
        )

    def held(self, size: int) -> list["StaleEntry"]:
        """Lock some until the transaction ends, skipping those locked by others."""
        return list(self.select_for_update(skip_locked=True).order_by("pk")[:size])

    def late(self) -> "StaleEntryQuerySet":
        """Return those that have waited for LATE_AFTER or longer."""
        return self.filter(since__lt=timezone.now() - LATE_AFTER)

    def standing(self) -> dict[str, datetime.datetime]:
        """Return keys and times of all marks. Whatever is read later is newer than these."""
        return dict(self.values_list("key", "since"))

    @transaction.atomic
    def settle(self, standing: Mapping[str, datetime.datetime]) -> None:
        """Delete the marks that stood then, unless they were renewed since."""
        rows = self.select_for_update().values_list("pk", "key", "since")
        done = [pk for pk, key, since in rows if standing.get(key) == since]
        for first in range(0, len(done), 500):
            self.filter(pk__in=done[first : first + 500]).delete()


class StaleEntry(models.Model):
    """A mark on an entry whose live row has changed since it was indexed.

    While it exists, no query shows the engine's copy. It is deleted once the engine has
    indexed the new text or removed the old one.
    """

    key = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()

    objects = StaleEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stale entries"

    def __str__(self) -> str:
        return self.key


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not empty, stripped, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def as_compared(questions: str) -> str:
    """Return the questions as they are compared, each between bars."""
    asked = dict.fromkeys(normalise(line) for line in lines(questions))
    return "".join(f"|{question}|" for question in asked if question)


class SectorWordsQuerySet(models.QuerySet["SectorWords"]):
    """The rules for engines."""

    def rules(self) -> tuple[WordRule, ...]:
        """Return all of them as rules for the engines."""
        return tuple(words.rule() for words in self)


class SectorWords(models.Model):
    """Editors' rules about words of the sector.

    They are applied when a question is asked, so a change takes effect without a rebuild.
    """

    words = models.TextField(help_text="One per line. A search for one of them finds all of them.")
    also = models.TextField(
        "also finds",
        blank=True,
        help_text="One per line. A search for one of the words above also finds these, "
        "but not the other way round: Halifax also finds Calderdale.",
    )
    as_written = models.BooleanField(
        "only as written",
        default=False,
        help_text="Find these words only side by side and with these endings: "
        "“Locality”, the charity, is not “local”.",
    )
    unlike = models.TextField(
        "not to be confused with",
        blank=True,
        help_text="One per line. A search for one of the words above puts pages with these "
        "last: a community anchor is not an anchor institution.",
    )
    note = models.CharField(
        max_length=200,
        blank=True,
        help_text="The reason, for other editors. Readers do not see it.",
    )

    objects = SectorWordsQuerySet.as_manager()

    panels = [
        "words",
        "also",
        MultiFieldPanel(["as_written", "unlike"], heading="Kept apart"),
        "note",
    ]

    class Meta:
        verbose_name = "words of the sector"
        verbose_name_plural = "words of the sector"
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words_in_a_row()

    @admin.display(description="Words", ordering="words")
    def words_in_a_row(self) -> str:
        """Return the words as one line, for lists."""
        return " = ".join(lines(self.words))

    @admin.display(description="Also finds")
    def also_in_a_row(self) -> str:
        """Return what else they find, as one line."""
        return ", ".join(lines(self.also))

    @admin.display(description="Kept apart from")
    def unlike_in_a_row(self) -> str:
        """Return what they are kept apart from, as one line."""
        return ", ".join(lines(self.unlike))

    def clean(self) -> None:
        """Reject a rule that says nothing or contradicts itself.

        Raises:
            ValidationError: If it does.
        """
        words, also, unlike = (
            {normalise(line) for line in lines(text)}
            for text in (self.words, self.also, self.unlike)
        )
        if "" in words | also | unlike:
            raise ValidationError("Each line must have a word people can search for")
        if both := words & unlike or also & unlike:
            raise ValidationError({"unlike": f"“{min(both)}” cannot be both found and kept apart"})
        if len(words) < 2 and not (also or unlike or self.as_written):
            raise ValidationError(
                {"words": "Enter at least 2 lines: one word alone changes nothing"}
            )

    def rule(self) -> WordRule:
        """Return the same as a rule for the engines."""
        return WordRule(
            words=lines(self.words),
            also=lines(self.also),
            as_written=self.as_written,
            unlike=lines(self.unlike),
        )


class AskedAs(models.Model):
    """Words in which people ask for a page and that the page does not use.

    They are searched with the page's own text and never shown.
    """

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="asked_as"
    )
    words = models.TextField(
        help_text="One way of asking a line: hand over a library, community-run building. "
        "Search finds the page by these words as if they stood in it. Readers do not see them."
    )

    panels = ["page", "words"]

    class Meta:
        verbose_name = verbose_name_plural = "asked as"
        ordering = ["page__title"]

    def __str__(self) -> str:
        return str(self.page)


class PromotedResultQuerySet(models.QuerySet["PromotedResult"]):
    """Which pages to put first."""

    def for_question(self, text: str):
        """Return those that editors chose for this question, in their order."""
        asked = normalise(text)
        return self.filter(asked__contains=f"|{asked}|") if asked else self.none()

    def where_nothing_is_found(self):
        """Return those to offer when nothing is found."""
        return self.filter(when_nothing_is_found=True)


class PromotedResult(models.Model):
    """A page that editors want first for certain questions, above what search finds."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    questions = models.TextField(
        blank=True,
        help_text="One per line: join, how to join, sign up. Capitals, accents and small words "
        "such as “how” do not matter.",
    )
    because = models.CharField(
        max_length=200,
        blank=True,
        help_text="A sentence for readers, in place of the page’s summary.",
    )
    when_nothing_is_found = models.BooleanField(
        default=False, help_text="Show it when a search finds nothing."
    )
    sort_order = models.PositiveSmallIntegerField("order", default=0)
    asked = models.TextField(editable=False, default="")

    objects = PromotedResultQuerySet.as_manager()

    panels = ["page", "questions", "because", "when_nothing_is_found", "sort_order"]

    class Meta:
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return f"{self.page}: {', '.join(lines(self.questions))}"

    def save(self, *args, **kwargs) -> None:
        """Store the questions as they are compared, too."""
        self.asked = as_compared(self.questions)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Reject a row that would never be shown.

        Raises:
            ValidationError: If there is no question and it is not for empty results.
        """
        if not lines(self.questions) and not self.when_nothing_is_found:
            raise ValidationError({"questions": "Enter at least one search, one per line"})


class QuestionCountQuerySet(models.QuerySet["QuestionCount"]):
    """Counting, reporting and forgetting."""

    def add(self, day: datetime.date, counts: Mapping[str, tuple[int, int]]) -> None:
        """Add to a day's counts: how often each question was asked, and how often in vain."""
        self.bulk_create(
            [self.model(day=day, question=question) for question in counts], ignore_conflicts=True
        )
        for question, (asked, empty) in counts.items():
            self.filter(day=day, question=question).update(
                asked=F("asked") + asked, empty=F("empty") + empty
            )

    def often(self, since: datetime.date):
        """Return questions asked too often to be private, the most asked first."""
        rows = self.filter(day__gte=since).order_by().values("question")
        sums = rows.annotate(times=Sum("asked"), in_vain=Sum("empty"))
        return sums.filter(times__gte=ASKED_OFTEN).order_by("-times", "question")

    def forget(self) -> int:
        """Job: delete old counts, and rare ones sooner. Returns how many rows."""
        today = timezone.localdate()
        old, _ = self.filter(day__lt=today - FORGET_AFTER).delete()
        settled = today - FORGET_RARE_AFTER
        sums = self.order_by().values("question").annotate(n=Sum("asked"), last=models.Max("day"))
        rare = sums.filter(n__lt=ASKED_OFTEN, last__lt=settled)
        gone, _ = self.filter(question__in=[row["question"] for row in rare]).delete()
        return old + gone


class QuestionCount(models.Model):
    """How often a question was asked on a day, and how often it found nothing.

    No time, person, address or order is kept, so nothing leads back to a reader.
    """

    day = models.DateField()
    question = models.CharField(max_length=60)
    asked = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0)

    objects = QuestionCountQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "question"]
        constraints = [
            models.UniqueConstraint(fields=["day", "question"], name="question_count_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.question}, {self.day}: {self.asked}"
