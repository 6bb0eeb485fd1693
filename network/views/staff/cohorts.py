"""Staff's pages about announcements: what waits, cohorts, and what becomes public with them."""

from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network import announcement_preview, permissions
from network.actions import cohorts, memberships
from network.forms.cohorts import AddToCohortForm, MakeCohortForm, MoveCohortForm, TakeOutForm
from network.models import Cohort, Membership, periods
from network.views.pages import (
    HELD,
    MOVED,
    NOT_DONE,
    Sent,
    StaffPage,
    for_managers,
    refusal_beside,
    unconfirmed,
)
from portal.forms import posted
from portal.models import MemberRequest


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def announcements(request: MemberRequest) -> HttpResponse:
    """Show what waits to be announced, and put several councils together."""
    form = MakeCohortForm(posted(request), by=request.user)
    if form.is_valid() and "change" not in request.POST:
        given = form.cleaned_data
        at = periods.hour_in_words(given["announce_at"])
        sent = Sent(
            form,
            cohorts.make_cohort,
            "The councils are announced together. We are emailing those whose time changes.",
            confirm=f"Announce {len(given['memberships'])} councils together",
            note=f"They become public on {at}, as “{given['name']}”. Until then you can still move "
            "the time, or take a council out.",
        )
        with refusal_beside(form, said=NOT_DONE):
            if page := unconfirmed(request, sent):
                return page
            made = cohorts.make_cohort(by=request.user, **given)
            messages.success(request, sent.done)
            return redirect(made.staff_url)
    rows = Membership.objects.to_announce().with_sign_ups().select_related("council", "cohort")
    context = {
        "form": form,
        "waiting": rows.order_by("announce_at", "council__name"),
        "cohorts": Cohort.objects.waiting(),
    }
    return render(request, "network/review/announcements.html", context)


def _cohort(pk: str) -> Cohort:
    return get_object_or_404(Cohort, pk=pk)


@for_managers
@require_safe
def cohort(request: MemberRequest, pk: str) -> HttpResponse:
    """Show a cohort: what becomes public at its hour, who is emailed, and what can be done."""
    return _page(request, _cohort(pk))


def _page(request: MemberRequest, found: Cohort, **filled_in: object) -> HttpResponse:
    waiting = found.waiting
    context = {
        "cohort": found,
        "preview": announcement_preview.preview_of(found) if waiting else None,
        "public": found.memberships.announced().select_related("council"),
        "may_decide": permissions.can_announce_together(request.user, waiting),
        "move_form": MoveCohortForm(),
        "add_form": AddToCohortForm(by=request.user),
        "take_out_form": TakeOutForm(auto_id=False),
        "pages": announcement_preview.PAGES,
        "pages_of_council": announcement_preview.OF_COUNCIL,
    }
    return render(request, "network/review/cohort.html", context | filled_in)


COHORT = StaffPage("network_staff:cohort", _cohort, _page)


@COHORT.acts("move_form")
def move(request: MemberRequest, found: Cohort) -> Sent:
    """Move the hour of all that wait, or hold them."""
    done, confirm = MOVED if request.POST.get("announce_at_0") else HELD
    return Sent(
        MoveCohortForm(request.POST),
        partial(cohorts.move_cohort, found),
        f"{done} We are emailing everyone involved.",
        confirm=f"{confirm} {found}",
    )


@COHORT.acts("add_form")
def add(request: MemberRequest, found: Cohort) -> Sent:
    """Announce more councils together with these."""
    return Sent(
        AddToCohortForm(request.POST, by=request.user),
        partial(cohorts.add_to_cohort, found),
        "Added. We are emailing those whose time changes.",
        confirm=f"Add to {found}",
    )


@COHORT.acts("take_out_form")
def take_out(request: MemberRequest, found: Cohort, pk: str) -> Sent:
    """Take one council out, and hold its announcement."""
    membership = get_object_or_404(found.memberships.to_announce(), pk=pk)
    return Sent(
        TakeOutForm(request.POST),
        partial(memberships.postpone, membership, announce_at=None),
        f"{membership.council} is out, and its announcement is on hold. We are emailing everyone "
        "involved.",
        confirm=f"Take {membership.council} out",
        note="If you take it out, its announcement is on hold until you give it a time of its own, "
        "on the page of its application.",
    )


@COHORT.acts("announce_form")
def announce(request: MemberRequest, found: Cohort) -> Sent:
    """Announce at once all that can be."""
    return Sent(
        Form(request.POST),
        partial(cohorts.announce_cohort, found),
        "Announced. They are public now, and we are emailing everyone involved.",
        confirm=f"Announce {found} now",
        note="They become public straight away. You cannot undo this.",
        ends=True,
    )


@never_cache
@for_managers
@require_safe
def preview(request: MemberRequest, pk: str, name: str, slug: str = "") -> HttpResponse:
    """Show a public page as it will look. It is not public, and kept nowhere."""
    response = announcement_preview.page_of(_cohort(pk), name, slug, request)
    response["X-Robots-Tag"] = "noindex"
    return response
