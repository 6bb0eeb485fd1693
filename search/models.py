"""What the main database holds for search.

Which entries the engine has yet to hear of, written in the transaction that changes
something public, so that it is true whatever becomes of the queue, the worker and the
engine (DESIGN section 5, point 6). What editors know of the sector's words, and which
pages they want first. How often a question was asked, by nobody in particular.
"""

import datetime
from collections.abc import Iterable, Mapping

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Sum
from django.utils import timezone
from wagtail.admin.panels import MultiFieldPanel

from search.engines import WordRule
from search.questions import normal

ASKED_OFTEN = 3  # a question asked less often than this is shown to nobody
FORGET_RARE_AFTER = datetime.timedelta(days=30)
FORGET_AFTER = datetime.timedelta(days=400)


class StaleEntryQuerySet(models.QuerySet["StaleEntry"]):
    def mark(self, keys: Iterable[str]) -> None:
        """Record that the engine's copies of these are out of date, once a key."""
        now = timezone.now()
        self.bulk_create(
            [self.model(key=key, since=now) for key in sorted(set(keys))],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["since"],
        )

    def held(self, size: int) -> list["StaleEntry"]:
        """Some of them, locked until the transaction ends; none that another has."""
        return list(self.select_for_update(skip_locked=True).order_by("pk")[:size])

    def standing(self) -> dict[str, datetime.datetime]:
        """What is out of date now, and since when: what is read later is newer than these."""
        return dict(self.values_list("key", "since"))

    @transaction.atomic
    def settle(self, standing: Mapping[str, datetime.datetime]) -> None:
        """Let go of the marks that stood then and were not set anew since."""
        rows = self.select_for_update().values_list("pk", "key", "since")
        done = [pk for pk, key, since in rows if standing.get(key) == since]
        for first in range(0, len(done), 500):
            self.filter(pk__in=done[first : first + 500]).delete()


class StaleEntry(models.Model):
    """An entry whose live row has changed since the engine last heard of it.

    As long as the row stands, no query shows the engine's copy. It goes when the engine
    has the new text or has let go of the old.
    """

    key = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()

    objects = StaleEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stale entries"

    def __str__(self) -> str:
        return self.key


def lines(text: str) -> tuple[str, ...]:
    """The lines that say something, without blanks around them, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def as_compared(questions: str) -> str:
    """Each line as questions are compared, between bars."""
    asked = dict.fromkeys(normal(line) for line in lines(questions))
    return "".join(f"|{question}|" for question in asked if question)


class SectorWordsQuerySet(models.QuerySet["SectorWords"]):
    def rules(self) -> tuple[WordRule, ...]:
        """All of them, as the engines take them."""
        return tuple(words.rule() for words in self)


class SectorWords(models.Model):
    """Words of the sector that search should know, as editors keep them.

    They act when a question is asked: a change holds at once, without a rebuild.
    """

    words = models.TextField(help_text="One to a line. Who asks for one of them finds all of them.")
    also = models.TextField(
        "also finds",
        blank=True,
        help_text="One to a line. Found as well whenever one of the words above is asked for, "
        "but not the other way round: Halifax also finds Calderdale.",
    )
    as_written = models.BooleanField(
        "only as written",
        default=False,
        help_text="These words are found only side by side and with these endings: "
        "“Locality”, the charity, is not “local”.",
    )
    unlike = models.TextField(
        "not to be confused with",
        blank=True,
        help_text="One to a line. Where one of the words above is asked for, what holds one "
        "of these comes last: a community anchor is no anchor institution.",
    )
    note = models.CharField(
        max_length=200, blank=True, help_text="Why, for other editors. Not shown to readers."
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
        """The words as one line, for lists."""
        return " = ".join(lines(self.words))

    @admin.display(description="Also finds")
    def also_in_a_row(self) -> str:
        """What else they find, as one line."""
        return ", ".join(lines(self.also))

    @admin.display(description="Kept apart from")
    def unlike_in_a_row(self) -> str:
        """What they are not, as one line."""
        return ", ".join(lines(self.unlike))

    def clean(self) -> None:
        """Raise ValidationError where a rule would say nothing, or contradict itself."""
        words, also, unlike = (
            {normal(line) for line in lines(text)} for text in (self.words, self.also, self.unlike)
        )
        if "" in words | also | unlike:
            raise ValidationError("Each line needs a word: one has none that can be searched for.")
        if both := words & unlike or also & unlike:
            raise ValidationError({"unlike": f"“{min(both)}” cannot be found and kept apart."})
        if len(words) < 2 and not (also or unlike or self.as_written):
            raise ValidationError({"words": "One word alone changes nothing. Add another line."})

    def rule(self) -> WordRule:
        """The same, as the engines take it."""
        return WordRule(
            words=lines(self.words),
            also=lines(self.also),
            as_written=self.as_written,
            unlike=lines(self.unlike),
        )


class PromotedResultQuerySet(models.QuerySet["PromotedResult"]):
    def for_question(self, text: str):
        """Those that editors chose for this question, in their order."""
        asked = normal(text)
        return self.filter(asked__contains=f"|{asked}|") if asked else self.none()

    def where_nothing_is_found(self):
        """Those for a reader whose question found nothing."""
        return self.filter(when_nothing_is_found=True)


class PromotedResult(models.Model):
    """A page that editors want first for certain questions, above what search finds."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    questions = models.TextField(
        blank=True,
        help_text="One to a line: join, how to join, sign up. Capitals, accents and small words "
        "such as “how” do not matter.",
    )
    because = models.CharField(
        max_length=200, blank=True, help_text="A sentence for readers, instead of its summary."
    )
    when_nothing_is_found = models.BooleanField(
        default=False, help_text="Offer it also where a question found nothing."
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
        """Keep the questions as they are compared, too."""
        self.asked = as_compared(self.questions)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise ValidationError where it would never be shown."""
        if not lines(self.questions) and not self.when_nothing_is_found:
            raise ValidationError({"questions": "Say for which questions, one to a line."})


class QuestionCountQuerySet(models.QuerySet["QuestionCount"]):
    def add(self, day: datetime.date, counts: Mapping[str, tuple[int, int]]) -> None:
        """Add to a day's counts: by question, how often asked and how often in vain."""
        self.bulk_create(
            [self.model(day=day, question=question) for question in counts], ignore_conflicts=True
        )
        for question, (asked, empty) in counts.items():
            self.filter(day=day, question=question).update(
                asked=F("asked") + asked, empty=F("empty") + empty
            )

    def often(self, since: datetime.date):
        """Questions asked often enough to be nobody's own, the most asked first."""
        rows = self.filter(day__gte=since).order_by().values("question")
        sums = rows.annotate(times=Sum("asked"), in_vain=Sum("empty"))
        return sums.filter(times__gte=ASKED_OFTEN).order_by("-times", "question")

    def forget(self, today: datetime.date) -> int:
        """Delete what is old, and sooner what was asked too rarely. How many rows."""
        old, _ = self.filter(day__lt=today - FORGET_AFTER).delete()
        settled = today - FORGET_RARE_AFTER
        sums = self.order_by().values("question").annotate(n=Sum("asked"), last=models.Max("day"))
        rare = sums.filter(n__lt=ASKED_OFTEN, last__lt=settled)
        gone, _ = self.filter(question__in=[row["question"] for row in rare]).delete()
        return old + gone


class QuestionCount(models.Model):
    """How often a question was asked on a day, and how often it found nothing.

    No time, no person, no address, no order: nothing here leads back to a reader.
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
