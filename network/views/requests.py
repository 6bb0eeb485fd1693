"""Views for naming and asking endorsers, and for their answers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import permissions
from network.actions import requests, tasks
from network.choices import Office, SignUpTask
from network.emails import requests as requests_emails
from network.forms.requests import (
    EndorserAnswers,
    EndorserForm,
    LetterForm,
    endorsers_are_valid,
    message_field,
)
from network.models import (
    ChangedMeanwhile,
    EndorsementRequest,
    EndorsementWording,
    PageChanged,
    PreElectionPeriod,
    Refused,
    SignUp,
    TaskSave,
)
from network.readiness import UNAPPROVED, Readiness
from network.views.pages import back_when_refused, refusal_as_message
from network.views.sign_ups import no_longer, page_of, sign_up_of, too_late
from network.views.tasks import typed_again
from portal.form_recovery import shown_again
from portal.forms import posted
from portal.models import MemberRequest, User
from portal.security.rate_limits import allow

LINKS_A_DAY = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def endorsers(request: MemberRequest, reference: str) -> HttpResponse:
    """Name the endorsers. Saving does not send links; a separate button does."""
    found = sign_up_of(request, reference)
    if not permissions.can_ask(request.user, found):
        if request.method == "POST":
            return _too_late(request, found)
        return no_longer(request, found, SignUpTask.ENDORSERS.label)
    forms = _endorser_forms(found, posted(request))
    if request.method == "POST" and endorsers_are_valid(forms):
        seen = EndorserAnswers(request.POST).seen if "version" in request.POST else None
        task, answers = SignUpTask.ENDORSERS, EndorserAnswers.of(forms)
        try:
            tasks.save_task(found, task, by=request.user, answers=answers, seen=seen)
            _confirm_addresses(request, reference, [f.office for f in forms if f.address_is_right])
        except ChangedMeanwhile as clash:
            return _clash(request, found, answers, clash.save)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return _too_late(request, sign_up_of(request, reference))
        messages.success(request, "Saved. We have not emailed anyone yet.")
        return redirect("network:sign_up_ask", reference)
    saved = tasks.newest_save(found, SignUpTask.ENDORSERS)
    typed: Mapping[str, Any] = request.POST or shown_again() or {}
    version = EndorserAnswers(typed).seen if "version" in typed else saved and saved.version
    return page_of(
        request,
        "sign_up_endorsers",
        found,
        forms=forms,
        saved=saved,
        version=version or 0,
        both_signed=all(form.signed for form in forms),
    )


def _confirm_addresses(request: MemberRequest, reference: str, offices: list[Office]) -> None:
    saved = sign_up_of(request, reference)
    for office in offices:
        if named := saved.request_of(office):
            requests.confirm_address(named, by=request.user)


def _too_late(request: MemberRequest, found: SignUp) -> HttpResponse:
    """Show the entered endorsers if they can no longer be changed."""
    typed = [
        (EndorserAnswers().question(f"{office}_{name}"), request.POST.get(f"{office}-{name}", ""))
        for office in Office
        for name in EndorserForm.base_fields
    ]
    return too_late(request, found, [pair for pair in typed if pair[1]])


def _clash(
    request: MemberRequest, found: SignUp, mine: dict[str, str], theirs: TaskSave
) -> HttpResponse:
    """Show both versions and a merged form: mine, except answers only they changed."""
    words = EndorserAnswers(request.POST)
    opened = found.task_saves.filter(task=SignUpTask.ENDORSERS, version=words.seen).first()
    before = opened.answers if opened else {}
    together = {
        f"{office}-{field}": theirs.answers[name] if before.get(name) == mine[name] else mine[name]
        for office in Office
        for field in EndorserForm.base_fields
        for name in [f"{office}_{field}"]
    }
    response = page_of(
        request,
        "sign_up_endorsers",
        found,
        forms=_endorser_forms(found, together),
        saved=theirs,
        version=theirs.version,
        clash=theirs,
        differences=words.differences(theirs.answers, mine),
        typed=typed_again(request),
        back=found.get_absolute_url(),
    )
    response.status_code = 409
    return response


def _endorser_forms(sign_up: SignUp, data: Mapping[str, Any] | None) -> list[EndorserForm]:
    return [EndorserForm(data, office=office, sign_up=sign_up) for office in Office]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@back_when_refused
def ask(request: MemberRequest, reference: str) -> HttpResponse:
    """Show the wording and emails the endorsers will get; send them now or later."""
    found = sign_up_of(request, reference)
    unsent = [r for r in found.current_requests() if r.is_to_be_asked]
    doubts = Readiness(found).unconfirmed_addresses
    form = LetterForm(posted(request), unsent=unsent, doubts=doubts)
    may_ask = permissions.can_ask(request.user, found)
    typed = [
        (f"Message to the {found.office_name(office).lower()}", words)
        for office in Office
        if (words := request.POST.get(message_field(office)))
    ]
    if typed and not (may_ask and unsent):
        return too_late(request, found, typed)
    if not may_ask:
        return no_longer(request, found, SignUpTask.ENDORSERS.label)
    if form.is_valid():
        try:
            return _keep_or_send(request, found, form)
        except PageChanged as change:
            saved = [f"{each.name}: “{each.message}”" for each in unsent if each.message]
            words = (
                f"The saved messages are: {'; '.join(saved)}"
                if saved
                else "You have no saved messages."
            )
            form.add_error(None, f"{change} {words}")
    return page_of(request, "sign_up_ask", found, form=form, **_to_read(found, unsent))


def _keep_or_send(request: MemberRequest, found: SignUp, form: LetterForm) -> HttpResponse:
    """Keep the messages; send the links only by the button that says so."""
    shown = request.POST.get("shown")
    shown = requests.keep_letter(found, by=request.user, shown=shown, **form.letter())
    for asked in form.confirmed():
        requests.confirm_address(asked, by=request.user)
    if "send" not in request.POST:
        return redirect("network:sign_up_ask", found.reference)
    _mind_the_limit(request.user)
    requests.ask_endorsers(found, by=request.user, shown=shown)
    messages.success(request, "We have sent the links. We’ll email you when they reply.")
    return redirect(found)


def _to_read(found: SignUp, unsent: list[EndorsementRequest]) -> dict[str, object]:
    """Return the exact text that endorsers will get: the wording and each email."""
    wording = found.wording or EndorsementWording.objects.newest()
    missing = Readiness(found).before_asking
    letters = [
        (request, *requests_emails.preview_of_request(request, wording))
        for request in ([] if missing else unsent)
    ]
    return {
        "wording": wording,
        "contact": found.contact(),
        "text": wording.text_for(found.council.official_name),
        "unsent": unsent,
        "letters": letters,
        "missing": missing,
        "unapproved": "" if wording.may_be_sent else UNAPPROVED,
        "shown": requests.what_would_leave(found),
    }


@never_cache
@login_required
@require_safe
def sign_off(request: MemberRequest, reference: str) -> HttpResponse:
    """Show who has replied, who we are waiting for, and what can be done."""
    found = sign_up_of(request, reference)
    return page_of(
        request,
        "sign_up_sign_off",
        found,
        signatures=Readiness(found).signatures,
        struck_out=found.endorsements.exclude(struck_out_at=None),
        period=PreElectionPeriod.objects.holding_for(found.council, timezone.localdate()).first(),
        can_ask=permissions.can_ask(request.user, found),
    )


def _about_one(act: Callable[..., EndorsementRequest | None], done: str, *, mails: bool = False):
    """Return the view of a button about one role's request, which leads back to the sign-off."""

    @login_required
    @require_POST
    def pressed(request: MemberRequest, reference: str, office: str) -> HttpResponseBase:
        found = sign_up_of(request, reference)
        may_ask = permissions.can_ask(request.user, found)
        permissions.require(may_ask, "You can no longer ask anyone to sign this.")
        current = found.request_of(office)
        if current is None:
            raise Http404
        with refusal_as_message(request):
            if mails:
                _mind_the_limit(request.user)
            named = act(current, by=request.user) or current
            messages.success(request, done.format(name=named.name))
        return redirect("network:sign_up_sign_off", reference)

    return pressed


send_again = _about_one(
    requests.send_new_link,
    "We have sent {name} a new link. The old one no longer works.",
    mails=True,
)
remind = _about_one(requests.remind, "We have sent {name} a reminder.", mails=True)
cancel = _about_one(
    requests.cancel_request, "We are no longer asking {name}. The link no longer works."
)
ask_instead = _about_one(requests.ask_instead, "You have named {name}. Next, send them a link.")


def _mind_the_limit(user: User) -> None:
    """Limit links per person and day, because any email address can be entered."""
    if not allow("ask", str(user.pk), times=LINKS_A_DAY, seconds=24 * 3600):
        raise Refused("You have sent a lot of invitations today. You can send more tomorrow.")
