"""Directory of councils: list, map, each council's page, and the public record."""

from urllib.parse import urlsplit

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Case, Count, Prefetch, Q, Value, When, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from councils import hexmap
from councils.choices import Kind, Region
from councils.lookup import LookedUp, look_up
from councils.models import Council
from network import member_map, profile, record, role_status
from network.api import as_dataset
from network.forms.councils import DirectoryForm
from network.models import Champion, CheckIn, Membership
from network.models.memberships import members, with_membership_flag
from network.views.pages import file_of
from portal.facets import Choices, Counts, tally
from portal.json_api import answer, json_api, refusal
from portal.page_cache import kept
from principles.models import Principle

PAGE_SIZE = 50
CASE_STUDIES = 6
ALIKE = 3
LABELS = {"region": "Region", "kind": "Type of council", "status": "Membership"}
COLUMNS = ("region", "kind", "standing")  # of the same facets
KNOWN = {
    "region": dict(Region.choices),
    "kind": dict(Kind.choices),
    "status": {"member": "Members", "not-yet": "Not members yet"},
}
STANDING = {"member": "that are members", "not-yet": "that are not members yet"}
PICTURE_FRESH = 300  # seconds: what is taken out of public view is soon gone from caches


@kept("region", "kind", "status", "view", "page")
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the councils, members first, filtered by name, region, type and membership."""
    form = DirectoryForm(request.GET)
    choices = Choices.read(request.GET, KNOWN, q=form.words, settings={"view": ("list", "map")})
    looked_up = look_up(choices.q) if choices.q else None
    regions = Region.called(choices.q)
    by_region = looked_up is not None and _means_regions(looked_up, regions)
    if looked_up and looked_up.one and not (choices.number or by_region):
        return redirect(Council.objects.get(pk=looked_up.one))
    named = _named(looked_up, regions if by_region else [])
    rows = named.order_by().values_list(*COLUMNS)
    counts, _ = tally({name: [row[n] for row in rows] for n, name in enumerate(LABELS)}, choices)
    found = _chosen(named, choices)
    try:
        page = Paginator(_with_memberships(found, looked_up), PAGE_SIZE).page(
            request.GET.get("page", 1)
        )
    except InvalidPage as problem:
        raise Http404(str(problem)) from problem
    view = choices.settings.get("view", "list")
    one_region = choices.chosen["region"][0] if len(choices.chosen["region"]) == 1 else ""
    context = {
        "form": form,
        "choices": choices,
        "facets": choices.facets(LABELS, KNOWN, counts, first=0),
        "active": choices.chips(KNOWN),
        "clear_url": choices.cleared().url,
        "title": _title(choices, page.number),
        "address": choices.address(page.number),
        "dataset": None if choices.is_narrowed or page.number > 1 else as_dataset(),
        "page_obj": page,
        "found": _in_words(found),
        "members": _in_words(members(Council.objects.real())),
        "view": view,
        "views": choices.links("view", {"list": "List", "map": "Map"}),
        "map": member_map.of_search(found, choices, one_region, every_link=view == "map"),
        "region": Region(one_region).label if one_region else "",
        "regions": [] if by_region else regions,
        "is_guess": bool(looked_up and looked_up.is_guess and not by_region),
        "nothing": "" if page.object_list else _nothing(choices),
        "ways_out": [] if page.object_list else _ways_out(choices, counts),
        "section": "councils",
    }
    status = 404 if choices.unknown else 200
    return render(request, "network/directory.html", context, status=status)


def _means_regions(looked_up: LookedUp, regions: list[Region]) -> bool:
    """Whether a name is that of a region, or part of one, and no council's own."""
    if not regions or looked_up.is_guess or not looked_up.answers:
        return bool(regions)
    # A village of that name does not count: one is called Humber.
    is_own = looked_up.is_exact and not looked_up.answers[0].why
    return len(regions) == 1 and not is_own


def _named(looked_up: LookedUp | None, regions: list[Region]):
    """Return the councils of a name, or of the regions it means, each with `standing`."""
    # Abolished councils appear in a search by name, but not in the plain list.
    found = looked_up.councils if looked_up else Council.objects.real().in_force()
    if looked_up and regions:
        found = Council.objects.real().in_force().filter(region__in=regions)
        found = found.annotate(rank=Value(0), why=Value(""))
    standing = Case(When(is_member=True, then=Value("member")), default=Value("not-yet"))
    return with_membership_flag(found).annotate(standing=standing)


def _chosen(found, choices: Choices):
    """Return those that fit the choices of each facet."""
    for name, column in zip(LABELS, COLUMNS, strict=True):
        if values := choices.chosen[name]:
            found = found.filter(**{f"{column}__in": values})
    return found


def _title(choices: Choices, number: int = 1) -> str:
    """What the list holds: "Councils in the East Midlands that are members, page 2"."""
    kinds = " or ".join(str(Kind(kind).label) for kind in choices.chosen["kind"])
    statuses = choices.chosen["status"]
    parts = ["Map of councils" if "view" in choices.settings else "Councils"]
    parts += [f"called “{choices.q}”"] if choices.q else []
    parts += [f"in {_regions(choices)}"] if choices.chosen["region"] else []
    parts += [STANDING[statuses[0]]] if len(statuses) == 1 else []
    kind = f": {kinds}" if kinds else ""
    return f"{' '.join(parts)}{kind}{f', page {number}' if number > 1 else ''}"


def _regions(choices: Choices) -> str:
    return " or ".join(Region(region).in_text for region in choices.chosen["region"])


def _nothing(choices: Choices) -> str:
    """Why the list is empty, in a sentence."""
    kind = " or ".join(Kind(kind).in_text for kind in choices.chosen["kind"]) or "council"
    named = f" called “{choices.q}”" if choices.q else ""
    where = f" in {_regions(choices)}" if choices.chosen["region"] else ""
    if choices.chosen["status"] == ("member",):
        return f"No {kind}{named}{where} is a member of the network yet."
    if choices.chosen["status"] == ("not-yet",):
        return f"There is no {kind}{named}{where} that is not a member yet."
    return f"There is no {kind}{named}{where}."


def _ways_out(choices: Choices, counts: Counts) -> list[dict[str, object]]:
    """The same list without one of its filters each, where that finds something."""
    wider = [
        (choices.without(name), sum(counts[name].values()))
        for name, values in choices.chosen.items()
        if values
    ]
    if choices.q:
        without = choices.without("q")
        wider.insert(0, (without, _chosen(_named(None, []), without).count()))
    return [
        {"title": _title(one), "url": one.url, "number": number}
        for one, number in wider
        if number and one.is_narrowed
    ]


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
    found = get_object_or_404(Council.objects.select_related("upper_tier"), slug=slug)
    linked = ["successions__successor"] if found.ended_on else []
    linked += ["precessions__predecessor"] if found.may_have_replaced else []
    prefetch_related_objects([found], *linked)
    memberships = Membership.objects.public_of(found)
    membership = memberships[0] if memberships else None
    sign_up = membership.sign_up if membership else None
    wording = sign_up.wording if sign_up else None
    signed = sign_up.public_endorsements() if sign_up else []
    site = urlsplit(found.website)
    atlas = member_map.load()
    is_member = membership is not None and membership.is_live
    nearby = [] if is_member else member_map.members_nearby(found, atlas)
    # These are methods of casestudies' queryset, which this app cannot import.
    case_studies = found.case_studies.live().public().for_cards()  # type: ignore[attr-defined]
    case_studies = list(case_studies.order_by("title")[:CASE_STUDIES])
    alike = member_map.members_like(found, ALIKE) if is_member else []
    says = profile.profile_of(membership) if membership and is_member else None
    champions = list(membership.published_champions()) if membership and is_member else []
    context = {
        "council": found,
        "membership": membership,
        "is_member": is_member,
        "can_be_asked": bool(
            membership and is_member and membership.takes_questions and membership.has_answerer  # type: ignore[attr-defined]  # annotated
        ),
        "earlier": memberships[1:],
        "statement": membership.public_statement() if membership and membership.ended_on else "",
        "endorsements": signed,
        "profile": says,
        "practices": _practices(says, case_studies) if says is not None else [],
        "champions": champions,
        "not_held": _not_held(membership, says, champions)
        if membership and says is not None
        else [],
        "decision": sign_up.formal_decision if sign_up and sign_up.needs_decision else None,
        "decided_text": wording.text_for(found.official_name) if wording else "",
        "since": role_status.since(membership, signed) if membership else None,
        "check_ins": list(CheckIn.objects.confirmed_for(membership))
        if membership and membership.is_claimed
        else [],
        "case_studies": case_studies,
        "crop": hexmap.around(found, atlas),
        "nearby": nearby,
        "nearby_in_region": all(
            each["cell"].region == found.get_region_display() for each in nearby
        ),
        "alike": [(*pair, hexmap.around(pair[0], atlas)) for pair in alike],
        "districts": (districts := [c for c in atlas.cells if c.county == found.slug]),
        "member_districts": [cell for cell in districts if cell.is_member],
        "changes": found.coming_changes() if found.is_ending else [],
        "website": (site.netloc + site.path).rstrip("/"),
        "search_label": f"Search all about {found.name}",
        "search_keep": [("council", found.slug)],
        "section": "councils",
    }
    return render(request, "network/council.html", context)


def _practices(
    says: profile.Profile, case_studies: list
) -> list[tuple[Principle, str, list[object]]]:
    """Return each principle that a profile speaks of: its words, and case studies about it."""
    return [
        (principle, words, [s for s in case_studies if principle in s.principles.all()])
        for principle, words in says.practices
    ]


def _not_held(
    membership: Membership, says: profile.Profile, champions: list[Champion]
) -> list[str]:
    """Return what the page of a member does not say, because we do not have it."""
    held = {
        "the date it joined": membership.joined_on,
        "the names of its champions": champions,
        "a text of its own": says.profile or says.practices,
        "a record of its conversation with the community": says.has_conversation,
    }
    return [what for what, have in held.items() if not have]


def announced_of(slug: str) -> Membership | None:
    """Return a council's newest public membership, which may have ended; 404 without a council."""
    council = get_object_or_404(Council, slug=slug)
    found = council.memberships.announced().select_related(
        "council", "sign_up__wording", "sign_up__council", "sign_up__decision"
    )
    return found.order_by("-pk").first()


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A member's logo, if the council agreed to publish it; else 404."""
    membership = announced_of(slug)
    if membership is None or not membership.is_live:
        raise Http404
    upload = profile.profile_of(membership).logo
    if upload is None:
        raise Http404
    response = file_of(upload, as_attachment=False)
    patch_cache_control(response, public=True, max_age=PICTURE_FRESH)
    return response


@kept()
@require_safe
def endorsement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who endorsed what, and when; 404 before the announcement."""
    membership = announced_of(slug)
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
    membership = announced_of(slug) if Council.objects.filter(slug=slug).exists() else None
    if membership is None:
        return refusal(404, "E_NOT_FOUND", "There is no public record of this council.")
    return answer(record.as_data(record.record_of(membership)), seconds=60)
