"""Views of the yearly check-in of a council that is a member."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dateformat import format as format_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from network import permissions, still_true
from network.actions import check_ins as actions
from network.choices import CheckInStatus
from network.forms.check_ins import CheckInForm, MoreTimeForm
from network.models import CheckIn, Membership, PageChanged, Refused
from network.views.memberships import membership_of, page_of_member
from network.views.pages import refusal_as_message
from portal.forms import posted
from portal.models import MemberRequest

ONLY_THEY = "Only the council’s lead contact and contributors can do this."


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the check-in that waits, save it half-way or send it; or what was confirmed last."""
    membership = membership_of(request, slug)
    found = open_check_in(membership)
    may = permissions.can_act_for(request.user, membership)
    if request.method == "POST":
        permissions.require(may, ONLY_THEY)
    if found is None:
        return _nothing_to_do(request, membership)
    parts = still_true.parts_of(membership)
    form = CheckInForm(
        posted(request),
        check_in=found,
        parts=parts,
        last=still_true.last_lines(found),
        whole="send" in request.POST,
    )
    theirs: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            _keep(request, found, form)
            return redirect("network:check_in", slug)
        except PageChanged as changed:
            fresh = open_check_in(membership)
            if fresh is None:
                return _nothing_to_do(request, membership)
            if fresh.version != form.seen:
                theirs = form.in_words(fresh.answers)
            form.add_error(None, str(changed))
            form.start_again(fresh, unticked=fresh.version == form.seen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"check_in": found, "form": form, "may": may, "theirs": theirs}
    return page_of_member(request, "check_in", membership, **context, more_time=MoreTimeForm())


def open_check_in(membership: Membership) -> CheckIn | None:
    """Return the check-in of a member that waits for an answer, or None."""
    found = membership.check_ins.waiting().select_related("saved_by").first()
    if found is not None:
        found.membership = membership  # with the people who were read with it
    return found


def _keep(request: MemberRequest, found: CheckIn, form: CheckInForm) -> None:
    answers = form.answers()
    if form.whole:
        shown = form.cleaned_data["shown"]
        actions.confirm(found, by=request.user, answers=answers, shown=shown, seen=form.seen)
        return
    actions.save_answers(found, by=request.user, answers=answers, seen=form.seen)
    messages.success(request, "Saved. You, or a colleague, can come back and finish it.")


def _nothing_to_do(request: MemberRequest, membership: Membership) -> HttpResponse:
    confirmed = membership.check_ins.filter(status=CheckInStatus.CONFIRMED)
    last = confirmed.select_related("confirmed_by").order_by("-confirmed_at").first()
    membership.refresh_from_db(fields=["next_check_in_on", "status"])
    lines = last.lines.select_related("principle") if last else []
    return page_of_member(request, "check_in_done", membership, last=last, lines=lines)


@login_required
@require_POST
def more_time(request: MemberRequest, slug: str) -> HttpResponse:
    """Take 60 more days, once."""
    membership = membership_of(request, slug)
    permissions.require(permissions.can_act_for(request.user, membership), ONLY_THEY)
    found, form = open_check_in(membership), MoreTimeForm(request.POST)
    if found is not None and form.is_valid():
        with refusal_as_message(request):
            until = actions.extend(found, by=request.user, why=form.cleaned_data["why"]).answer_by
            day = format_date(until, "j F Y")
            messages.success(request, f"You have until {day}. We have emailed you.")
    elif found is not None:
        messages.error(request, "The reason must be 300 characters or fewer.")
    return redirect("network:check_in", slug)
