"""Staff's pages about new leaders and chief executives of members."""

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions, role_status
from network.actions import offices as offices_actions
from network.actions import signing, trustees
from network.choices import ChampionKind, TrusteeAct
from network.forms.offices import StaffChampionForm, StaffOfficeChangeForm
from network.forms.reviews import ConfirmForm, StrikeOutForm
from network.models import LaterEndorsement, Membership, OfficeChange, Representative
from network.views.offices import ask, put_back_champion, record, stands_now
from network.views.pages import (
    NOT_DONE,
    Sent,
    StaffPage,
    for_managers,
    refusal_beside,
    trustee_panel,
)
from portal.forms import posted
from portal.models import MemberRequest


@for_managers
@require_safe
def changes(request: MemberRequest) -> HttpResponse:
    """Show what waits for staff and what is overdue."""
    open_ones = list(OfficeChange.objects.of_members_today().order_by("recorded_at"))
    context = {
        "to_confirm": [
            c for c in open_ones if hasattr(c, "endorsement") and c.endorsement.needs_confirming
        ],
        "overdue": [c for c in open_ones if c.is_overdue],
        "waiting": [c for c in open_ones if not c.is_overdue and c.status in _WAITING],
    }
    return render(request, "network/review/offices.html", context)


_WAITING = {"vacant", "not_asked", "asked", "expired"}


def _member(slug: str) -> Membership:
    people = Prefetch("representatives", Representative.objects.current().select_related("user"))
    rows = Membership.objects.announced().live().select_related("council", "sign_up")
    return get_object_or_404(rows.prefetch_related(people), council__slug=slug)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who holds each role in one member; send a new link on request."""
    found = _member(slug)
    if request.method == "POST" and "ask" in request.POST:
        ask(request, found, request.POST["ask"])
        return redirect("network_staff:member_offices", slug)
    return _page(request, found)


def _page(request: MemberRequest, found: Membership, **wrong: object) -> HttpResponse:
    given = list(LaterEndorsement.objects.of(found).select_related("confirmed_by"))
    mine = permissions.to_look_into(request.user, found, [each.change for each in given])
    context = {
        "membership": found,
        "council": found.council,
        "offices": role_status.of_member(found).offices,
        "endorsements": [
            (
                each,
                each.change in mine
                or trustees.needs_trustee(TrusteeAct.CONFIRM_LATER, each, by=request.user),
            )
            for each in given
        ],
        "trustee": trustee_panel(request.user, found, TrusteeAct.OPEN_REMOVAL),
        "events": found.events.exclude(office_change=None).select_related("by").order_by("-pk"),
        "confirm_form": ConfirmForm(),
        "strike_form": StrikeOutForm(),
    } | wrong
    return render(request, "network/review/offices_of.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: MemberRequest, slug: str, office: str) -> HttpResponse:
    """Record the new holder of a role, or a vacancy."""
    found = _member(slug)
    stands = stands_now(found, office)
    form = StaffOfficeChangeForm(posted(request), after=stands.last_signed_on)
    if form.is_valid() and record(request, found, office, form):
        return redirect("network_staff:member_offices", slug)
    context = {"council": found.council, "stands": stands, "form": form}
    return render(request, "network/review/office.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def champion(request: MemberRequest, slug: str, kind: str) -> HttpResponse:
    """Name a member's champion, correct one, record that there is none, or put one back."""
    found = _member(slug)
    now = found.current_champions().filter(kind=kind).first()
    is_back = request.method == "POST" and "champion" in request.POST
    form = StaffChampionForm(None if is_back else posted(request), now=now)
    if is_back:
        put_back_champion(request, found, request.POST["champion"])
        return redirect("network_staff:member", slug)
    if form.is_valid():
        with refusal_beside(form, said=NOT_DONE):
            offices_actions.name_champion(
                found, by=request.user, kind=ChampionKind(kind), **form.recorded()
            )
            messages.success(request, "Saved. It is public now, as far as they agreed.")
            return redirect("network_staff:member", slug)
    context = {
        "council": found.council,
        "lead": found.lead(),
        "kind": ChampionKind(kind),
        "now": now,
        "earlier": [each for each in found.earlier_champions() if each.kind == kind],
        "form": form,
    }
    return render(request, "network/review/champion.html", context)


MEMBER = StaffPage("network_staff:member_offices", _member, _page)


def _signature(found: Membership, pk: str) -> LaterEndorsement:
    return get_object_or_404(LaterEndorsement.objects.of(found), pk=pk)


@MEMBER.acts("confirm_form")
def confirm(request: MemberRequest, found: Membership, pk: str) -> Sent:
    """Record that the office holder confirms they signed, which makes it public."""
    signature = _signature(found, pk)
    return Sent(
        ConfirmForm(request.POST),
        partial(signing.confirm_signature, signature),
        "Signature confirmed. It is now public.",
        trustee=(TrusteeAct.CONFIRM_LATER, signature),
    )


@MEMBER.acts("strike_form")
def strike_out(request: MemberRequest, found: Membership, pk: str) -> Sent:
    """Void a forged or mistaken signature."""
    signature = _signature(found, pk)
    return Sent(
        StrikeOutForm(request.POST),
        partial(signing.strike_out, signature),
        "The signature is removed. The member’s lead contact will get the email.",
        confirm=f"Remove the signature of {signature.name}",
        note="You cannot take this back. The signature stays on record and no longer counts.",
        ends=True,
        trustee=(TrusteeAct.REMOVE_LATER, signature),
    )
