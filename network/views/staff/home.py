"""The desk of a network manager, on the first page of the admin; and all that happened."""

from typing import Any

import django_filters
from django.http import HttpRequest
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from network import desk
from network.models import Event
from network.models.events import SENTENCES
from network.views.pages import Report


class Panel(Component):
    """One panel of the first page: lines with links."""

    template_name = "network/review/panel.html"

    def __init__(self, panel: desk.Panel, order: int):
        self.panel, self.order = panel, order

    def get_context_data(self, parent_context: Any) -> dict[str, object]:
        """Return what the template shows."""
        return {"panel": self.panel}


def panels(request: HttpRequest) -> list[Panel]:
    """Return what stands on a manager's desk, before anything of Wagtail's."""
    found = desk.panels(request.user, numbers(request))
    return [Panel(panel, order) for order, panel in enumerate(found, start=10)]


def numbers(request: HttpRequest) -> dict[str, int]:
    """Return how much stands on the desk, which is read once a request."""
    if not hasattr(request, "on_the_desk"):
        request.on_the_desk = desk.numbers(request.user)
    return request.on_the_desk


class HistoryFilters(WagtailFilterSet):
    """Which events: what, who, when."""

    what = django_filters.ChoiceFilter(
        label="What", choices=sorted(SENTENCES.items(), key=lambda pair: pair[1])
    )
    by_label = django_filters.CharFilter(label="Who", lookup_expr="icontains")
    at = django_filters.DateFromToRangeFilter(label="When", widget=DateRangePickerWidget)

    class Meta:
        model = Event
        fields = ["what", "by_label", "at"]


class History(Report):
    """Everything that happened in the network, the newest first."""

    page_title = "What happened"
    verbose_name, verbose_name_plural = "entry", "entries"
    header_icon = "history"
    filterset_class = HistoryFilters
    default_ordering = "-at"
    export_filename = "what-happened"
    search_fields = (
        "by_label",
        "why",
        "sign_up__reference",
        "sign_up__council__name",
        "membership__council__name",
    )
    columns = (
        Column("when", label="When", accessor="at_in_words", sort_key="at"),
        Column("council", label="Council", accessor=lambda event: event.council or ""),
        Column("what", label="What", accessor="sentence"),
        Column("by", label="Who", accessor="by_label", sort_key="by_label"),
        Column("why", label="Why", accessor="why"),
    )

    def get_base_queryset(self):
        """Return every event with the council it is about."""
        return Event.objects.select_related("sign_up__council", "membership__council")
