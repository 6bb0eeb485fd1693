"""What staff see of search: whether it works, and what people search for."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.health import Part, Unwell, moment
from search.engines.asking import get_engine
from search.engines.interface import EngineUnavailable
from search.models import ASKED_OFTEN, QuestionCount, StaleEntry

PERIODS = (7, 30, 90, 365)
MOST = 100


def look() -> str:
    """Ask the engine and the database how search is now.

    Raises:
        Unwell: If readers find less than there is.
    """
    try:
        count = get_engine().count()
    except EngineUnavailable as error:
        raise Unwell(
            f"Readers find titles and names only. The search engine says: {error}"
        ) from error
    late = StaleEntry.objects.late().aggregate(late=Count("pk"), since=Min("since"))
    if late["late"]:
        changes = "1 change has" if late["late"] == 1 else f"{late['late']} changes have"
        raise Unwell(
            f"{changes} been waiting to be added to search since {moment(late['since'])}. Readers "
            "cannot find them until then."
        )
    return f"It answers, and knows {count} things."


PART = Part(
    "Search",
    look,
    "We try again automatically. If this continues, tell the person who runs the site. They "
    "should check that a worker is running and that the search server answers.",
)


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
