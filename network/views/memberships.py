"""First page of the member area, and what all its pages share."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network import member_area, permissions, profile, role_status
from network.choices import AccessStatus
from network.models import Membership
from portal.models import MemberRequest


def membership_of(request: MemberRequest, slug: str) -> Membership:
    """Return the council's live membership for its representatives, or 404."""
    rows = Membership.objects.represented_by(request.user).announced().live()
    return get_object_or_404(rows, council__slug=slug)


def page_of_member(
    request: MemberRequest, template: str, membership: Membership, **context: object
) -> HttpResponse:
    """Render a page of the member area, with its side navigation.

    Args:
        template: Name of the template, without its ending; of this app, or with its folder.
    """
    shared = {
        "membership": membership,
        "council": membership.council,
        "areas": member_area.areas(membership, request.user) if membership.announced_at else [],
        "section": "join",
    }
    name = template if "/" in template else f"network/{template}"
    return render(request, f"{name}.html", shared | context)


@never_cache
@login_required
@require_safe
def member(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what needs doing for one member, then everything it can look after."""
    membership = membership_of(request, slug)
    people = list(membership.representatives.all())
    # A method of casestudies' queryset, which this app cannot import.
    case_studies = membership.council.case_studies.live().public()  # type: ignore[attr-defined]
    context = {
        "to_do": member_area.to_do(membership, request.user),
        "role": next(each for each in people if each.user == request.user),
        "people": people,
        "asking": membership.access_requests.filter(status=AccessStatus.OPEN).count(),
        "champions": membership.current_champions(),
        "offices": role_status.of_member(membership).offices,
        "profile": profile.profile_of(membership),
        "saved": {change.part: change for change in membership.profile_changes.open()},
        "documents": member_area.documents(membership, request.user),
        "case_studies": case_studies.order_by("title"),
        "may_change": permissions.can_act_for(request.user, membership),
        "leads": permissions.leads_member(request.user, membership),
    }
    return page_of_member(request, "member", membership, **context)
