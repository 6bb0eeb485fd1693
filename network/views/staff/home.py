"""The desk of a network manager, on the first page of the admin; and all that happened."""

from typing import Any

import django_filters
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn

from network import desk, history
from network.actions import reviews
from network.forms.reviews import AwayForm
from network.models import Absence, Event
from network.models.events import SENTENCES
from network.views.pages import Report, for_managers, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest


class Panel(Component):
    """One panel of the first page: lines with links."""

    template_name = "network/review/panel.html"

    def __init__(self, panel: desk.Panel, order: int):
        self.panel, self.order = panel, order

    def get_context_data(self, parent_context: Any) -> dict[str, object]:
        """Return what the template shows."""
        return {"panel": self.panel}


def panels(request: MemberRequest) -> list[Panel]:
    """Return what stands on a manager's desk, before anything of Wagtail's."""
    counted = numbers(request)
    found = desk.panels(request.user, counted)
    found += [panel] if (panel := desk.unclaimed(counted)).lines else []
    return [Panel(panel, order) for order, panel in enumerate(found, start=10)]


def numbers(request: MemberRequest) -> dict[str, int]:
    """Return how much stands on the desk, which is read once a request."""
    found: dict[str, int] = getattr(request, "on_the_desk", {}) or desk.numbers(request.user)
    request.on_the_desk = found  # type: ignore[attr-defined]
    return found


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: MemberRequest) -> HttpResponse:
    """Say who is away and who stands in; or that they are back."""
    if request.method == "POST" and "back" in request.POST:
        every = {str(each.pk): each for each in Absence.objects.select_related("user")}
        if found := every.get(request.POST["back"]):
            reviews.be_back(found, by=request.user)
            messages.success(request, f"{found.user} is not away.")
        return redirect("network_staff:away")
    form = AwayForm(posted(request), initial={"manager": request.user.pk})
    if form.is_valid():
        given = form.cleaned_data
        with refusal_beside(form):
            reviews.be_away(given.pop("manager"), by=request.user, **given)
            messages.success(request, "Saved.")
            return redirect("network_staff:away")
    absences = Absence.objects.filter(until__gte=timezone.localdate()).order_by("since")
    context = {"form": form, "absences": absences.select_related("user", "deputy")}
    return render(request, "network/review/away.html", context)


class HistoryFilters(WagtailFilterSet):
    """Which entries: kind, what, who, council, when. `network.history` reads them."""

    kind = django_filters.ChoiceFilter(label="Kind", choices=list(history.KINDS.items()))
    what = django_filters.ChoiceFilter(
        label="What", choices=sorted(SENTENCES.items(), key=lambda pair: pair[1])
    )
    by_label = django_filters.CharFilter(label="Who")
    council = django_filters.CharFilter(label="Council")
    at = django_filters.DateFromToRangeFilter(label="When", widget=DateRangePickerWidget)

    class Meta:
        model = Event
        fields = ["kind", "what", "by_label", "council", "at"]


def _page_of(entry: history.Entry) -> str | None:
    slug = entry.council_slug
    return reverse("network_staff:member", args=[slug]) if slug else None


class History(Report):
    """Everything that happened, the newest first: in the network, on pages and with accounts."""

    page_title = "What happened"
    verbose_name, verbose_name_plural = "entry", "entries"
    header_icon = "history"
    model = Event
    filterset_class = HistoryFilters
    default_ordering = "-at"
    export_filename = "what-happened"
    columns = (
        Column("when", label="When", accessor=lambda entry: entry.at_in_words, sort_key="at"),
        TitleColumn("about", label="About", accessor="subject", get_url=_page_of),
        Column("what", label="What", accessor="sentence"),
        Column("change", label="Before and after", accessor="change"),
        Column("by", label="Who", accessor="who"),
        Column("why", label="Why", accessor="why"),
    )

    def get_filtered_queryset(self):
        """Return the entries that answer to the filters and to what is searched for."""
        asked = self.filters.form.cleaned_data if self.filters.is_valid() else {}
        oldest_first = self.ordering == "at"
        return history.Entries(asked, self.search_query or "", oldest_first=oldest_first)
