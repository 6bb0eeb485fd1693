"""Pages where a member's representatives change its profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import permissions, profile
from network.actions import profiles
from network.choices import MODERATED_PARTS, ProfileChangeStatus, ProfilePart
from network.forms.profiles import PART_FORMS, PartForm
from network.models import ChangedMeanwhile, Membership, ProfileChange, Refused
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_as_message
from network.views.tasks import together, typed_again
from portal.forms import posted
from portal.models import MemberRequest

VIEWERS = "You can see this council’s profile, but not change it. Ask the lead contact."


@never_cache
@login_required
@require_safe
def overview(request: MemberRequest, slug: str) -> HttpResponse:
    """Show each part: what is public, and what is saved, waits or was sent back."""
    membership = membership_of(request, slug)
    saved = {change.part: change for change in membership.profile_changes.open()}
    public = profile.published_changes(membership)
    context = {
        "parts": [_row(membership, part, public.get(part), saved.get(part)) for part in PART_FORMS],
        "logo": profile.profile_of(membership).logo,
        "may_change": permissions.can_act_for(request.user, membership),
        "may_put_back": permissions.leads_member(request.user, membership),
    }
    return page_of_member(request, "profile", membership, **context)


def _row(
    membership: Membership, part: str, public: ProfileChange | None, saved: ProfileChange | None
) -> dict[str, object]:
    """Return one part for the overview."""
    form = PART_FORMS[part](answers=profile.answers_now(membership, part))
    answers = [] if part == ProfilePart.LOGO else form.answered()
    return {"part": ProfilePart(part), "answers": answers, "public": public, "saved": saved}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: MemberRequest, slug: str, part: str) -> HttpResponse:
    """Change one part: save a draft, or send it."""
    membership = membership_of(request, slug)
    permissions.require(permissions.can_act_for(request.user, membership), VIEWERS)
    newest = ProfileChange.objects.newest(membership, part)
    saved = membership.profile_changes.open().filter(part=part).first()
    form = PART_FORMS[part](
        posted(request),
        request.FILES or None,
        answers=saved.answers if saved else profile.answers_now(membership, part),
        version=newest.version if newest else 0,
    )
    if form.is_valid():
        try:
            done = _save(request, membership, form)
        except ChangedMeanwhile as clash:
            return _clash(request, membership, form, clash)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, SAVED[ProfileChangeStatus(done.status)])
            return redirect("network:profile", slug)
    return _part_page(request, membership, form, saved=saved)


SAVED = {
    ProfileChangeStatus.DRAFT: "Draft saved. The public page has not changed.",
    ProfileChangeStatus.WAITING: "Sent. We will read it, and email you when it is public. "
    "Until then, the public page stays as it is.",
    ProfileChangeStatus.PUBLISHED: "Saved. It is public now.",
}


def _save(request: MemberRequest, membership: Membership, form: PartForm) -> ProfileChange:
    return profiles.save_part(
        membership,
        form.part,
        by=request.user,
        answers=form.answers(),
        seen=form.seen,
        send="draft" not in request.POST or form.part not in MODERATED_PARTS,
        file=form.cleaned_data.get("file"),
    )


def _part_page(
    request: MemberRequest, membership: Membership, form: PartForm, **context: object
) -> HttpResponse:
    part = ProfilePart(form.part)
    shared = {"form": form, "part": part, "is_moderated": part in MODERATED_PARTS}
    return page_of_member(request, "profile_part", membership, **shared | context)


def _clash(
    request: MemberRequest, membership: Membership, form: PartForm, clash: ChangedMeanwhile
) -> HttpResponse:
    """Show both versions by question, and a merged form."""
    theirs, mine = clash.save, form.answers()
    opened = membership.profile_changes.filter(part=form.part, version=form.seen).first()
    before = opened.answers if opened else profile.answers_now(membership, form.part)
    merged = together(form, before, theirs.answers, mine)
    context = {
        "clash": theirs,
        "differences": form.differences(theirs.answers, mine),
        "typed": typed_again(request),
    }
    both = type(form)(answers=merged, version=theirs.version)
    response = _part_page(request, membership, both, **context)
    response.status_code = 409
    return response


@login_required
@require_POST
def discard(request: MemberRequest, slug: str, part: str) -> HttpResponseBase:
    """Discard what is saved of one part and not public."""
    membership = membership_of(request, slug)
    with refusal_as_message(request):
        profiles.discard(membership, part, by=request.user)
        messages.success(request, "Discarded. The public page has not changed.")
    return redirect("network:profile", slug)


@login_required
@require_POST
def put_back(request: MemberRequest, slug: str, part: str) -> HttpResponseBase:
    """Make what was public of one part before public again."""
    membership = membership_of(request, slug)
    chosen = request.POST.get("version", "")
    with refusal_as_message(request):
        found = membership.profile_changes.filter(part=part).published().first()
        if found is None or str(found.version) != chosen:
            raise Refused("Someone has changed this since you opened the page. Check it again.")
        profiles.put_back(found, by=request.user)
        messages.success(request, "The earlier version is public again.")
    return redirect("network:profile", slug)
