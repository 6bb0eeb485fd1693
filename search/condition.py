"""How search is, for staff: whether it answers in full, and what waits for it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Min
from django.utils import timezone
from wagtail.admin.ui.components import Component

from search.asking import LATE_AFTER
from search.engines import EngineUnavailable, get_engine
from search.models import StaleEntry


@dataclass(frozen=True)
class Condition:
    """`problem`: why the engine cannot answer; "" while it does. `late`: how many changes
    have waited for a minute or more."""

    problem: str
    late: int

    @property
    def is_well(self) -> bool:
        return not self.problem and not self.late


def condition() -> Condition:
    """How it is now. Never raises."""
    try:
        get_engine().count()
        problem = ""
    except EngineUnavailable as error:
        problem = str(error)
    waiting = StaleEntry.objects.filter(since__lt=timezone.now() - LATE_AFTER)
    return Condition(problem, waiting.count())


class ConditionPanel(Component):
    """On the first page of the admin, only while something is wrong."""

    template_name = "search/admin/condition.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        since = StaleEntry.objects.aggregate(since=Min("since"))["since"]
        return {"condition": condition(), "since": since}
