"""Every council of the register: the list, and a page each."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from network import hexmap
from network.forms import DirectoryForm
from network.models import Council, Membership

PAGE_SIZE = 50


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """The councils, members first, narrowed by name, region, kind and membership."""
    form = DirectoryForm(request.GET)
    chosen = form.chosen()
    page = Paginator(_councils(chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "chosen": chosen,
        "page_obj": page,
        "query": f"{query.urlencode()}&" if query else "",
        "total": page.paginator.count,
        "members": Council.objects.real().councils().members().count(),
        "section": "councils",
    }
    return render(request, "network/directory.html", context)


def _councils(chosen: dict[str, str]):
    found = Council.objects.real().with_membership_flag()
    # An abolished council is found by its name; it is no part of the plain list.
    found = found.named_like(chosen["q"]) if chosen["q"] else found.in_force()
    for field in ("region", "kind"):
        if chosen[field]:
            found = found.filter(**{field: chosen[field]})
    if chosen["status"]:
        found = found.filter(is_member=chosen["status"] == "member")
    live = Prefetch(
        "memberships",
        Membership.objects.announced().live(),
        to_attr="announced_memberships",
    )
    return found.prefetch_related(live).order_by("-is_member", "name", "pk")


@require_safe
def council(request: HttpRequest, slug: str) -> HttpResponse:
    """One council's public page: whether it is a member, and what is known of that."""
    found = get_object_or_404(
        Council.objects.select_related("upper_tier").prefetch_related(
            "aliases", "successions__successor", "precessions__predecessor"
        ),
        slug=slug,
    )
    membership = found.public_membership()
    context = {
        "council": found,
        "membership": membership,
        "endorsements": _endorsements(membership),
        "case_studies": found.case_studies.live().public().order_by("title")[:6],
        "crop": hexmap.around(found),
        "section": "councils",
    }
    return render(request, "network/council.html", context)


def _endorsements(membership: Membership | None) -> list:
    """The signatures behind a membership; none for one of before this site."""
    if membership is None or membership.sign_up is None:
        return []
    counting = membership.sign_up.counting_endorsements().select_related("wording")
    return list(counting)
