"""The announcement kit of an accepted council, as a page and as a Word file."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network import permissions
from network.announcement import Kit, kit_of
from network.models import Membership
from network.views.memberships import page_of_member
from portal.models import MemberRequest
from portal.security.files import by_rule


@never_cache
@login_required
@require_safe
def announcement(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the kit to the council's own people; to others it does not exist."""
    kit = _kit(request, slug)
    return page_of_member(request, "announcement", kit.membership, kit=kit)


@never_cache
@login_required
@require_safe
def announcement_docx(request: MemberRequest, slug: str) -> HttpResponse:
    """Return the same kit as a Word file."""
    # Import late: python-docx takes 9 MB of memory, and few people need it.
    from network.committee_report_docx import as_docx  # noqa: PLC0415

    return by_rule(HttpResponse(as_docx(_kit(request, slug).paper())), f"{slug}-announcement.docx")


def _kit(request: MemberRequest, slug: str) -> Kit:
    rows = Membership.objects.live().exclude(sign_up=None)
    rows = rows.select_related("council", "sign_up__wording", "sign_up__decision")
    membership = get_object_or_404(rows, council__slug=slug)
    if not permissions.can_read_announcement(request.user, membership):
        raise Http404
    return kit_of(membership)
