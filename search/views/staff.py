"""What staff see of search: its health, and what people search for."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.admin.ui.components import Component

from search.engines.asking import get_engine
from search.engines.interface import EngineUnavailable
from search.models import ASKED_OFTEN, QuestionCount, StaleEntry

PERIODS = (7, 30, 90, 365)
MOST = 100


@dataclass(frozen=True)
class Health:
    """Whether search answers in full.

    `problem`: why the engine cannot answer, or "". `late`: how many changes have waited too
    long for the index. `since`: when the first of them was made.
    """

    problem: str
    late: int
    since: datetime.datetime | None

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to report."""
        return not self.problem and not self.late


def health() -> Health:
    """Ask the engine and the database how search is now. Never raises EngineUnavailable."""
    try:
        get_engine().count()
        problem = ""
    except EngineUnavailable as error:
        problem = str(error)
    return Health(
        problem, **StaleEntry.objects.late().aggregate(late=Count("pk"), since=Min("since"))
    )


class HealthPanel(Component):
    """A panel on the admin's first page, shown only while something is wrong."""

    template_name = "search/admin/health.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return what the panel's template shows."""
        return {"health": health()}


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Report the questions of the last days: those without results, and the most asked."""
    if not request.user.has_perm("search.view_questioncount"):
        raise PermissionDenied
    days = next((n for n in PERIODS if str(n) == request.GET.get("days")), 30)
    often = QuestionCount.objects.often(timezone.localdate() - datetime.timedelta(days=days))
    context = {
        "days": days,
        "periods": PERIODS,
        "at_least": ASKED_OFTEN,
        "in_vain": often.filter(in_vain__gt=0).order_by("-in_vain", "question")[:MOST],
        "most_asked": often[:MOST],
    }
    return render(request, "search/admin/questions.html", context)
