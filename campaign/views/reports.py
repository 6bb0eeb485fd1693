"""Reports for editors: pages with something to look at, and pages by review date."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils import timezone
from wagtail.admin.filters import ContentTypeFilter, WagtailFilterSet
from wagtail.admin.views.reports import PageReportView
from wagtail.models import Page, get_page_content_types

from campaign import checks, reviews
from portal.content_checks import Kind
from portal.models import User


def _types(request: Any) -> QuerySet[Any]:
    return get_page_content_types(include_base_page_type=False)


class ContentFilters(WagtailFilterSet):
    """By what there is to look at, and by type of page."""

    kind = django_filters.ChoiceFilter(
        label="What to look at", choices=Kind.choices, method="of_kind"
    )
    content_type = ContentTypeFilter(label="Type", queryset=_types)

    class Meta:
        model = Page
        fields = ["kind", "content_type"]

    def of_kind(self, queryset: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        """Return the pages with such a problem."""
        return queryset.filter(checks.of_kind(value)) if value else queryset


class EditorsReport(PageReportView):
    """A report of the pages that its reader can edit."""

    header_icon = "tasks"
    any_permission_required = ["add", "change", "publish"]

    def editable(self) -> QuerySet[Page]:
        """Return the public pages that its reader can edit."""
        policy = self.permission_policy
        return policy.instances_user_has_permission_for(self.request.user, "change").live()


class ContentReport(EditorsReport):
    """Public pages with something to look at, as last checked."""

    page_title = "Content checks"
    index_url_name = "content_report"
    index_results_url_name = "content_report_results"
    results_template_name = "campaign/admin_content_report.html"
    filterset_class = ContentFilters
    list_export = ["title", "full_url", "content_check.number", "content_check.in_words"]
    export_headings = {
        "full_url": "Address",
        "content_check.number": "How many",
        "content_check.in_words": "What to look at",
    }

    def get_queryset(self) -> QuerySet[Page]:
        """Return the pages, those with most to look at first."""
        found = self.editable().filter(content_check__number__gt=0)
        self.queryset = found.select_related("content_check", "content_type").order_by(
            "-content_check__number", "title", "pk"
        )
        return super().get_queryset()


class Due:
    """The choices of the filter by date."""

    OVERDUE, SOON, NEVER = "overdue", "soon", "never"
    CHOICES = (
        (OVERDUE, "Overdue"),
        (SOON, f"Overdue, or due within {reviews.SOON.days} days"),
        (NEVER, "No date"),
    )


def _reviewers(request: Any) -> QuerySet[User]:
    named = reviews.with_reviews(Page.objects.all()).exclude(checker_id=None)
    return User.objects.filter(pk__in=named.values("checker_id")).order_by("email")


class ReviewFilters(WagtailFilterSet):
    """By date, by reviewer and by type of page."""

    due = django_filters.ChoiceFilter(label="Due", choices=Due.CHOICES, method="by_date")
    reviewer = django_filters.ModelChoiceFilter(
        label="Reviewer", queryset=_reviewers, method="by_reviewer"
    )
    content_type = ContentTypeFilter(label="Type", queryset=_types)

    class Meta:
        model = Page
        fields = ["due", "reviewer", "content_type"]

    def by_date(self, queryset: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        """Return the pages that are due then."""
        if value == Due.NEVER:
            return queryset.filter(review_by=None)
        ahead = reviews.SOON if value == Due.SOON else timedelta(days=-1)
        return queryset.filter(review_by__lte=timezone.localdate() + ahead)

    def by_reviewer(self, queryset: QuerySet[Page], name: str, value: User) -> QuerySet[Page]:
        """Return the pages of one reviewer."""
        return queryset.filter(checker_id=value.pk) if value else queryset


class ReviewReport(EditorsReport):
    """Public pages by the day by which to check them, with their reviewers."""

    page_title = "Pages to check again"
    header_icon = "calendar-check"
    index_url_name = "reviews_report"
    index_results_url_name = "reviews_report_results"
    results_template_name = "campaign/admin_review_report.html"
    filterset_class = ReviewFilters
    list_export = ["title", "full_url", "review_by", "reviewer_name"]
    export_headings = {
        "full_url": "Address",
        "review_by": "Review by",
        "reviewer_name": "Reviewer",
    }

    def get_queryset(self) -> QuerySet[Page]:
        """Return the pages, the most overdue first and those without a date last."""
        pages = reviews.with_reviews(self.editable().filter(depth__gt=1))
        self.queryset = pages.select_related("content_type").order_by(
            F("review_by").asc(nulls_last=True), "title", "pk"
        )
        return super().get_queryset()

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add `reviewer_name` and `is_overdue` to each."""
        pages = list(object_list)
        people = User.objects.in_bulk({page.checker_id for page in pages if page.checker_id})
        today = timezone.localdate()
        for page in pages:
            page.reviewer_name = str(people.get(page.checker_id, ""))
            page.is_overdue = bool(page.review_by and page.review_by < today)
        return pages
