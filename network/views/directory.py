"""Directory of councils: list, map, each council's page, and the public record."""

from urllib.parse import urlencode, urlsplit

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, Prefetch, Q, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from councils import hexmap
from councils.choices import Kind, Region
from councils.lookup import LookedUp, look_up
from councils.models import Council
from network import member_map, record, role_status
from network.api import as_dataset
from network.choices import LIVE_MEMBERSHIP
from network.forms.councils import DirectoryForm
from network.models import Membership
from network.models.memberships import members, with_membership_flag
from network.views.pages import file_of
from portal.json_api import answer, json_api, refusal
from portal.page_cache import kept
from portal.security import files

PAGE_SIZE = 50
CASE_STUDIES = 6
MEMBERS_NEARBY = 3
PICTURE_FRESH = 300  # seconds: what is taken out of public view is soon gone from caches


@kept("region", "kind", "status", "view", "page")
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the councils, members first, filtered by name, region, type and membership."""
    form = DirectoryForm(request.GET)
    chosen = form.chosen()
    looked_up = look_up(chosen["q"]) if chosen["q"] else None
    regions = Region.called(chosen["q"])
    by_region = looked_up is not None and _means_regions(looked_up, regions)
    is_narrowed = any(chosen[name] for name in ("region", "kind", "status"))
    if looked_up and looked_up.one and not (is_narrowed or by_region):
        return redirect(Council.objects.get(pk=looked_up.one))
    found = _councils(chosen, looked_up, regions if by_region else [])
    try:
        page = Paginator(_with_memberships(found, looked_up), PAGE_SIZE).page(
            request.GET.get("page", 1)
        )
    except InvalidPage as problem:
        raise Http404(str(problem)) from problem
    view = "map" if request.GET.get("view") == "map" else "list"
    context = {
        "form": form,
        "chosen": chosen,
        "title": _title(chosen, view, page.number),
        "address": _address(chosen, view, page.number),
        "dataset": None if any(chosen.values()) or page.number > 1 else as_dataset(),
        "is_narrowed": is_narrowed,
        "page_obj": page,
        "query": _query_without(request, "page"),
        "found": _in_words(found),
        "members": _in_words(members(Council.objects.real())),
        "view": view,
        "other_filters": _query_without(request, "page", "view"),
        "map": member_map.of_search(found, chosen, every_link=view == "map"),
        "region": Region(chosen["region"]).label if chosen["region"] else "",
        "regions": [] if by_region else regions,
        "is_guess": bool(looked_up and looked_up.is_guess and not by_region),
        "nothing": "" if page.object_list else _nothing(chosen),
        "ways_out": [] if page.object_list else _ways_out(request, chosen, looked_up),
        "section": "councils",
    }
    no_such_list = form.errors.keys() - {"q"}
    status = 404 if no_such_list else 200
    return render(request, "network/directory.html", context, status=status)


def _query_without(request: HttpRequest, *names: str) -> str:
    """Return the query string without these parameters, ending in "&" unless empty."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""


def _means_regions(looked_up: LookedUp, regions: list[Region]) -> bool:
    """Whether a name is that of a region, or part of one, and no council's own."""
    if not regions or looked_up.is_guess or not looked_up.answers:
        return bool(regions)
    # A village of that name does not count: one is called Humber.
    is_own = looked_up.is_exact and not looked_up.answers[0].why
    return len(regions) == 1 and not is_own


def _councils(chosen: dict[str, str], looked_up: LookedUp | None, regions: list[Region]):
    # Abolished councils appear in a search by name, but not in the plain list.
    found = looked_up.councils if looked_up else Council.objects.real().in_force()
    if looked_up and regions:
        found = Council.objects.real().in_force().filter(region__in=regions)
        found = found.annotate(rank=Value(0), why=Value(""))
    found = with_membership_flag(found)
    for field in ("region", "kind"):
        if chosen[field]:
            found = found.filter(**{field: chosen[field]})
    if chosen["status"]:
        found = found.filter(is_member=chosen["status"] == "member")
    return found


def _title(chosen: dict[str, str], view: str, number: int) -> str:
    """What the list holds: "Councils in the East Midlands that are members, page 2"."""
    parts = ["Map of councils" if view == "map" else "Councils"]
    parts += [f"called “{chosen['q']}”"] if chosen["q"] else []
    parts += [f"in {Region(chosen['region']).in_text}"] if chosen["region"] else []
    standing = {"member": "that are members", "not-yet": "that are not members yet"}
    parts += [standing[chosen["status"]]] if chosen["status"] else []
    kind = f": {Kind(chosen['kind']).label}" if chosen["kind"] else ""
    return f"{' '.join(parts)}{kind}{f', page {number}' if number > 1 else ''}"


def _address(chosen: dict[str, str], view: str, number: int) -> str:
    """Return the query string of this list without what changes nothing."""
    query = {name: value for name, value in chosen.items() if value}
    if view == "map":
        query["view"] = view
    if number > 1:
        query["page"] = str(number)
    return f"?{urlencode(query)}" if query else ""


def _nothing(chosen: dict[str, str]) -> str:
    """Why the list is empty, in a sentence."""
    kind = Kind(chosen["kind"]).in_text if chosen["kind"] else "council"
    named = f" called “{chosen['q']}”" if chosen["q"] else ""
    where = f" in {Region(chosen['region']).in_text}" if chosen["region"] else ""
    if chosen["status"] == "member":
        return f"No {kind}{named}{where} is a member of the network yet."
    if chosen["status"] == "not-yet":
        return f"There is no {kind}{named}{where} that is not a member yet."
    return f"There is no {kind}{named}{where}."


def _ways_out(
    request: HttpRequest, chosen: dict[str, str], looked_up: LookedUp | None
) -> list[dict[str, object]]:
    """The same list without one of its filters each, where that finds something."""
    ways = []
    for name in ("q", "region", "kind", "status"):
        if not chosen[name]:
            continue
        wider = chosen | {name: ""}
        number = _councils(wider, looked_up if wider["q"] else None, []).count()
        if number and any(wider.values()):
            address = f"?{_query_without(request, name, 'page')}".rstrip("&")
            ways.append({"title": _title(wider, "list", 1), "url": address, "number": number})
    return ways


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
    other, ended = Q(kind=Kind.OTHER_BODY), Q(ended_on__lt=timezone.localdate())
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


@kept()
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
    sign_up = membership.sign_up if membership else None
    wording = sign_up.wording if sign_up else None
    signed = sign_up.public_endorsements() if sign_up else []
    site = urlsplit(found.website)
    atlas = member_map.load()
    nearby = member_map.members_nearby(found, atlas)
    # These are methods of casestudies' queryset, which this app cannot import.
    case_studies = found.case_studies.live().public().for_cards()  # type: ignore[attr-defined]
    context = {
        "council": found,
        "membership": membership,
        "is_member": membership is not None and membership.status in LIVE_MEMBERSHIP,
        "earlier": memberships[1:],
        "statement": membership.public_statement() if membership and membership.ended_on else "",
        "endorsements": signed,
        "words": record.own_words(sign_up) if sign_up else None,
        "decision": sign_up.formal_decision if sign_up and sign_up.needs_decision else None,
        "decided_text": wording.text_for(found.official_name) if wording else "",
        "since": role_status.since(membership, signed) if membership else None,
        "case_studies": case_studies.order_by("title")[:CASE_STUDIES],
        "crop": hexmap.around(found, atlas),
        "nearby": nearby,
        "nearby_in_region": all(
            each["cell"].region == found.get_region_display() for each in nearby
        ),
        "districts": (districts := [c for c in atlas.cells if c.county == found.slug]),
        "member_districts": [cell for cell in districts if cell.is_member],
        "changes": found.coming_changes() if found.is_ending else [],
        "website": (site.netloc + site.path).rstrip("/"),
        "search_label": f"Search all about {found.name}",
        "search_keep": [("council", found.slug)],
        "section": "councils",
    }
    return render(request, "network/council.html", context)


def _announced(slug: str) -> Membership | None:
    council = get_object_or_404(Council, slug=slug)
    found = council.memberships.announced().select_related(
        "council", "sign_up__wording", "sign_up__council", "sign_up__decision"
    )
    return found.order_by("-pk").first()


@kept()
@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """A member's badge for its own website, as a picture; 404 for all others."""
    membership = _announced(slug)
    if membership is None or not membership.is_live:
        raise Http404
    context = {"council": membership.council, "membership": membership}
    picture = render_to_string("network/badge.svg", context, request)
    response = HttpResponse(picture, content_type="image/svg+xml", headers=files.HEADERS)
    patch_cache_control(response, public=True, max_age=PICTURE_FRESH)
    return response


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A member's logo, if the council agreed to publish it; else 404."""
    membership = _announced(slug)
    if membership is None or membership.sign_up is None or not membership.is_live:
        raise Http404
    upload = record.own_words(membership.sign_up).logo
    if upload is None:
        raise Http404
    response = file_of(upload, as_attachment=False)
    patch_cache_control(response, public=True, max_age=PICTURE_FRESH)
    return response


@kept()
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


@kept()
@json_api("GET")
def endorsement_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the same record as JSON."""
    membership = _announced(slug) if Council.objects.filter(slug=slug).exists() else None
    if membership is None:
        return refusal(404, "E_NOT_FOUND", "There is no public record of this council.")
    return answer(record.as_data(record.record_of(membership)), seconds=60)
