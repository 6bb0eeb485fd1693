"""Where staff read a case study that a member sent."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casestudies.models import Submission
from casestudies.views.submissions import as_it_will_look
from network import permissions
from portal.models import MemberRequest


@never_cache
@require_safe
def submission(request: MemberRequest, pk: str) -> HttpResponse:
    """Lead editors to the page that waits; show it to managers who cannot edit it."""
    found = get_object_or_404(Submission.objects.waiting(), pk=pk)
    if found.page.permissions_for_user(request.user).can_edit():
        return redirect("wagtailadmin_pages:edit", found.page_id)
    permissions.require(permissions.can_review(request.user))
    return as_it_will_look(request, found)
