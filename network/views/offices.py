"""Views for a member's lead: who holds each role, and new endorsements."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network import permissions, role_status
from network.actions import offices as offices_actions
from network.choices import ChampionKind, Office
from network.forms.offices import ChampionForm, OfficeChangeForm
from network.forms.signing import who_qualifies
from network.models import Membership, OfficeChange, Refused
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_as_message, refusal_beside
from portal.forms import posted
from portal.models import MemberRequest
from portal.security.rate_limits import allow

LINKS_A_DAY = 10


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offices(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who holds each role, and send a new link on request."""
    membership = membership_of(request, slug)
    may_record = permissions.can_record_office_change(request.user, membership)
    if request.method == "POST" and "ask" in request.POST:
        _permit(request, membership)
        ask(request, membership, request.POST["ask"])
        return redirect("network:offices", slug)
    if request.method == "POST" and "champion" in request.POST:
        _permit(request, membership)
        put_back_champion(request, membership, request.POST["champion"])
        return redirect("network:offices", slug)
    current = {champion.kind: champion for champion in membership.current_champions()}
    earlier = list(membership.earlier_champions())
    context = {
        "offices": role_status.of_member(membership).offices,
        "champions": [
            (kind, current.get(kind), [each for each in earlier if each.kind == kind])
            for kind in ChampionKind
        ],
        "may_record": may_record,
    }
    return page_of_member(request, "offices", membership, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def champion(request: MemberRequest, slug: str, kind: str) -> HttpResponse:
    """Name a champion, correct one, or record that there is none."""
    membership = membership_of(request, slug)
    _permit(request, membership)
    now = membership.current_champions().filter(kind=kind).first()
    form = ChampionForm(posted(request), now=now)
    if form.is_valid():
        with refusal_beside(form):
            offices_actions.name_champion(
                membership, by=request.user, kind=ChampionKind(kind), **form.recorded()
            )
            messages.success(request, "Saved. It is public now, as far as they agreed.")
            return redirect("network:offices", slug)
    context = {"kind": ChampionKind(kind), "now": now, "form": form}
    return page_of_member(request, "champion", membership, **context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: MemberRequest, slug: str, office: str) -> HttpResponse:
    """Record the new holder of a role, or a vacancy."""
    membership = membership_of(request, slug)
    _permit(request, membership)
    stands = stands_now(membership, office)
    form = OfficeChangeForm(posted(request), after=stands.last_signed_on)
    if form.is_valid() and record(request, membership, office, form):
        return redirect("network:offices", slug)
    context = {
        "stands": stands,
        "qualifies": who_qualifies(Office(office), membership.governance),
        "form": form,
    }
    return page_of_member(request, "office", membership, **context)


def _permit(request: MemberRequest, membership: Membership) -> None:
    may_record = permissions.can_record_office_change(request.user, membership)
    permissions.require(may_record, "Only the council’s lead contact can do this.")


def stands_now(membership: Membership, office: str) -> role_status.Standing:
    """Return the status of one role."""
    return next(s for s in role_status.of_member(membership).offices if s.office == office)


def record(
    request: MemberRequest, membership: Membership, office: str, form: OfficeChangeForm
) -> bool:
    """Record a change from a valid form and add a message.

    Returns:
        Whether it was recorded. If not, the form shows the refusal.
    """
    with refusal_beside(form):
        _not_too_often(request)
        change = offices_actions.record_office_change(
            membership, by=request.user, office=Office(office), **form.recorded()
        )
        messages.success(request, _came_of_it(change))
        return True
    return False


def put_back_champion(request: MemberRequest, membership: Membership, pk: str) -> None:
    """Make an earlier champion the current one again, and add a message."""
    chosen = [c for c in membership.earlier_champions() if str(c.pk) == pk]
    with refusal_as_message(request):
        if not chosen:
            raise Refused("Someone has changed this. Check it again.")
        offices_actions.put_back_champion(chosen[0], by=request.user)
        messages.success(request, f"{chosen[0].name} is named as champion again.")


def _came_of_it(change: OfficeChange) -> str:
    if change.is_vacant:
        return "Saved. The role is vacant."
    if change.status == change.STATUSES.NOT_ASKED:
        return "Saved. We have not asked anyone, because the network has not approved its wording."
    return f"Saved. We have emailed a link to {change.email}."


def ask(request: MemberRequest, membership: Membership, pk: str) -> None:
    """Send a new link to the holder on record, and add a message."""
    chosen = [c for c in membership.office_changes.current() if str(c.pk) == pk]
    with refusal_as_message(request):
        if not chosen:
            raise Refused("Someone has changed this. Check it again.")
        _not_too_often(request)
        offices_actions.ask_office_holder(chosen[0], by=request.user)
        messages.success(request, f"We have emailed a new link to {chosen[0].email}.")


def _not_too_often(request: MemberRequest) -> None:
    if not allow("ask_again", str(request.user.pk), times=LINKS_A_DAY, seconds=24 * 3600):
        raise Refused("You have sent a lot of invitations today. You can send more tomorrow.")
