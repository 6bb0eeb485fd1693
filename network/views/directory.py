"""Directory of councils: list, map, each council's page, and the public record."""

from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from councils import hexmap
from councils.choices import Kind, Region
from councils.lookup import LookedUp, look_up
from councils.models import Council
from network import member_map, record, role_status
from network.choices import LIVE_MEMBERSHIP
from network.forms.councils import DirectoryForm
from network.models import Membership
from network.models.memberships import members, with_membership_flag
from portal.json_api import answer, json_api, refusal

PAGE_SIZE = 50
CASE_STUDIES = 6
MEMBERS_NEARBY = 3


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the councils, members first, filtered by name, region, type and membership."""
    form = DirectoryForm(request.GET)
    chosen = form.chosen()
    looked_up = look_up(chosen["q"]) if chosen["q"] else None
    region = _region_called(looked_up, chosen["q"]) if looked_up else ""
    is_narrowed = any(chosen[name] for name in ("region", "kind", "status"))
    if looked_up and looked_up.one and not is_narrowed:
        return redirect(Council.objects.get(pk=looked_up.one))
    found = _councils(looked_up, region, chosen)
    page = Paginator(_with_memberships(found, looked_up), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    view = "map" if request.GET.get("view") == "map" else "list"
    context = {
        "form": form,
        "chosen": chosen,
        "is_narrowed": is_narrowed,
        "page_obj": page,
        "query": _query_without(request, "page"),
        "found": _in_words(found),
        "members": _in_words(members(Council.objects.real())),
        "view": view,
        "other_filters": _query_without(request, "page", "view"),
        "map": member_map.of_search(found, chosen, every_link=view == "map"),
        "region": Region(chosen["region"]).label if chosen["region"] else "",
        "is_guess": bool(looked_up and looked_up.is_guess and not region),
        "section": "councils",
    }
    return render(request, "network/directory.html", context)


def _query_without(request: HttpRequest, *names: str) -> str:
    """Return the query string without these parameters, ending in "&" unless empty."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""


def _councils(looked_up: LookedUp | None, region: str, chosen: dict[str, str]):
    # Abolished councils appear in a search by name, but not in the plain list.
    found = looked_up.councils if looked_up else Council.objects.real().in_force()
    if looked_up and region:
        found = Council.objects.real().in_force().filter(region=region)
        found = found.annotate(rank=Value(0), why=Value(""))
    found = with_membership_flag(found)
    for field in ("region", "kind"):
        if chosen[field]:
            found = found.filter(**{field: chosen[field]})
    if chosen["status"]:
        found = found.filter(is_member=chosen["status"] == "member")
    return found


def _region_called(looked_up: LookedUp, text: str) -> str:
    """Return the region of this name, or one that contains it if no council matches, or ""."""
    typed = " ".join(text.casefold().split())
    for value, label in Region.choices:
        name = label.casefold()
        if typed == name or (typed in name and (looked_up.is_guess or not looked_up.answers)):
            return value
    return ""


def _with_memberships(found, looked_up: LookedUp | None):
    """Sort members first, then by how well the name matches."""
    live = Prefetch(
        "memberships",
        Membership.objects.announced().live(),
        to_attr="announced_memberships",
    )
    best = ["rank"] if looked_up else []
    return found.prefetch_related(live).order_by("-is_member", *best, "name", "pk")


def _in_words(found) -> str:
    """Count the results by type: "317 councils and 1 other public body"."""
    other, ended = Q(kind=Kind.OTHER_BODY), Q(ended_on__isnull=False)
    numbers = found.order_by().aggregate(
        councils=Count("pk", filter=~other & ~ended),
        former=Count("pk", filter=~other & ended),
        bodies=Count("pk", filter=other),
    )
    words = {
        "councils": ("council", "councils"),
        "former": ("former council", "former councils"),
        "bodies": ("other public body", "other public bodies"),
    }
    parts = [f"{number} {words[what][number != 1]}" for what, number in numbers.items() if number]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts) or "No council"


@require_safe
def in_small_letters(request: HttpRequest) -> HttpResponse:
    """Redirect a council's address with capitals to the lower-case one."""
    return redirect(request.path.lower(), permanent=True)


@require_safe
def council(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a council's public page, with its membership."""
    found = get_object_or_404(
        Council.objects.select_related("upper_tier").prefetch_related(
            "aliases", "successions__successor", "precessions__predecessor"
        ),
        slug=slug,
    )
    memberships = Membership.objects.public_of(found)
    membership = memberships[0] if memberships else None
    atlas = member_map.load()
    # These are methods of casestudies' queryset, which this app cannot import.
    case_studies = found.case_studies.live().public().for_cards()  # type: ignore[attr-defined]
    context = {
        "council": found,
        "membership": membership,
        "is_member": membership is not None and membership.status in LIVE_MEMBERSHIP,
        "earlier": memberships[1:],
        "statement": membership.public_statement() if membership and membership.ended_on else "",
        "endorsements": (signed := _endorsements(membership)),
        "since": role_status.since(membership, signed) if membership else None,
        "case_studies": case_studies.order_by("title")[:CASE_STUDIES],
        "crop": hexmap.around(found, atlas),
        "nearby": member_map.members_nearby(found, atlas),
        "districts": [cell for cell in atlas.cells if cell.county == found.slug],
        "website": _website_in_words(found.website),
        "search_label": f"Search all about {found.name}",
        "search_keep": [("council", found.slug)],
        "section": "councils",
    }
    return render(request, "network/council.html", context)


def _website_in_words(address: str) -> str:
    """Return a web address without its scheme and trailing slash."""
    parts = urlsplit(address)
    return (parts.netloc + parts.path).rstrip("/")


def _endorsements(membership: Membership | None) -> list:
    """Return the public signatures behind a membership; none if it began before this site."""
    if membership is None or membership.sign_up is None:
        return []
    return membership.sign_up.public_endorsements()


def _announced(slug: str) -> Membership | None:
    council = get_object_or_404(Council, slug=slug)
    found = council.memberships.announced().select_related(
        "council", "sign_up__wording", "sign_up__council", "sign_up__decision"
    )
    return found.order_by("-pk").first()


@require_safe
def endorsement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who endorsed what, and when; 404 before the announcement."""
    membership = _announced(slug)
    if membership is None:
        raise Http404
    context = {
        "council": membership.council,
        "membership": membership,
        "record": record.record_of(membership),
        "section": "councils",
    }
    return render(request, "network/record.html", context)


@json_api("GET")
def endorsement_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the same record as JSON."""
    membership = _announced(slug) if Council.objects.filter(slug=slug).exists() else None
    if membership is None:
        return refusal(404, "E_NOT_FOUND", "There is no public record of this council.")
    return answer(record.as_data(record.record_of(membership)), seconds=60)
