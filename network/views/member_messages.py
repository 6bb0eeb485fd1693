"""The messages from the network to a member's people, in the member area."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network.models import MemberMessage
from network.views.memberships import membership_of, page_of_member
from portal.models import MemberRequest

SHOWN = 50


@never_cache
@login_required
@require_safe
def messages(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what we wrote to the council's people, the newest first."""
    membership = membership_of(request, slug)
    found = MemberMessage.objects.readable_by(request.user, membership)[:SHOWN]
    return page_of_member(request, "messages", membership, found=found)
