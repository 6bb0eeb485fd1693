"""Staff's pages about access requests, and about two accounts of one person."""

from functools import partial

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import permissions
from network.actions import people
from network.choices import AccessStatus
from network.forms.people import MergeForm, TwoAccountsForm
from network.models import AccessRequest
from network.views.pages import (
    NOT_DONE,
    Sent,
    for_managers,
    refusal_as_message,
    refusal_beside,
    unconfirmed,
)
from network.views.people import answer
from portal.forms import posted
from portal.models import MemberRequest, User

SHOWN = 200


@for_managers
@require_safe
def requests(request: MemberRequest) -> HttpResponse:
    """List requests for staff, and those that wait for a lead, oldest first."""
    waiting = AccessRequest.objects.filter(status=AccessStatus.OPEN).with_leads()[:SHOWN]
    ours: list[AccessRequest] = []
    theirs: list[AccessRequest] = []
    for asked in waiting:
        (ours if permissions.can_answer_access(request.user, asked) else theirs).append(asked)
    return render(request, "network/review/access_requests.html", {"ours": ours, "theirs": theirs})


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one request: who asks, the evidence, and the answer."""
    found = AccessRequest.objects.with_leads().filter(pk=pk).first() if pk < 10**15 else None
    if found is None:
        raise Http404
    may_answer = permissions.can_answer_access(request.user, found)
    may_call_back = permissions.can_call_back(request.user, found)
    if request.method == "POST" and "called" in request.POST:
        permissions.require(may_call_back)
        with refusal_as_message(request):
            people.record_asker_call_back(found, by=request.user)
            messages.success(request, "Saved: you reached them through the council’s main number.")
        return redirect("network_staff:access_request", found.pk)
    if request.method == "POST" and may_answer and answer(request, found):
        return redirect("network_staff:access_requests")
    context = {
        "asked": found,
        "council": found.council,
        "may_answer": may_answer,
        "may_call_back": may_call_back,
        "may_lead": _may_lead(found),
    }
    return render(request, "network/review/access_request.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: MemberRequest) -> HttpResponse:
    """Compare two accounts of one person, and merge them once that is confirmed."""
    accounts = TwoAccountsForm(posted(request))
    form = MergeForm(request.POST if "how" in request.POST else None)
    compared: list[User] = []
    if accounts.is_valid():
        compared = [accounts.cleaned_data["keep"], accounts.cleaned_data["close"]]
        kept, closed = compared
        sent = Sent(
            form,
            partial(people.merge_people, kept, closed),
            f"{kept} has one account now.",
            confirm=f"Merge the accounts of {kept}",
            note=f"Everything that {closed.email} has access to will belong to {kept.email}. "
            "You cannot undo this.",
            ends=True,
        )
        if "change" not in request.POST and form.is_valid():
            with refusal_beside(form, said=NOT_DONE):
                permissions.require(permissions.can_merge(request.user, kept, closed))
                if page := unconfirmed(request, sent):
                    return page
                fresh = User.objects.in_bulk([kept.pk, closed.pk])
                people.merge_people(
                    fresh[kept.pk], fresh[closed.pk], by=request.user, **form.cleaned_data
                )
                messages.success(request, sent.done)
                return redirect("network_staff:merge_people")
    context = {"accounts": accounts, "form": form, "compared": list(map(_holds, compared))}
    return render(request, "network/review/merge.html", context)


def _holds(person: User) -> dict[str, object]:
    """Return what an account has, to compare it with another."""
    return {
        "person": person,
        "addresses": EmailAddress.objects.filter(user=person, verified=True),
        "sign_ups": person.collaborations.select_related("sign_up__council"),
        "members": person.representations.current().select_related("membership__council"),
        "asked": AccessRequest.objects.open_of(person),
    }


def _may_lead(asked: AccessRequest) -> bool:
    """Whether approval can include the lead. In a member without one, access includes it."""
    if asked.membership is not None:
        return asked.membership.is_live and permissions.lead_of(asked) is not None
    return asked.sign_up is not None and asked.sign_up.is_open
