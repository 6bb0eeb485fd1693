"""The content checks of every public page, kept for the report and for the admin's first page."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from wagtail.models import Page

from portal import content_checks
from portal.content_checks import Kind

AGAIN_AFTER = timedelta(hours=20)  # a page that was right can hold a link to one that has gone
AT_ONCE = 100


class PageCheck(models.Model):
    """What there was to look at on a page when it was last checked."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="content_check")
    at = models.DateTimeField()
    number = models.PositiveSmallIntegerField()
    kinds = models.CharField(max_length=200, blank=True)  # ",broken,source,"
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name = "content check"

    def __str__(self) -> str:
        return f"{self.page}: {self.number}"

    @property
    def in_words(self) -> str:
        """Every problem, one a line, for the spreadsheet."""
        return "\n".join(f"{each['where']}: {each['what']}" for each in self.problems)


def of_kind(kind: str) -> Q:
    """Return the condition of pages with such a problem."""
    return Q(content_check__kinds__contains=f",{kind},")


def check(page: Page) -> PageCheck:
    """Return what there is to look at on a page now; not saved."""
    found = content_checks.problems(page.specific)
    kinds = [kind for kind in Kind.values if any(each.kind == kind for each in found)]
    return PageCheck(
        page_id=page.pk,
        at=timezone.now(),
        number=len(found),
        kinds=f",{','.join(kinds)}," if kinds else "",
        problems=[
            {"kind": each.kind, "where": each.where, "path": each.path, "what": each.what}
            for each in found
        ],
    )


def look() -> int:
    """Job: check public pages that were published since, or not for a day; return how many."""
    public = Page.objects.live().filter(depth__gt=1)
    stale = Q(content_check=None) | Q(content_check__at__lt=F("last_published_at"))
    stale |= Q(content_check__at__lt=timezone.now() - AGAIN_AFTER)
    due = public.filter(stale).order_by(F("content_check__at").asc(nulls_first=True))
    found = [check(page) for page in due[:AT_ONCE].specific()]
    # In bulk, which sends no signal: no reader's page changes, so the kept ones stay.
    PageCheck.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=["at", "number", "kinds", "problems"],
    )
    return len(found)
