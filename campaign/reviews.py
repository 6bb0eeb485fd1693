"""Pages that are due to be checked again: which, by whom, and the weekly email about them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Page, get_page_models
from wagtail.query import PageQuerySet

from campaign.roles import Role
from portal.links import absolute
from portal.mail.declarations import Lookup, Mail, Recipients, Row
from portal.models import BasePage, User

SOON = timedelta(days=30)
A_DAY = 24 * 60 * 60  # seconds
MONDAY, MORNING = 0, 7  # when the email leaves, at the earliest


@lru_cache
def _types() -> list[str]:
    """Return the name of each page type of ours, as a query names it from a page."""
    return [each._meta.model_name for each in get_page_models() if issubclass(each, BasePage)]


def with_reviews(pages: PageQuerySet) -> PageQuerySet:
    """Add `review_by` and `checker_id` to pages of whichever type."""
    return pages.annotate(
        review_by=Coalesce(*(F(f"{name}__review_date") for name in _types())),
        checker_id=Coalesce(*(F(f"{name}__reviewer_id") for name in _types())),
    )


def due(by: date, pages: PageQuerySet | None = None) -> PageQuerySet:
    """Return the public pages to check by a day, the most overdue first."""
    public = Page.objects.live() if pages is None else pages.live()
    return with_reviews(public).filter(review_by__lte=by).order_by("review_by", "title", "pk")


def due_by_person(by: date) -> dict[User, list[Page]]:
    """Return what each person is to check: the reviewer of each page, else every publisher."""
    people = User.objects.filter(is_active=True)
    pages = list(due(by))
    named = people.in_bulk({page.checker_id for page in pages if page.checker_id})
    publishers = list(people.filter(groups__name=Role.PUBLISHER))
    found: defaultdict[User, list[Page]] = defaultdict(list)
    for page in pages:
        reviewer = named.get(page.checker_id)
        for person in [reviewer] if reviewer else publishers:
            found[person].append(page)
    return dict(found)


def _pages_of(reader: User, **about: object) -> list[Page]:
    return due_by_person(timezone.localdate() + SOON).get(reader, [])


def _invent_pages() -> list[Page]:
    page = Page(pk=1, title="Buying locally and the law")
    page.review_by = date(2027, 1, 11)
    return [page]


def _context(reader: User, pages: Iterable[Page], **about: object) -> dict[str, Any]:
    return {"report": absolute("reviews_report"), "soon": SOON.days}


DIGEST = Mail(
    "campaign.reviews_due",
    "Pages to check again",
    to=Recipients("Whoever is to check a page: its reviewer, or publishers if it has none"),
    about={
        "reader": Row(
            User.objects.all(), lambda: User(email="edith@network.example", first_name="Edith")
        ),
        "week": "2027-W01",
    },
    lookups={"pages": Lookup(_pages_of, _invent_pages)},
    holds=lambda pages, **about: bool(pages),
    context=_context,
)


def send_digests() -> int:
    """Job: on a Monday, post one email to each person with pages to check; return how many."""
    now = timezone.localtime()
    if now.weekday() != MONDAY or now.hour < MORNING:
        return 0
    year, week, _ = now.isocalendar()
    told = f"reviews-told-{year}-{week}"  # spares the question; the outbox takes each email once
    if cache.get(told):
        return 0
    people = due_by_person(now.date() + SOON)
    for person in people:
        DIGEST.post(person.email, person.pk, f"{year}-W{week:02}", reader=person, week=str(week))
    cache.set(told, True, timeout=A_DAY)
    return len(people)
