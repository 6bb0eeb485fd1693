"""What was asked, for editors: often enough to be nobody's own."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from search.models import ASKED_OFTEN, QuestionCount

PERIODS = (7, 30, 90, 365)
MOST = 100


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The questions of the last days: those that found nothing first, then the most asked."""
    if not request.user.has_perm("search.view_questioncount"):
        raise PermissionDenied
    days = next((n for n in PERIODS if str(n) == request.GET.get("days")), 30)
    often = QuestionCount.objects.often(timezone.localdate() - timedelta(days=days))
    context = {
        "days": days,
        "periods": PERIODS,
        "at_least": ASKED_OFTEN,
        "in_vain": often.filter(in_vain__gt=0).order_by("-in_vain", "question")[:MOST],
        "most_asked": often[:MOST],
    }
    return render(request, "search/admin/questions.html", context)
