"""What becomes public when a cohort is announced: shown before, by doing it and undoing it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from councils import hexmap
from councils.choices import Kind
from councils.models import Council
from network import badge
from network.actions.memberships import announce_cohort_due
from network.members_on_day import members_on
from network.models import Cohort, Membership
from network.models.memberships import members, with_membership_flag
from network.models.periods import PreElectionPeriod
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.page_cache import aside

Shown = TypeVar("Shown")

#: Pages that change with every announcement: title, and address.
PAGES = {
    "home": ("Home page", "/"),
    "directory": ("Directory of councils", "/councils/"),
    "map": ("Map of councils", "/councils/?view=map"),
    "councils": ("Councils as data (API)", "/api/v1/councils"),
}
#: Pages of each council that change or open: title, and name of the address.
OF_COUNCIL = {
    "council": ("The council’s page", "network:council"),
    "endorsement": ("Public record", "network:endorsement"),
    "badge": ("Badge", "network:badge"),
    "certificate": ("Certificate", "network:certificate"),
}


@dataclass
class Waiting:
    """A council that waits: why it cannot become public yet, and what to know of the day."""

    membership: Membership
    reasons: list[str]
    periods: list[PreElectionPeriod]
    says: str = ""  # what its badge will say


@dataclass
class Preview:
    """What becomes public of a cohort, and who is emailed. `rows` is the open data of each."""

    councils: list[Waiting]
    map_now: str
    members_now: int
    map_then: str = ""
    members_then: int = 0
    rows: list[dict[str, object]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    @property
    def ready(self) -> list[Waiting]:
        """The councils that can be announced."""
        return [each for each in self.councils if not each.reasons]


def preview_of(cohort: Cohort) -> Preview:
    """Return what becomes public at a cohort's hour, as everything stands now."""
    at = cohort.announce_at or timezone.now()
    councils = [_waiting(each, at) for each in cohort.waiting]
    found = Preview(councils, _map_in_words(), _count())
    ready = {each.membership.pk: each for each in found.ready}

    def look() -> None:
        found.map_then = _map_in_words()
        found.members_then = _count()
        for membership in Membership.objects.filter(pk__in=ready).select_related("council"):
            ready[membership.pk].says = badge.words_of(membership).title
        slugs = {each.membership.council.get_absolute_url() for each in ready.values()}
        rows = members_on(timezone.localdate(at)).rows()
        found.rows = [row for row in rows if any(str(row["url"]).endswith(s) for s in slugs)]

    found.letters = _announced(cohort, look)[0]
    return found


def _waiting(membership: Membership, at: datetime) -> Waiting:
    day = timezone.localdate(at)
    periods = PreElectionPeriod.objects.holding_for(membership.council, day)
    return Waiting(membership, membership.reasons_to_wait(at), list(periods))


def _map_in_words() -> str:
    """Return what the home page says of the map: how many councils are members."""
    councils = with_membership_flag(Council.objects.all())
    return hexmap.england(hexmap.load(councils), every_link=False).title


def _count() -> int:
    """Return how many councils are members, as the home page says."""
    return members(Council.objects.real()).exclude(kind=Kind.OTHER_BODY).count()


def _announced(cohort: Cohort, look: Callable[[], Shown]) -> tuple[list[Letter], Shown]:
    """Announce a cohort, look, and undo it; return the emails too."""
    seen: list[Shown] = []

    def act() -> None:
        waiting = Membership.objects.to_announce().filter(cohort=cohort)
        waiting.update(announce_at=timezone.now())
        announce_cohort_due(cohort.pk, by="preview")
        seen.append(look())

    with aside():
        letters = outbox.rehearse(act)
    return letters, seen[0]


def page_of(cohort: Cohort, name: str, slug: str, request: HttpRequest) -> HttpResponse:
    """Return a public page as everyone will see it once a cohort is announced.

    Raises:
        Http404: If there is no such page of this cohort.
    """
    if slug:
        slugs = {each.council.slug for each in cohort.waiting}
        if name not in OF_COUNCIL or slug not in slugs:
            raise Http404
        address = reverse(OF_COUNCIL[name][1], args=[slug])
    elif name in PAGES:
        address = PAGES[name][1]
    else:
        raise Http404
    return _announced(cohort, lambda: _as_stranger(address, request))[1]


def _as_stranger(address: str, request: HttpRequest) -> HttpResponse:
    """Return the answer of a page to someone who is not signed in, through every middleware."""
    path, _, query = address.partition("?")
    asked = WSGIRequest(
        {
            name: value
            for name, value in request.META.items()
            if name not in {"HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
        }
        | {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": "GET"}
    )
    handler = BaseHandler()
    handler.load_middleware()
    response = handler.get_response(asked)
    assert isinstance(response, HttpResponse)
    return response
