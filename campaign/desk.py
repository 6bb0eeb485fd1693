"""The admin's first page for editors: what waits for them, each with its number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.ui.components import Component
from wagtail.models import Page, Revision, TaskState, WorkflowState
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet

from campaign import checks, reviews
from casestudies.models import Confirmation
from portal.content_checks import Kind
from portal.models import User
from search.models import QuestionCount

SHOWN = 5
ASKED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Item:
    """One thing that waits, and where to deal with it."""

    text: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Pile:
    """Things of one kind: how many there are, the first of them, and where to see all."""

    name: str
    title: str
    count: int
    items: list[Item] = field(default_factory=list)
    all_at: str = ""


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i")


def _edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _items(pages: PageQuerySet, note: Any) -> list[Item]:
    return [Item(page.get_admin_display_title(), _edit(page), note(page)) for page in pages[:SHOWN]]


def _scheduled() -> dict[int, Any]:
    """Return when each scheduled page will be published, soonest first.

    By numbers: PostgreSQL compares no page with the text that a revision keeps of its key.
    """
    waiting = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    rows = waiting.order_by("approved_go_live_at").values_list("object_id", "approved_go_live_at")
    return {int(pk): when for pk, when in rows}


def drafts(user: User) -> PageQuerySet:
    """Return the pages with changes that this person made last and that nothing will publish."""
    in_workflow = WorkflowState.objects.active().values_list("object_id", flat=True)
    elsewhere = {*map(int, in_workflow), *_scheduled()}
    edited = Page.objects.filter(latest_revision__user=user, has_unpublished_changes=True)
    return edited.exclude(pk__in=elsewhere).order_by("-latest_revision_created_at", "pk")


def piles(user: User) -> Iterator[Pile]:
    """Yield what waits for this person, whether or not there is any."""
    own = drafts(user)
    yield Pile(
        "drafts",
        "Your drafts",
        own.count(),
        _items(own, lambda page: f"saved {_day(page.latest_revision_created_at)}"),
    )
    yield Pile(
        "approval",
        "Waiting for you to approve",
        TaskState.objects.reviewable_by(user).count(),
        all_at=f"{reverse('wagtailadmin_reports:workflow_tasks')}?reviewable=true",
    )
    mine = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    due = reviews.due(timezone.localdate() + reviews.SOON, mine)
    yield Pile(
        "reviews",
        "To check again soon",
        due.count(),
        _items(due, lambda page: f"by {date_format(page.review_by, 'j F Y')}"),
        f"{reverse('reviews_report')}?due=soon",
    )
    yield from _still_true(mine)
    yield from _problems(mine)
    going = _scheduled()
    pages = mine.in_bulk(list(going))
    yield Pile(
        "scheduled",
        "Will be published automatically",
        len(pages),
        [
            Item(pages[pk].get_admin_display_title(), _edit(pages[pk]), _day(when))
            for pk, when in going.items()
            if pk in pages
        ][:SHOWN],
    )
    if user.has_perm("search.view_questioncount"):
        often = QuestionCount.objects.often(timezone.localdate() - ASKED_WITHIN)
        in_vain = often.filter(in_vain__gt=0).order_by("-in_vain", "question")
        report = reverse("search_questions")
        items = [
            Item(f"“{row['question']}”", report, str(row["in_vain"])) for row in in_vain[:SHOWN]
        ]
        yield Pile("in-vain", "Searches that found nothing", in_vain.count(), items, report)


def _still_true(mine: PageQuerySet) -> Iterator[Pile]:
    """Yield what councils said of case studies, and those about which there is no one to ask."""
    report = reverse("case_study_confirmations:all")
    rows = Confirmation.objects.filter(page__in=mine.values("pk")).select_related("page")
    for name, title, found in (
        ("to-read", "What councils said of case studies, to read", rows.to_read()),
        ("no-contact", "Case studies with no one to ask", rows.without_contact()),
    ):
        items = [Item(row.page.title, row.staff_url) for row in found[:SHOWN]]
        yield Pile(name, title, found.count(), items, f"{report}?standing={name}")


def _problems(mine: PageQuerySet) -> Iterator[Pile]:
    """Yield links that lead nowhere, because readers meet them; then whatever else there is."""
    report = reverse("content_report")
    broken = mine.live().filter(checks.of_kind(Kind.BROKEN)).order_by("title", "pk")
    yield Pile(
        "broken",
        "Pages with a link that leads nowhere",
        broken.count(),
        _items(broken, lambda page: ""),
        f"{report}?kind={Kind.BROKEN}",
    )
    rest = mine.live().filter(content_check__number__gt=0).exclude(checks.of_kind(Kind.BROKEN))
    yield Pile("content", "Pages with content checks to look at", rest.count(), all_at=report)


def starters(user: User) -> list[Item]:
    """Return where this person can copy each starter page (`campaign.seed.starters`)."""
    drafts = Page.objects.filter(live=False, slug__startswith="starter-").specific()
    return [
        Item(page.title.partition(": ")[2] or page.title, _copy(page))
        for page in drafts.order_by("title")
        if page.permissions_for_user(user).can_copy()
    ]


def _copy(page: Page) -> str:
    return reverse("wagtailadmin_pages:copy", args=[page.pk])


class Desk(Component):
    """The panel: every pile that holds something, and the starter pages."""

    name = "editors_desk"
    template_name = "campaign/admin_desk.html"
    order = 140

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return `piles`, without the empty ones, and `starters`."""
        user = parent_context["request"].user
        waiting = [pile for pile in piles(user) if pile.count]
        return {"piles": waiting, "starters": starters(user)}

    def render_html(self, parent_context: Any = None) -> str:
        """Return the panel, or nothing if it would be empty."""
        context = self.get_context_data(parent_context)
        return super().render_html(parent_context) if any(context.values()) else ""
