"""Staff's pages about questions: how many there are, reports of abuse, and who is stopped.

The words of a question are shown only while a report of it waits.
"""

from datetime import date

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from network.actions import questions as actions
from network.choices import QuestionStatus
from network.forms.questions import BlockForm
from network.models import Question
from network.views.pages import Report, council_column, day_of, for_managers, refusal_as_message
from portal.forms import posted
from portal.models import MemberRequest


class QuestionFilters(WagtailFilterSet):
    """How a question ended, and whether it was reported."""

    status = django_filters.ChoiceFilter(label="Status", choices=QuestionStatus.choices)
    reported = django_filters.BooleanFilter(
        label="Reported as abuse", field_name="reported_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Question
        fields = ["status", "reported"]


def _reported_on(row: Question) -> date | None:
    return timezone.localdate(row.reported_at) if row.reported_at else None


class Questions(Report):
    """Every question to a member, without its words."""

    page_title = "Questions to members"
    verbose_name, verbose_name_plural = "question", "questions"
    header_icon = "help"
    filterset_class = QuestionFilters
    export_filename = "questions-to-members"
    search_fields = ("membership__council__name", "asker_council__name")
    columns = (
        council_column(
            "membership__council__name",
            lambda row: reverse("network_staff:question", args=[row.pk]),
        ),
        Column("asker", label="Asked by an officer of", accessor="asker_council.official_name"),
        Column("asked", label="Asked on", accessor=day_of("asked_at"), sort_key="asked_at"),
        Column("status", label="Status", accessor="get_status_display", sort_key="status"),
        Column("reported", label="Reported on", accessor=_reported_on, sort_key="reported_at"),
    )

    def get_base_queryset(self) -> QuerySet[Question]:
        """Return the questions, the newest first."""
        rows = Question.objects.select_related("membership__council", "asker_council")
        return rows.order_by("-asked_at", "-pk")


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one question without its words, a report of it, and whether its asker is stopped."""
    rows = Question.objects.select_related("membership__council", "asker_council", "by")
    found = get_object_or_404(rows, pk=pk)
    block = found.by.blocks_as_asker.filter(ended_at=None).first() if found.by else None
    form = BlockForm(posted(request) if "block" in request.POST else None)
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        with refusal_as_message(request):
            if form.is_bound and found.by:
                actions.block_asker(found.by, by=request.user, **form.cleaned_data)
                messages.success(request, "They can no longer ask. Their questions are closed.")
            elif "unblock" in request.POST and block:
                actions.unblock_asker(block, by=request.user)
                messages.success(request, "They can ask members again.")
            elif "settle" in request.POST:
                actions.settle_report(found, by=request.user)
                messages.success(request, "Settled. You can no longer read the question.")
        return redirect("network_staff:question", pk)
    context = {
        "question": found,
        "council": found.council,
        "is_reported": found.reported_at is not None and found.report_settled_at is None,
        "stop": block,
        "form": form,
        "wrong_form": form if form.is_bound else Form(),
        "events": found.membership.events.filter(what__startswith="question.").order_by("-pk")[:50],
    }
    return render(request, "network/review/question.html", context)
